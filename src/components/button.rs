//! Buttons, by their weight.

use crate::{
    i18n::{Text, t},
    ui::{El, el},
};

/// The button that leads on.
#[must_use]
pub fn primary(text: Text, press: impl Fn() + 'static) -> El {
    button("button", text, press)
}

/// A button beside it.
#[must_use]
pub fn plain(text: Text, press: impl Fn() + 'static) -> El {
    button("button button--plain", text, press)
}

/// The way back.
#[must_use]
pub fn bare(text: Text, press: impl Fn() + 'static) -> El {
    button("button button--bare", text, press)
}

/// One that does not fill the line.
#[must_use]
pub fn small(text: Text, press: impl Fn() + 'static) -> El {
    button("button button--small", text, press)
}

/// One within a sentence.
#[must_use]
pub fn inline(text: Text, press: impl Fn() + 'static) -> El {
    button("link", text, press)
}

/// One that shows no more than a sign.
#[must_use]
pub fn sign(class: &str, label: &str, press: impl Fn() + 'static) -> El {
    el("button", class)
        .attr("type", "button")
        .attr("aria-label", label)
        .press(press)
}

/// A link that looks like a button.
#[must_use]
pub fn link(class: &str, href: &str, text: Text) -> El {
    el("a", class).attr("href", href).text(t(text))
}

/// A button with a class.
#[must_use]
pub fn button(class: &str, text: Text, press: impl Fn() + 'static) -> El {
    el("button", class)
        .attr("type", "button")
        .text(t(text))
        .press(press)
}
