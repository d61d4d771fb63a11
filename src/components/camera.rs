//! The sheet with the camera's picture, in which a card's code is looked for.

use web_sys::HtmlElement;

use super::{button::bare, sheet::sheet};
use crate::{
    host,
    i18n::{Text, t},
    ui::{View, el},
    views,
};

/// The sheet. The code goes to `to` as the app's scanners tell theirs; `close` is asked for by who gives up.
#[must_use]
pub fn camera(to: &HtmlElement, close: impl Fn() + Copy + 'static) -> View {
    let video = el("video", "scan-video")
        .attr("playsinline", "")
        .attr("aria-hidden", "true");
    host::look(&video.element(), to);
    let body = views![
        el("p", "sheet-text").text(t(Text::SCAN_HINT)),
        video,
        bare(Text::CANCEL, close),
    ];
    sheet(|| Text::SCAN, close, body)
}
