//! Any other address.

use crate::{
    components::{
        button::link,
        dock::dock,
        footer::footer,
        header::{back_header, heading},
        icon::{Icon, icon},
    },
    i18n::{Text, t},
    shop::Shop,
    ui::{El, View, el, nothing},
    views,
};

/// The screen.
#[must_use]
pub fn not_found(shop: Shop) -> View {
    views![
        back_header("", nothing()),
        el("main", "main").child(missing(Text::NOT_FOUND_TITLE, Text::NOT_FOUND_WHY)),
        footer(shop),
        dock(shop, nothing()),
    ]
}

/// That something is not there, and where to go instead.
#[must_use]
pub fn missing(title: Text, why: Text) -> View {
    views![
        outcome(
            "mood--over",
            Icon::Search,
            heading("outcome-title", t(title)),
            t(why)
        ),
        link("button", "/", Text::BACK_TO_SHOP),
        link("button button--plain", "/orders", Text::MY_ORDERS),
    ]
}

/// What became of something: a sign, a heading, a sentence.
#[must_use]
pub fn outcome(mood: &str, sign: Icon, heading: El, note: &str) -> El {
    el("div", &format!("outcome {mood}"))
        .child(el("span", "outcome-sign").child(icon(sign)))
        .child(heading)
        .child(el("p", "outcome-note").text(note))
}
