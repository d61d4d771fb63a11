//! A code to scan, black on white in every theme.

use crate::{
    i18n::{Text, t},
    qr,
    ui::{View, nothing, svg},
};

/// The code of a text; text that no code can hold shows nothing.
#[must_use]
pub fn qr_code(text: &str) -> View {
    let Some(drawing) = qr::draw(text) else {
        return nothing();
    };
    let side = drawing.side.to_string();
    svg("svg", "qr")
        .attr("role", "img")
        .attr("aria-label", t(Text::QR_CODE))
        .attr("viewBox", &format!("0 0 {side} {side}"))
        .attr("shape-rendering", "crispEdges")
        .child(
            svg("rect", "")
                .attr("width", &side)
                .attr("height", &side)
                .attr("fill", "#fff"),
        )
        .child(
            svg("path", "")
                .attr("d", &drawing.path)
                .attr("fill", "#000"),
        )
        .into()
}
