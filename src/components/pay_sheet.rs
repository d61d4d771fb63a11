//! The sheet on the way to the wallet: the ways to pay, and what has to be asked before.

use contract::{ErrorCode, Fen, Method, Order, ResetRule, Way};
use leptos::prelude::*;

use super::{
    button::Button,
    guide::Guide,
    method_list::{MethodList, method_name},
    sheet::{self, Sheet},
};
use crate::{
    api::Failure,
    checkout::{Checkout, Step, Target},
    dom,
    i18n::{Text, code_text, failure_text, order_title, package_name, t, yuan},
    shop::{Loaded, Shop},
    ui::{Erase, does, follow, nothing, part},
};

/// The sheet, while there is something to ask.
#[component]
pub fn PaySheet(
    /// The shop.
    shop: Shop,
    /// What is to be paid.
    checkout: Checkout,
    /// The package's rule, where one is bought.
    rule: ResetRule,
) -> AnyView {
    let open = Memo::new(move |_| checkout.step.get() != Step::Closed);
    // What had the focus is gone with the step before; from the sheet itself the keyboard goes on.
    follow(move |_| {
        checkout.step.track();
        request_animation_frame(|| dom::focus_id(sheet::ID));
    });
    part(move || {
        if !open.get() {
            return nothing();
        }
        view! {
            <Sheet
                title=move || title(&checkout.step.get())
                busy=move || checkout.is_working()
                close=move || checkout.close()
            >
                {part(move || content(shop, checkout, rule, checkout.step.get()))}
            </Sheet>
        }
        .erase()
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

fn content(shop: Shop, checkout: Checkout, rule: ResetRule, step: Step) -> AnyView {
    match step {
        Step::Closed => nothing(),
        Step::Checking => view! { <Working text=Text::LOADING/> }.erase(),
        Step::Working(text) => view! { <Working text/> }.erase(),
        Step::Choosing => view! {
            <Summary checkout rule/>
            <MethodList shop checkout/>
            <Cancel checkout/>
        }
        .erase(),
        Step::PriceChanged(method, price) => {
            view! { <PriceChanged shop checkout method price/> }.erase()
        }
        Step::RecentlyBought(method) => view! {
            <p class="sheet-text">{t(Text::RECENTLY_BOUGHT_WHY)}</p>
            <Button text=Text::BUY_AGAIN press=move || checkout.repeat(method)/>
            <Cancel checkout/>
        }
        .erase(),
        Step::OpenOrder(order) => view! { <OpenOrder checkout order/> }.erase(),
        Step::Guide(method) => view! {
            <Guide shop checkout method/>
            <Others shop checkout/>
            <Cancel checkout/>
        }
        .erase(),
        Step::Realname => view! {
            <p class="sheet-text">{code_text(ErrorCode::RealnameRequired)}</p>
            <Button text=Text::GO_REALNAME press=move || checkout.register()/>
            <Cancel checkout/>
        }
        .erase(),
        Step::Failed(failure, method) => view! { <NotPaid shop checkout failure method/> }.erase(),
    }
}

#[component]
fn Summary(checkout: Checkout, rule: ResetRule) -> AnyView {
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
    view! {
        <div class="sheet-summary">
            <p class="sheet-what">
                {what} {card.map(|card| view! { <span class="sheet-card">{card}</span> }.erase())}
            </p>
            <p class="sheet-sum">{sum}</p>
        </div>
    }
    .erase()
}

#[component]
fn PriceChanged(shop: Shop, checkout: Checkout, method: Method, price: Fen) -> AnyView {
    let before = checkout.target.with_untracked(|target| match target {
        Some(Target::Purchase { package, .. }) => Some(package.price_fen),
        _ => None,
    });
    let accept = move || {
        checkout.accept_price(method, price);
        shop.load_catalog();
    };
    view! {
        <p class="sheet-prices">
            {before.map(|before| view! { <s>{yuan(before)}</s> }.erase())} <strong>{yuan(price)}</strong>
        </p>
        <Button text=Text::CONFIRM_NEW_PRICE press=accept/>
        <Cancel checkout/>
    }
    .erase()
}

#[component]
fn OpenOrder(checkout: Checkout, order: Box<Order>) -> AnyView {
    let line = format!("{} · {}", order_title(&order), yuan(order.amount_fen));
    view! {
        <p class="sheet-text">{t(Text::OPEN_ORDER_WHY)}</p>
        <p class="sheet-text">
            <strong>{line}</strong>
        </p>
        <Button
            text=Text::CONTINUE_ORDER
            press=move || checkout.continue_with((*order).clone())
        />
        <Button
            class="button button--plain"
            text=Text::NEW_ORDER
            press=move || checkout.start_over()
        />
        <Cancel checkout/>
    }
    .erase()
}

#[component]
fn NotPaid(shop: Shop, checkout: Checkout, failure: Failure, method: Method) -> AnyView {
    // What is refused here would be refused again.
    let retry = (failure.code() != Some(ErrorCode::MethodUnavailable)).then(|| {
        view! {
            <button class="button" type="button" on:click=does(move |_| checkout.pay(method))>
                {t(Text::RETRY)}
                {t(Text::SEPARATOR)}
                {method_name(method)}
            </button>
        }
        .erase()
    });
    view! {
        <p class="sheet-text" role="alert">
            {failure_text(&failure)}
        </p>
        {retry}
        <Others shop checkout/>
        <Cancel checkout/>
    }
    .erase()
}

/// The ways to pay again, where one of them works here.
#[component]
fn Others(shop: Shop, checkout: Checkout) -> AnyView {
    let here = move |method| matches!(shop.way_to_pay(method), Way::Launch(_));
    let choose = move || checkout.step.set(Step::Choosing);
    part(move || {
        let any = shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => storefront.methods.iter().copied().any(here),
            Loaded::Loading | Loaded::Failed(_) => true,
        });
        if !any {
            return nothing();
        }
        view! { <Button class="button button--plain" text=Text::OTHER_METHODS press=choose/> }
            .erase()
    })
}

#[component]
fn Working(text: Text) -> AnyView {
    view! {
        <div class="sheet-working" role="status">
            <span class="spinner" aria-hidden="true"></span>
            <p>{t(text)}</p>
        </div>
    }
    .erase()
}

#[component]
fn Cancel(checkout: Checkout) -> AnyView {
    view! {
        <Button
            class="button button--bare"
            text=Text::CANCEL
            press=move || checkout.close()
        />
    }
    .erase()
}
