//! A link that is to be opened elsewhere.

use leptos::{prelude::*, task::spawn_local};

use super::button::Button;
use crate::{
    dom,
    i18n::{Text, t},
    ui::{Erase, part, reads},
};

/// What came of copying. It belongs to whoever outlives a drawing of the button: a screen that is drawn anew meanwhile must
/// not swallow the answer.
pub type Copying = RwSignal<Option<Text>>;

/// A button that copies an address of the shop. Where the browser does not let it, the link stands there to be copied by
/// hand.
#[component]
pub fn CopyLink(
    /// What the button looks like.
    class: &'static str,
    /// What came of it.
    #[prop(optional)]
    said: Copying,
    /// The address, without the shop's own.
    #[prop(into)]
    address: Signal<String>,
) -> AnyView {
    let link = move || dom::origin() + &address.get();
    let copy = move || {
        let link = link();
        spawn_local(async move {
            let text = if dom::copy(&link).await {
                Text::COPIED
            } else {
                Text::COPY_FAILED
            };
            said.try_set(Some(text));
        });
    };
    let by_hand = move || {
        (said.get() == Some(Text::COPY_FAILED))
            .then(|| {
                view! { <input class="link-shown" readonly aria-label=t(Text::LINK) value=link()/> }
                    .erase()
            })
            .erase()
    };
    view! {
        <Button class=class text=Text::COPY_LINK press=copy/>
        <p class="link-said" role="status">
            {reads(move || said.get().map(t))}
        </p>
        {part(by_hand)}
    }
    .erase()
}
