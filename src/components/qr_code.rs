//! A code to scan, black on white in every theme.

use leptos::prelude::*;

use crate::{
    i18n::{Text, t},
    qr,
    ui::{Erase, nothing},
};

/// The code of a text; text that no code can hold shows nothing. It is a picture that can be saved: the phone that shows
/// it may be the one that is to read it.
#[component]
pub fn QrCode(
    /// What the code says.
    #[prop(into)]
    text: String,
) -> AnyView {
    let source = qr::draw(&text).and_then(|picture| {
        let bytes: String = picture.into_iter().map(char::from).collect();
        window().btoa(&bytes).ok()
    });
    let Some(source) = source else {
        return nothing();
    };
    let source = format!("data:image/png;base64,{source}");
    view! { <img class="qr" alt=t(Text::QR_CODE) src=source/> }.erase()
}
