//! The order while it waits to be paid.

use contract::{Host, Launch, Method, Order, OrderId};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api,
    checkout::{self, Checkout},
    components::{
        countdown::countdown,
        method_list::{logo, method_name},
        order_words::{has_code, outcome},
        pay_sheet::{primary, secondary},
        qr_code::qr_code,
        sheet::sheet,
    },
    i18n::{Text, failure_text, order_title, t},
    launch,
    shop::Shop,
    watch::Watch,
};

/// How far "I have paid" is. It outlives the screen, which is drawn anew when the order changes.
#[derive(Clone, Copy)]
pub(super) struct Asking {
    busy: RwSignal<bool>,
    said: RwSignal<Option<String>>,
}

impl Asking {
    /// Nobody has said that they paid.
    pub(super) fn new() -> Asking {
        Asking {
            busy: RwSignal::new(false),
            said: RwSignal::new(None),
        }
    }
}

/// What is to be paid, how, until when, and what else can be done.
#[must_use]
pub(super) fn cashier(
    shop: Shop,
    watch: Watch,
    checkout: Checkout,
    asking: Asking,
    order: Order,
) -> AnyView {
    let (heading, note, ..) = outcome(&order);
    let payment = order
        .payment
        .clone()
        .filter(|payment| checkout::is_live(payment.state));
    let method = payment.as_ref().map(|payment| payment.method);
    let code = has_code(&order);
    let again = order.clone();
    let chosen = order.clone();
    let line = [Some(order_title(&order)), order.card_masked.clone()]
        .into_iter()
        .flatten()
        .map(|part| view! { <span class="nowrap">{part}</span> })
        .collect_view();
    let sum = order.amount_fen.to_yuan();
    let confirm = {
        let id = order.id.clone();
        move || confirm_paid(id.clone(), watch, asking)
    };
    let pay_label = if method.is_some() && launch::has_left(&order.id) {
        Text::PayAgain
    } else {
        Text::Pay
    };
    let pay = {
        let order = order.clone();
        move || {
            asking.said.set(None);
            match method {
                Some(method) => checkout.pay_order_with(order.clone(), method),
                None => checkout.pay_order(order.clone()),
            }
        }
    };
    let top_link = payment.as_ref().and_then(|payment| match &payment.launch {
        Some(Launch::Redirect { url }) if shop.host == Host::Framed => Some(url.clone()),
        _ => None,
    });
    let buttons = if code {
        view! {
            {ask_button(confirm, asking.busy, "button")}
            {secondary(Text::ChangeMethod, move || checkout.pay_order(again.clone()))}
        }
        .into_any()
    } else if method.is_some() && launch::has_left(&order.id) {
        view! {
            {ask_button(confirm, asking.busy, "button")}
            {pay_button(pay_label, top_link, pay, "button button--plain")}
            {secondary(Text::ChangeMethod, move || checkout.pay_order(again.clone()))}
        }
        .into_any()
    } else {
        view! {
            {pay_button(pay_label, top_link, pay, "button")}
            {ask_button(confirm, asking.busy, "button button--plain")}
            {method
                .is_some()
                .then(|| secondary(Text::ChangeMethod, move || checkout.pay_order(again.clone())))}
        }
        .into_any()
    };
    view! {
        <h1 class="cashier-title" id="title" tabindex="-1">{t(heading)}</h1>
        <p class="cashier-what">{line}</p>
        <p class="cashier-sum"><small>"¥"</small>{sum}</p>
        {match payment.and_then(|payment| payment.launch) {
            Some(Launch::Qr { content, expires_at }) => {
                code_card(checkout, chosen, &content, expires_at, method)
            }
            _ => method.map_or_else(|| ().into_any(), wallet_line),
        }}
        {countdown(order.expires_at, move || watch.ask_now())}
        <div class="cashier-said" role="status">
            {move || asking.said.get().map(|said| view! { <p class="note">{said}</p> })}
            {move || {
                shop.launch_note.get().map(|note| view! { <p class="note note--warn">{t(note)}</p> })
            }}
        </div>
        <div class="actions">{buttons} {cancel(watch, order.id)}</div>
        <p class="small">{t(note)}</p>
    }
    .into_any()
}

/// The code, until the wallet stops reading it.
fn code_card(
    checkout: Checkout,
    order: Order,
    content: &str,
    expires_at: contract::Timestamp,
    method: Option<Method>,
) -> AnyView {
    let over = RwSignal::new(expires_at <= crate::clock::now());
    let left = expires_at.0 - crate::clock::now().0;
    if left > 0 && expires_at < order.expires_at {
        let wait = std::time::Duration::from_millis(u64::try_from(left).unwrap_or_default());
        if let Ok(timer) = set_timeout_with_handle(move || over.set(true), wait) {
            on_cleanup(move || timer.clear());
        }
    }
    let hint = match method {
        Some(Method::Alipay) => Text::ScanHintAlipay,
        Some(Method::Wechat) => Text::ScanHintWechat,
        _ => Text::ScanHintAny,
    };
    let content = content.to_owned();
    let picture = move || {
        if over.get() {
            let order = order.clone();
            let renew = move || match method {
                Some(method) => checkout.pay_order_with(order.clone(), method),
                None => checkout.pay_order(order.clone()),
            };
            view! {
                <div class="qr qr--over">
                    <p>{t(Text::QrExpired)}</p>
                    {primary(Text::RefreshQr, renew)}
                </div>
            }
            .into_any()
        } else {
            qr_code(&content)
        }
    };
    view! {
        <div class="qr-card">{picture}</div>
        <p class="cashier-hint">{method.map(logo)} <span>{t(hint)}</span></p>
    }
    .into_any()
}

fn wallet_line(method: Method) -> AnyView {
    view! { <p class="cashier-hint">{logo(method)} <span>{method_name(method)}</span></p> }
        .into_any()
}

/// The way to the wallet: a button, or in a frame a link, which may leave it where a script may not.
fn pay_button(
    label: Text,
    top: Option<String>,
    press: impl Fn() + 'static,
    class: &'static str,
) -> AnyView {
    match top {
        Some(url) => {
            view! { <a class=class href=url target="_top" rel="noopener">{t(label)}</a> }.into_any()
        }
        None => view! {
            <button type="button" class=class on:click=move |_| press()>{t(label)}</button>
        }
        .into_any(),
    }
}

fn ask_button(press: impl Fn() + 'static, asking: RwSignal<bool>, class: &'static str) -> AnyView {
    view! {
        <button
            type="button"
            class=class
            aria-busy=move || asking.get().then_some("true")
            on:click=move |_| press()
        >
            {move || t(if asking.get() { Text::Asking } else { Text::IHavePaid })}
        </button>
    }
    .into_any()
}

/// Has the gateway ask the wallet, and says what came of it. What the buyer says changes nothing by itself.
fn confirm_paid(id: OrderId, watch: Watch, Asking { busy, said }: Asking) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    said.set(None);
    spawn_local(async move {
        let answer = api::submitted(&id).await;
        watch.ask_now();
        crate::timer::sleep(1200).await;
        let text = match answer {
            Ok(()) => t(Text::NotPaidYet).to_owned(),
            Err(failure) => failure_text(&failure),
        };
        // Where the buyer went elsewhere meanwhile, there is nobody to tell.
        busy.try_set(false);
        said.try_set(Some(text));
    });
}

/// Gives the order up, after asking once more.
fn cancel(watch: Watch, id: OrderId) -> AnyView {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    let give_up = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let id = id.clone();
        spawn_local(async move {
            let answer = api::cancel(&id).await;
            watch.ask_now();
            busy.try_set(false);
            match answer {
                Ok(()) => drop(open.try_set(false)),
                Err(error) => drop(failure.try_set(Some(failure_text(&error)))),
            }
        });
    };
    let give_up = StoredValue::new_local(std::rc::Rc::new(give_up));
    view! {
        <button type="button" class="button button--bare" on:click=move |_| open.set(true)>
            {t(Text::CancelOrder)}
        </button>
        {move || {
            open.get()
                .then(|| {
                    let body = view! {
                        <p class="sheet-text">{t(Text::CancelConfirmWhy)}</p>
                        <p class="field-error" role="alert">{move || failure.get()}</p>
                        {primary(Text::CancelNo, move || open.set(false))}
                        <button
                            type="button"
                            class="button button--bad"
                            disabled=move || busy.get()
                            on:click=move |_| give_up.get_value()()
                        >
                            {t(Text::CancelYes)}
                        </button>
                    };
                    sheet(
                        || Text::CancelConfirm,
                        move || open.set(false),
                        body.into_any(),
                    )
                })
        }}
    }
    .into_any()
}
