//! The way into the program's second part: what it does for the first, which has it only once the part is there.

use contract::ResetRule;
use leptos::prelude::*;
#[cfg(feature = "split")]
use wasm_split_helpers::{SplitLoaderError, wasm_split};
use web_sys::HtmlElement;

use crate::{
    checkout::{Checkout, Step},
    components::{camera::Camera, pay_sheet::PaySheet},
    i18n::Text,
    pages::{
        not_found::NotFound, notices::Notices, order::OrderPage, orders::Orders,
        realname::Realname, recharge::Wish, usage::Usage,
    },
    shop::Shop,
    ui::Erase,
};

/// What the second part does for the first.
#[derive(Debug)]
pub struct Doors {
    /// The screen at a path that is not the first's, and its title.
    pub screen: fn(Shop, &str) -> (Text, AnyView),
    /// The sheet with the camera's picture, as long as the signal says so.
    pub camera: fn(&HtmlElement, RwSignal<bool>) -> AnyView,
    /// The sheet that follows the press of "top up".
    pub buy: fn(Shop, Wish) -> AnyView,
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

fn screen(shop: Shop, path: &str) -> (Text, AnyView) {
    match path {
        "/usage" => (Text::USAGE_TITLE, view! { <Usage shop/> }.erase()),
        "/realname" => (Text::REALNAME_TITLE, view! { <Realname shop/> }.erase()),
        "/notices" => (Text::NOTICES_TITLE, view! { <Notices shop/> }.erase()),
        "/orders" => (Text::ORDERS_TITLE, view! { <Orders shop/> }.erase()),
        other => match other.strip_prefix("/orders/") {
            Some(id) => (Text::ORDER, view! { <OrderPage shop id/> }.erase()),
            None => (Text::NOT_FOUND_TITLE, view! { <NotFound shop/> }.erase()),
        },
    }
}

fn camera(to: &HtmlElement, open: RwSignal<bool>) -> AnyView {
    view! { <Camera to=to.clone() open/> }.erase()
}

fn buy(shop: Shop, wish: Wish) -> AnyView {
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
    view! { <PaySheet shop checkout rule/> }.erase()
}
