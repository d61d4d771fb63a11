//! The way into the program's second part: what it does for the first, which has it only once the part is there.

use contract::ResetRule;
use leptos::prelude::*;
#[cfg(feature = "split")]
use wasm_split_helpers::{SplitLoaderError, wasm_split};
use web_sys::HtmlElement;

use crate::{
    checkout::{Checkout, Step},
    components::{camera, pay_sheet::pay_sheet},
    i18n::Text,
    pages::{self, recharge::Wish},
    shop::Shop,
    ui::View,
};

/// What the second part does for the first.
#[derive(Debug)]
pub struct Doors {
    /// The screen at a path that is not the first's, and its title.
    pub screen: fn(Shop, &str) -> (Text, View),
    /// The sheet with the camera's picture, as long as the signal says so.
    pub camera: fn(&HtmlElement, RwSignal<bool>) -> View,
    /// The sheet that follows the press of "top up".
    pub buy: fn(Shop, Wish) -> View,
}

static DOORS: Doors = Doors {
    screen,
    camera,
    buy,
};

/// Loads the second part: what this function reaches and the first screen does not. A load that failed can be tried
/// again.
///
/// # Errors
/// It did not come.
#[cfg(feature = "split")]
#[wasm_split(second, fallible)]
pub fn open() -> Result<&'static Doors, SplitLoaderError> {
    Ok(&DOORS)
}

/// The second part of a program that is in one piece, as tests and builds for development are.
///
/// # Errors
/// None.
#[cfg(not(feature = "split"))]
pub async fn open() -> Result<&'static Doors, std::convert::Infallible> {
    Ok(&DOORS)
}

fn screen(shop: Shop, path: &str) -> (Text, View) {
    match path {
        "/usage" => (Text::USAGE_TITLE, pages::usage::usage(shop)),
        "/realname" => (Text::REALNAME_TITLE, pages::realname::realname(shop)),
        "/notices" => (Text::NOTICES_TITLE, pages::notices::notices(shop)),
        "/orders" => (Text::ORDERS_TITLE, pages::orders::orders(shop)),
        other => match other.strip_prefix("/orders/") {
            Some(id) => (Text::ORDER, pages::order::order(shop, id)),
            None => (Text::NOT_FOUND_TITLE, pages::not_found::not_found(shop)),
        },
    }
}

fn camera(to: &HtmlElement, open: RwSignal<bool>) -> View {
    camera::camera(to, move || open.set(false))
}

fn buy(shop: Shop, wish: Wish) -> View {
    let checkout = Checkout::new(shop);
    let rule = match wish {
        Wish::Buy(card, package, rule) => {
            checkout.buy(card, package);
            rule
        }
        Wish::Register => {
            checkout.step.set(Step::Realname);
            ResetRule::Other
        }
    };
    pay_sheet(shop, checkout, rule)
}
