//! Buttons, by their weight.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{
    i18n::{Text, t},
    ui::{Erase, Press, does},
};

/// A button: the one that leads on, unless its class says that it is another.
#[component]
pub fn Button(
    /// What it looks like.
    #[prop(default = "button")]
    class: &'static str,
    /// What it says.
    text: Text,
    /// What it does.
    #[prop(into)]
    press: Press,
) -> AnyView {
    view! {
        <button class=class type="button" on:click=does(move |_| press.run())>
            {t(text)}
        </button>
    }
    .erase()
}

/// One that shows no more than a sign.
#[component]
pub fn SignButton(
    /// What it looks like.
    class: &'static str,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What it shows.
    sign: Icon,
    /// What it does.
    #[prop(into)]
    press: Press,
) -> AnyView {
    view! {
        <button class=class type="button" aria-label=label on:click=does(move |_| press.run())>
            <Glyph of=sign/>
        </button>
    }
    .erase()
}

/// A link, which may look like a button.
#[component]
pub fn Link(
    /// What it looks like.
    class: &'static str,
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// What it says.
    text: Text,
) -> AnyView {
    view! {
        <a class=class href=href>
            {t(text)}
        </a>
    }
    .erase()
}
