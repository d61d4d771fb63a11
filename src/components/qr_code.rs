//! A code to scan, black on white in every theme.

use leptos::prelude::*;

use crate::{
    i18n::{Text, t},
    qr,
};

/// The code of a text; text that no code can hold shows nothing.
#[must_use]
pub fn qr_code(text: &str) -> AnyView {
    let Some(drawing) = qr::draw(text) else {
        return ().into_any();
    };
    let side = drawing.side;
    view! {
        <svg
            class="qr"
            role="img"
            aria-label=t(Text::QrCode)
            viewBox=format!("0 0 {side} {side}")
            shape-rendering="crispEdges"
        >
            <rect width=side height=side fill="#fff"/>
            <path d=drawing.path fill="#000"/>
        </svg>
    }
    .into_any()
}
