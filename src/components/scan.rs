//! Reading a card's number by the scanner of the app around the page, or by the camera.

use contract::scanned;
use leptos::prelude::*;
use web_sys::{Event, HtmlElement};

use super::{
    button::{bare, sign},
    icon::{Icon, icon},
    sheet::sheet,
};
use crate::{
    host::{self, Scan},
    i18n::{Text, t},
    shop::Shop,
    ui::{El, View, el, live, nothing},
    views,
};

/// What is going on between the button and the box.
#[derive(Clone, Copy)]
pub struct Scanner {
    shop: Shop,
    camera: RwSignal<bool>,
    /// Why there is no number.
    pub trouble: RwSignal<Option<Text>>,
}

impl Scanner {
    /// Nothing is going on.
    #[must_use]
    pub fn new(shop: Shop) -> Scanner {
        Scanner {
            shop,
            camera: RwSignal::new(false),
            trouble: RwSignal::new(None),
        }
    }

    /// The button, which is seen only where something can scan.
    #[must_use]
    pub fn button(self, to: HtmlElement) -> El {
        let press = move || {
            self.trouble.set(None);
            host::scan(&to);
        };
        sign("field-clear field-scan", t(Text::Scan), press).child(icon(Icon::Scan))
    }

    /// The camera's picture, while it is looked at.
    #[must_use]
    pub fn sheet(self, to: HtmlElement) -> View {
        live(move || {
            if !self.camera.get() {
                return nothing();
            }
            let close = move || self.camera.set(false);
            let video = el("video", "scan-video")
                .attr("playsinline", "")
                .attr("aria-hidden", "true");
            host::look(&video.element(), &to);
            let body = views![
                el("p", "sheet-text").text(t(Text::ScanHint)),
                video,
                bare(Text::Cancel, close),
            ];
            sheet(|| Text::Scan, close, body)
        })
    }

    /// Takes what the box was told. Says whether it has another number now.
    pub fn take(self, event: &Event) -> bool {
        let told = host::scan_told(event);
        self.camera.set(told == Scan::Camera);
        match told {
            Scan::Text(text) => {
                self.shop.number.set(scanned(&text).to_owned());
                return true;
            }
            Scan::Refused => self.trouble.set(Some(Text::CameraRefused)),
            Scan::Failed => self.trouble.set(Some(Text::ScanFailed)),
            Scan::Camera | Scan::GivenUp => {}
        }
        false
    }
}
