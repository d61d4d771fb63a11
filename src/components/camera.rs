//! The sheet with the camera's picture, in which a card's code is looked for.

use leptos::{html::Video, prelude::*};
use web_sys::HtmlElement;

use super::{button::Button, sheet::Sheet};
use crate::{
    host,
    i18n::{Text, t},
    ui::Erase,
};

/// The sheet. The code goes to the box as the app's scanners tell theirs.
#[component]
pub fn Camera(
    /// The box for the number.
    to: HtmlElement,
    /// Whether the sheet is open; whoever gives up closes it.
    open: RwSignal<bool>,
) -> AnyView {
    let video: NodeRef<Video> = NodeRef::new();
    let close = move || open.set(false);
    let sheet = view! {
        <Sheet title=|| Text::SCAN close=close>
            <p class="sheet-text">{t(Text::SCAN_HINT)}</p>
            <video class="scan-video" playsinline="" aria-hidden="true" node_ref=video></video>
            <Button class="button button--bare" text=Text::CANCEL press=close/>
        </Sheet>
    }
    .erase();
    if let Some(video) = video.get_untracked() {
        host::look(&video, &to);
    }
    sheet
}
