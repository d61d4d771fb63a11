//! The way into the program's second part. Who calls has seen that it is there: see [`crate::second`].

use contract::ResetRule;
use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::{
    checkout::{Checkout, Step},
    components::{camera, pay_sheet::pay_sheet},
    i18n::Text,
    pages::{self, recharge::Wish},
    shop::Shop,
    ui::View,
};

/// The screen at a path that is not the first's, and its title.
#[inline(never)]
#[must_use]
pub fn screen(shop: Shop, path: &str) -> (Text, View) {
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

/// The sheet with the camera's picture, as long as the signal says so.
#[inline(never)]
#[must_use]
pub fn camera(to: &HtmlElement, open: RwSignal<bool>) -> View {
    camera::camera(to, move || open.set(false))
}

/// The sheet that follows the press of "top up".
#[inline(never)]
#[must_use]
pub fn buy(shop: Shop, wish: Wish) -> View {
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
