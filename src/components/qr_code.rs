//! A code to scan, black on white in every theme.

use leptos::prelude::window;

use crate::{
    i18n::{Text, t},
    qr,
    ui::{View, el, nothing},
};

/// The code of a text; text that no code can hold shows nothing. It is a picture that can be saved: the phone that shows
/// it may be the one that is to read it.
#[must_use]
pub fn qr_code(text: &str) -> View {
    let source = qr::draw(text).and_then(|picture| {
        let bytes: String = picture.into_iter().map(char::from).collect();
        window().btoa(&bytes).ok()
    });
    let Some(source) = source else {
        return nothing();
    };
    el("img", "qr")
        .attr("alt", t(Text::QR_CODE))
        .attr("src", &format!("data:image/png;base64,{source}"))
        .into()
}
