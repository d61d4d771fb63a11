//! A link that is to be opened elsewhere.

use leptos::{prelude::*, task::spawn_local};

use super::button::button;
use crate::{
    dom,
    i18n::{Text, t},
    ui::{El, View, el, live},
    views,
};

/// What came of copying. It belongs to whoever outlives a drawing of the button: a screen that is drawn anew meanwhile must
/// not swallow the answer.
pub type Copying = RwSignal<Option<Text>>;

/// A button that copies an address of the shop. Where the browser does not let it, the link stands there to be copied by
/// hand.
#[must_use]
pub fn copy_link(
    class: &str,
    said: Copying,
    address: impl Fn() -> String + Clone + 'static,
) -> View {
    let link = move || dom::origin() + &address();
    let copy = {
        let link = link.clone();
        move || {
            let link = link();
            spawn_local(async move {
                let text = if dom::copy(&link).await {
                    Text::COPIED
                } else {
                    Text::COPY_FAILED
                };
                said.try_set(Some(text));
            });
        }
    };
    let by_hand = move || {
        (said.get() == Some(Text::COPY_FAILED))
            .then(|| shown(&link()))
            .into()
    };
    views![
        button(class, Text::COPY_LINK, copy),
        el("p", "link-said")
            .attr("role", "status")
            .live_text(move || said.get().map(t).unwrap_or_default().to_owned()),
        live(by_hand),
    ]
}

fn shown(link: &str) -> El {
    el("input", "link-shown")
        .attr("readonly", "")
        .attr("aria-label", t(Text::LINK))
        .attr("value", link)
}
