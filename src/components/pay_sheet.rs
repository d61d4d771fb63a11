//! The sheet on the way to the wallet: the ways to pay, and what has to be asked before.

use contract::{ErrorCode, Fen, ResetRule, Way};
use leptos::prelude::*;

use super::{
    button::{bare, plain, primary},
    guide::guide,
    method_list::{method_list, method_name},
    sheet::{self, busy_sheet},
};
use crate::{
    checkout::{Checkout, Step, Target},
    dom,
    i18n::{Text, code_text, failure_text, order_title, package_name, t, yuan},
    shop::{Loaded, Shop},
    ui::{El, View, el, follow, live, nothing},
    views,
};

/// The sheet, while there is something to ask. `rule` names the package's rule, where one is bought.
#[must_use]
pub fn pay_sheet(shop: Shop, checkout: Checkout, rule: ResetRule) -> View {
    let open = Memo::new(move |_| checkout.step.get() != Step::Closed);
    // What had the focus is gone with the step before; from the sheet itself the keyboard goes on.
    follow(move |_| {
        checkout.step.track();
        request_animation_frame(|| dom::focus_id(sheet::ID));
    });
    live(move || {
        if !open.get() {
            return nothing();
        }
        let body = live(move || content(shop, checkout, rule, checkout.step.get()));
        busy_sheet(
            move || title(&checkout.step.get()),
            move || checkout.is_working(),
            move || checkout.close(),
            body,
        )
    })
}

fn title(step: &Step) -> Text {
    match step {
        Step::Closed | Step::Checking | Step::Choosing | Step::Working(_) => Text::CHOOSE_METHOD,
        Step::PriceChanged(..) => Text::PRICE_CHANGED,
        Step::RecentlyBought(_) => Text::RECENTLY_BOUGHT,
        Step::OpenOrder(_) => Text::OPEN_ORDER,
        Step::Guide(_) => Text::OPEN_IN_BROWSER,
        Step::Realname => Text::REALNAME_FIRST,
        Step::Failed(..) => Text::CANNOT_CONTINUE,
    }
}

fn content(shop: Shop, checkout: Checkout, rule: ResetRule, step: Step) -> View {
    match step {
        Step::Closed => nothing(),
        Step::Checking => working(Text::LOADING),
        Step::Working(text) => working(text),
        Step::Choosing => {
            views![
                summary(checkout, rule),
                method_list(shop, checkout),
                cancel(checkout)
            ]
        }
        Step::PriceChanged(method, price) => {
            let accept = move || {
                checkout.accept_price(method, price);
                shop.load_catalog();
            };
            views![
                prices(checkout, price),
                primary(Text::CONFIRM_NEW_PRICE, accept),
                cancel(checkout)
            ]
        }
        Step::RecentlyBought(method) => views![
            el("p", "sheet-text").text(t(Text::RECENTLY_BOUGHT_WHY)),
            primary(Text::BUY_AGAIN, move || checkout.repeat(method)),
            cancel(checkout),
        ],
        Step::OpenOrder(order) => {
            let line = format!("{} · {}", order_title(&order), yuan(order.amount_fen));
            views![
                el("p", "sheet-text").text(t(Text::OPEN_ORDER_WHY)),
                el("p", "sheet-text").child(el("strong", "").text(&line)),
                primary(Text::CONTINUE_ORDER, move || checkout
                    .continue_with((*order).clone())),
                plain(Text::NEW_ORDER, move || checkout.start_over()),
                cancel(checkout),
            ]
        }
        Step::Guide(method) => views![
            guide(shop, checkout, method),
            others(shop, checkout),
            cancel(checkout)
        ],
        Step::Realname => {
            views![
                el("p", "sheet-text").text(code_text(ErrorCode::RealnameRequired)),
                primary(Text::GO_REALNAME, move || checkout.register()),
                cancel(checkout),
            ]
        }
        Step::Failed(failure, method) => views![
            el("p", "sheet-text")
                .attr("role", "alert")
                .text(&failure_text(&failure)),
            // What is refused here would be refused again.
            (failure.code() != Some(ErrorCode::MethodUnavailable)).then(|| {
                primary(Text::RETRY, move || checkout.pay(method))
                    .text(t(Text::SEPARATOR))
                    .text(method_name(method))
            }),
            others(shop, checkout),
            cancel(checkout),
        ],
    }
}

fn summary(checkout: Checkout, rule: ResetRule) -> El {
    let (what, card, sum) = checkout.target.with_untracked(|target| match target {
        Some(Target::Purchase { card, package }) => (
            package_name(package, rule),
            Some(card.masked()),
            yuan(package.price_fen),
        ),
        Some(Target::Order(order)) => (
            order_title(order),
            order.card_masked.clone(),
            yuan(order.amount_fen),
        ),
        None => (String::new(), None, String::new()),
    });
    el("div", "sheet-summary")
        .child(
            el("p", "sheet-what")
                .text(&what)
                .child(card.map(|card| el("span", "sheet-card").text(&card))),
        )
        .child(el("p", "sheet-sum").text(&sum))
}

fn prices(checkout: Checkout, price: Fen) -> El {
    let before = checkout.target.with_untracked(|target| match target {
        Some(Target::Purchase { package, .. }) => Some(package.price_fen),
        _ => None,
    });
    el("p", "sheet-prices")
        .child(before.map(|before| el("s", "").text(&yuan(before))))
        .child(el("strong", "").text(&yuan(price)))
}

/// The ways to pay again, where one of them works here.
fn others(shop: Shop, checkout: Checkout) -> Option<El> {
    let here = |method| matches!(shop.way_to_pay(method), Way::Launch(_));
    let any = shop.storefront.with(|storefront| match storefront {
        Loaded::Ready(storefront) => storefront.methods.iter().copied().any(here),
        Loaded::Loading | Loaded::Failed(_) => true,
    });
    let choose = move || checkout.step.set(Step::Choosing);
    any.then(|| plain(Text::OTHER_METHODS, choose))
}

fn working(text: Text) -> View {
    el("div", "sheet-working")
        .attr("role", "status")
        .child(el("span", "spinner").attr("aria-hidden", "true"))
        .child(el("p", "").text(t(text)))
        .into()
}

fn cancel(checkout: Checkout) -> El {
    bare(Text::CANCEL, move || checkout.close())
}
