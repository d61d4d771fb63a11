//! The sheet on the way to the wallet: the ways to pay, and what has to be asked before.

use contract::{ErrorCode, Method, ResetRule};
use leptos::prelude::*;

use super::{
    method_list::{method_list, method_name},
    sheet::{self, sheet},
};
use crate::{
    checkout::{Checkout, Step, Target},
    dom,
    i18n::{self, Text, failure_text, t, yuan},
    nav,
    shop::Shop,
};

/// The sheet, while there is something to ask.
#[must_use]
pub fn pay_sheet(shop: Shop, checkout: Checkout, rule: Signal<Option<ResetRule>>) -> AnyView {
    let open = Memo::new(move |_| checkout.step.get() != Step::Closed);
    // What had the focus is gone with the step before; from the sheet itself the keyboard goes on.
    Effect::new(move |_| {
        checkout.step.track();
        request_animation_frame(|| dom::focus_id(sheet::ID));
    });
    (move || {
        if !open.get() {
            return ().into_any();
        }
        let body = move || content(shop, checkout, rule.get_untracked(), checkout.step.get());
        sheet(
            move || title(&checkout.step.get()),
            move || checkout.close(),
            view! { {body} }.into_any(),
        )
    })
    .into_any()
}

fn title(step: &Step) -> Text {
    match step {
        Step::Closed | Step::Checking | Step::Choosing | Step::Working(_) => Text::ChooseMethod,
        Step::PriceChanged(..) => Text::PriceChanged,
        Step::RecentlyBought(_) => Text::RecentlyBought,
        Step::OpenOrder(_) => Text::OpenOrder,
        Step::Guide => Text::OpenInBrowser,
        Step::Realname => Text::RealnameFirst,
        Step::Failed(..) => Text::CannotContinue,
    }
}

fn content(shop: Shop, checkout: Checkout, rule: Option<ResetRule>, step: Step) -> AnyView {
    match step {
        Step::Closed => ().into_any(),
        Step::Checking => working(Text::Loading),
        Step::Choosing => {
            let body = view! {
                {summary(checkout, rule)}
                {method_list(shop, checkout)}
                {cancel(checkout)}
            };
            body.into_any()
        }
        Step::Working(text) => working(text),
        Step::PriceChanged(method, price) => {
            let before = checkout.target.with_untracked(|target| match target {
                Some(Target::Purchase { package, .. }) => Some(package.price_fen),
                _ => None,
            });
            let body = view! {
                <p class="sheet-prices">
                    {before.map(|before| view! { <s>{yuan(before)}</s> })}
                    <strong>{yuan(price)}</strong>
                </p>
                {primary(Text::ConfirmNewPrice, move || {
                    checkout.accept_price(method, price);
                    shop.load_catalog();
                })}
                {cancel(checkout)}
            };
            body.into_any()
        }
        Step::RecentlyBought(method) => {
            let body = view! {
                <p class="sheet-text">{t(Text::RecentlyBoughtWhy)}</p>
                {primary(Text::BuyAgain, move || checkout.repeat(method))}
                {cancel(checkout)}
            };
            body.into_any()
        }
        Step::OpenOrder(order) => {
            let order = *order;
            let line = format!("{} · {}", order.title, yuan(order.amount_fen));
            let body = view! {
                <p class="sheet-text">{t(Text::OpenOrderWhy)}</p>
                <p class="sheet-text"><strong>{line}</strong></p>
                {primary(Text::ContinueOrder, move || checkout.continue_with(order.clone()))}
                {secondary(Text::NewOrder, move || checkout.start_over())}
                {cancel(checkout)}
            };
            body.into_any()
        }
        Step::Guide => guide(checkout),
        Step::Realname => {
            let body = view! {
                <p class="sheet-text">{i18n::code_text(ErrorCode::RealnameRequired)}</p>
                {primary(Text::GoRealname, move || {
                    checkout.close();
                    nav::go("/realname");
                })}
                {cancel(checkout)}
            };
            body.into_any()
        }
        Step::Failed(failure, method) => {
            let again = t(Text::Retry);
            let body = view! {
                <p class="sheet-text" role="alert">{failure_text(&failure)}</p>
                <button type="button" class="button" on:click=move |_| checkout.pay(method)>
                    {again}{t(Text::Separator)}{method_name(method)}
                </button>
                {secondary(Text::OtherMethods, move || checkout.step.set(Step::Choosing))}
                {cancel(checkout)}
            };
            body.into_any()
        }
    }
}

fn summary(checkout: Checkout, rule: Option<ResetRule>) -> AnyView {
    let (what, card, sum) = checkout.target.with_untracked(|target| match target {
        Some(Target::Purchase { card, package }) => (
            i18n::package_name(package, rule.unwrap_or(ResetRule::Other)),
            Some(card.masked()),
            yuan(package.price_fen),
        ),
        Some(Target::Order(order)) => (
            order.title.clone(),
            order.card_masked.clone(),
            yuan(order.amount_fen),
        ),
        None => (String::new(), None, String::new()),
    });
    view! {
        <div class="sheet-summary">
            <p class="sheet-what">
                <span>{what}</span>
                {card.map(|card| view! { <span class="sheet-card">{card}</span> })}
            </p>
            <p class="sheet-sum">{sum}</p>
        </div>
    }
    .into_any()
}

fn guide(checkout: Checkout) -> AnyView {
    let said = RwSignal::new(None);
    let copy = move || {
        leptos::task::spawn_local(async move {
            let address = match checkout.target.get_untracked() {
                Some(Target::Order(order)) => {
                    format!(
                        "{}{}",
                        dom::origin(),
                        contract::routes::order_page(&order.id)
                    )
                }
                _ => format!("{}/#method={}", dom::origin(), Method::Alipay.as_str()),
            };
            let copied = dom::copy(&address).await;
            said.set(Some(if copied {
                Text::Copied
            } else {
                Text::CopyFailed
            }));
        });
    };
    view! {
        <p class="sheet-text">{t(Text::OpenInBrowserWhy)}</p>
        {primary(Text::CopyLink, copy)}
        <p class="sheet-said" role="status">{move || said.get().map(t)}</p>
        {secondary(Text::OtherMethods, move || checkout.step.set(Step::Choosing))}
    }
    .into_any()
}

fn working(text: Text) -> AnyView {
    view! {
        <div class="sheet-working" role="status">
            <span class="spinner" aria-hidden="true"></span>
            <p>{t(text)}</p>
        </div>
    }
    .into_any()
}

/// The button that leads on.
#[must_use]
pub fn primary(text: Text, press: impl Fn() + 'static) -> AnyView {
    view! { <button type="button" class="button" on:click=move |_| press()>{t(text)}</button> }
        .into_any()
}

/// A button beside it.
#[must_use]
pub fn secondary(text: Text, press: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="button button--plain" on:click=move |_| press()>
            {t(text)}
        </button>
    }
    .into_any()
}

fn cancel(checkout: Checkout) -> AnyView {
    view! {
        <button type="button" class="button button--bare" on:click=move |_| checkout.close()>
            {t(Text::Cancel)}
        </button>
    }
    .into_any()
}
