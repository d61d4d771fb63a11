//! Reading a card's number by the scanner of the app around the page, or by the camera.

use contract::scanned;
use leptos::{html::Input, prelude::*};
use web_sys::Event;

use super::{button::SignButton, icon::Icon};
use crate::{
    dom,
    host::{self, Scan},
    i18n::{Text, t},
    second,
    shop::{Loaded, Shop},
    ui::{Erase, nothing, part},
};

/// What is going on between the button and the box.
#[derive(Clone, Copy)]
pub struct Scanner {
    shop: Shop,
    /// The box for the number.
    input: NodeRef<Input>,
    camera: RwSignal<bool>,
    /// Why there is no number.
    pub trouble: RwSignal<Option<Text>>,
}

impl Scanner {
    /// Nothing is going on.
    #[must_use]
    pub fn new(shop: Shop, input: NodeRef<Input>) -> Scanner {
        Scanner {
            shop,
            input,
            camera: RwSignal::new(false),
            trouble: RwSignal::new(None),
        }
    }

    /// The button, which is seen only where something can scan.
    #[must_use]
    pub fn button(self) -> AnyView {
        let press = move || {
            self.trouble.set(None);
            if let Some(input) = self.input.get_untracked() {
                host::scan(&input);
            }
        };
        view! {
            <SignButton
                class="field-clear field-scan"
                label=t(Text::SCAN)
                sign=Icon::Scan
                press=press
            />
        }
        .erase()
    }

    /// The camera's picture, while it is looked at.
    #[must_use]
    pub fn sheet(self) -> AnyView {
        part(move || {
            let doors = self.shop.second.with(|second| second.ready().copied());
            let doors = doors.filter(|_| self.camera.get());
            match doors.zip(self.input.get_untracked()) {
                Some((doors, input)) => (doors.camera)(&input, self.camera),
                None => nothing(),
            }
        })
    }

    /// Takes what the box was told. Says whether it has another number now.
    pub fn take(self, event: &Event) -> bool {
        // Whoever went on to pay meanwhile, with a number that was typed, keeps that number.
        if dom::is_behind_a_sheet() && !self.camera.get_untracked() {
            return false;
        }
        let told = host::scan_told(event);
        // The camera's sheet is of the program's second part.
        let no_sheet = self
            .shop
            .second
            .with_untracked(|second| matches!(second, Loaded::Failed(_)));
        self.camera.set(told == Scan::Camera && !no_sheet);
        match told {
            Scan::Text(text) => {
                self.shop.number.set(scanned(&text).to_owned());
                return true;
            }
            Scan::Refused => self.trouble.set(Some(Text::CAMERA_REFUSED)),
            Scan::Camera if no_sheet => {
                self.trouble.set(Some(Text::SCAN_FAILED));
                second::load_again(self.shop);
            }
            Scan::Failed => self.trouble.set(Some(Text::SCAN_FAILED)),
            Scan::Camera | Scan::GivenUp => {}
        }
        false
    }
}
