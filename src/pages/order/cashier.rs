//! The order while it waits to be paid.

use contract::{Host, Launch, Method, Order, OrderId, Payment, Timestamp, routes};
use leptos::{prelude::*, task::spawn_local};

use super::give_up::GiveUp;
use crate::{
    api,
    checkout::{self, Checkout},
    clock,
    components::{
        button::Button,
        copy_link::{CopyLink, Copying},
        countdown::Countdown,
        header::Heading,
        method_list::{Logo, method_name},
        order_words::{has_code, outcome},
        qr_code::QrCode,
    },
    dom, host,
    i18n::{Text, failure_text, order_title, t},
    launch,
    shop::Shop,
    timer,
    ui::{Erase, does, nothing, part, reads},
    watch::Watch,
};

/// How far "I have paid" is, and what came of copying the link. It outlives the screen, which is drawn anew when the order
/// changes.
#[derive(Clone, Copy)]
pub struct Asking {
    busy: RwSignal<bool>,
    said: RwSignal<Option<String>>,
    copied: Copying,
}

impl Asking {
    /// Nobody has said that they paid.
    pub(super) fn new() -> Asking {
        Asking {
            busy: RwSignal::new(false),
            said: RwSignal::new(None),
            copied: RwSignal::new(None),
        }
    }
}

/// Whether the order's own code is shown, which a phone pays by in its own way: always on a computer while no wallet is
/// chosen, and where it was asked for.
pub(super) fn shows_own_code(shop: Shop, order: &Order) -> bool {
    let asked = shop.code_of.with(|of| of.as_ref() == Some(&order.id));
    asked || (payment(order).is_none() && matches!(shop.host, Host::Desktop | Host::Tv))
}

/// What is to be paid, how, until when, and what else can be done.
#[component]
pub fn Cashier(
    /// The shop.
    shop: Shop,
    /// Follows the order.
    watch: Watch,
    /// The way to the wallet.
    checkout: Checkout,
    /// How far "I have paid" is.
    asking: Asking,
    /// The order.
    order: Order,
    /// Whether the order's own code is shown while its payment has none.
    own_code: bool,
) -> AnyView {
    let (title, note, ..) = outcome(&order);
    let payment = payment(&order);
    let method = payment.map(|payment| payment.method);
    let line = [Some(order_title(&order)), order.card_masked.clone()]
        .into_iter()
        .flatten()
        .map(|part| view! { <span class="nowrap">{part}</span> }.erase())
        .collect_view();
    let how = match payment.and_then(|payment| payment.launch.as_ref()) {
        Some(Launch::Qr {
            content,
            expires_at,
        }) => {
            let (content, expires_at) = (content.clone(), *expires_at);
            let order = order.clone();
            view! { <CodeCard shop checkout order content expires_at method/> }.erase()
        }
        _ if own_code => {
            let content = format!("{}{}", dom::origin(), routes::cashier(&order.id));
            let (expires_at, order) = (order.expires_at, order.clone());
            view! { <CodeCard shop checkout order content expires_at method=None/> }.erase()
        }
        _ => match method {
            Some(method) => view! { <Hint method=Some(method) text=method_name(method)/> }.erase(),
            None => nothing(),
        },
    };
    let said = move || {
        view! {
            {asking.said.get().map(|said| view! { <p class="note">{said}</p> }.erase())}
            {shop
                .launch_note
                .get()
                .map(|note| view! { <p class=note_class(note)>{t(note)}</p> }.erase())}
        }
        .erase()
    };
    view! {
        <Heading class="cashier-title" text=title/>
        <p class="cashier-what">{line}</p>
        <p class="cashier-sum">
            <small>"¥"</small>
            {order.amount_fen.to_yuan()}
        </p>
        {how}
        <Countdown end=order.expires_at over=move || watch.ask_now()/>
        <div class="cashier-said" role="status">
            {part(said)}
        </div>
        <div class="actions">
            {buttons(shop, watch, checkout, asking, &order)}
            {elsewhere(shop, asking.copied, &order)}
            <GiveUp watch id=order.id/>
        </div>
        <p class="small">{t(note)}</p>
    }
    .erase()
}

/// The payment that the buyer can still carry out.
fn payment(order: &Order) -> Option<&Payment> {
    order
        .payment
        .as_ref()
        .filter(|payment| checkout::is_live(payment.state))
}

fn note_class(note: Text) -> &'static str {
    if [Text::ASKING, Text::NOT_PAID_YET].contains(&note) {
        "note"
    } else {
        "note note--warn"
    }
}

/// What can be done, the likeliest first: scan, say that it is paid, go to the wallet.
fn buttons(shop: Shop, watch: Watch, checkout: Checkout, asking: Asking, order: &Order) -> AnyView {
    let payment = payment(order);
    let method = payment.map(|payment| payment.method);
    let back = method.is_some() && launch::has_left(&order.id);
    let code = has_code(order);
    // In a frame a link may leave where a script may not.
    let top = match payment.and_then(|payment| payment.launch.as_ref()) {
        Some(Launch::Redirect { url }) if shop.host == Host::Framed => Some(url.clone()),
        _ => None,
    };
    let weight = |first: bool| {
        if first {
            "button"
        } else {
            "button button--plain"
        }
    };
    let text = if back { Text::PAY_AGAIN } else { Text::PAY };
    let (class, paying) = (weight(!back), order.clone());
    let pay = move || match top {
        Some(url) => view! { <TopLink shop class url text/> }.erase(),
        None => {
            let press = move || {
                asking.said.set(None);
                shop.launch_note.set(None);
                match method {
                    Some(method) => checkout.pay_order_with(paying.clone(), method),
                    None => checkout.pay_order(paying.clone()),
                }
            };
            view! { <Button class text press/> }.erase()
        }
    };
    let (class, id) = (weight(code || back), order.id.clone());
    let paid = view! { <AskButton class watch asking id/> }.erase();
    let again = order.clone();
    let change = method.map(|_| {
        view! {
            <Button
                class="button button--plain"
                text=Text::CHANGE_METHOD
                press=move || checkout.pay_order(again.clone())
            />
        }
        .erase()
    });
    match (code, back) {
        (true, _) => view! { {paid} {change} }.erase(),
        (false, true) => view! { {paid} {pay()} {change} }.erase(),
        (false, false) => view! { {pay()} {paid} {change} }.erase(),
    }
}

/// A link out of the frame. Where the frame does not let it, that is said.
#[component]
fn TopLink(shop: Shop, class: &'static str, url: String, text: Text) -> AnyView {
    let leave = move |_| {
        shop.launch_note.set(None);
        spawn_local(async move {
            if host::stays().await {
                shop.launch_note.set(Some(Text::LAUNCH_KEPT));
            }
        });
    };
    view! {
        <a class=class href=url target="_top" rel="noopener" on:click=does(leave)>
            {t(text)}
        </a>
    }
    .erase()
}

/// The way to a browser, where the wallet did not open, and beside a code for those whose only phone shows it.
fn elsewhere(shop: Shop, copied: Copying, order: &Order) -> AnyView {
    let page = routes::order_page(&order.id);
    let on_the_phone = has_code(order) && !shop.host.is_browser();
    part(move || {
        let stuck = shop
            .launch_note
            .get()
            .is_some_and(|note| note_class(note) != "note");
        (stuck || on_the_phone)
            .then(|| {
                view! { <CopyLink class="button button--plain" said=copied address=page.clone()/> }
                    .erase()
            })
            .erase()
    })
}

/// The code, until the wallet stops reading it.
#[component]
fn CodeCard(
    shop: Shop,
    checkout: Checkout,
    order: Order,
    content: String,
    expires_at: Timestamp,
    method: Option<Method>,
) -> AnyView {
    let left = expires_at.0 - clock::now().0;
    let over = RwSignal::new(left <= 0);
    if left > 0 && expires_at < order.expires_at {
        // Looked at again and again: a device that slept has lost the time of a single wait.
        let look = move || {
            if clock::now() >= expires_at && !over.get_untracked() {
                over.set(true);
            }
        };
        if let Ok(timer) = set_interval_with_handle(look, std::time::Duration::from_secs(1)) {
            on_cleanup(move || timer.clear());
        }
    }
    let text = match method {
        Some(Method::Alipay) => Text::SCAN_HINT_ALIPAY,
        Some(Method::Wechat) => Text::SCAN_HINT_WECHAT,
        _ => Text::SCAN_HINT_ANY,
    };
    let picture = move || {
        if !over.get() {
            return view! { <QrCode text=content.clone()/> }.erase();
        }
        let order = order.clone();
        let renew = move || match method {
            Some(method) => checkout.pay_order_with(order.clone(), method),
            None => checkout.pay_order(order.clone()),
        };
        view! {
            <div class="qr qr--over">
                <p>{t(Text::QR_EXPIRED)}</p>
                <Button text=Text::REFRESH_QR press=renew/>
            </div>
        }
        .erase()
    };
    let is_read_here = !matches!(shop.host, Host::Desktop | Host::Tv) || dom::has_touch();
    view! {
        <div class="qr-card">{part(picture)}</div>
        <Hint method text=t(text)/>
        {is_read_here.then(|| view! { <p class="small qr-save">{t(Text::QR_SAVE)}</p> }.erase())}
    }
    .erase()
}

#[component]
fn Hint(method: Option<Method>, text: &'static str) -> AnyView {
    view! {
        <p class="cashier-hint">
            {method.map(|method| view! { <Logo method/> }.erase())}
            <span>{text}</span>
        </p>
    }
    .erase()
}

#[component]
fn AskButton(class: &'static str, watch: Watch, asking: Asking, id: OrderId) -> AnyView {
    let Asking { busy, .. } = asking;
    let text = move || {
        t(if busy.get() {
            Text::ASKING
        } else {
            Text::I_HAVE_PAID
        })
    };
    view! {
        <button
            class=class
            type="button"
            aria-busy=reads(move || busy.get().then_some("true"))
            on:click=does(move |_| confirm_paid(id.clone(), watch, asking))
        >
            {reads(text)}
        </button>
    }
    .erase()
}

/// Has the gateway ask the wallet, and says what came of it. What the buyer says changes nothing by itself.
fn confirm_paid(id: OrderId, watch: Watch, Asking { busy, said, .. }: Asking) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    said.set(None);
    spawn_local(async move {
        let answer = api::submitted(&id).await;
        watch.ask_now();
        timer::sleep(1200).await;
        let text = match answer {
            Ok(()) => t(Text::NOT_PAID_YET).to_owned(),
            Err(failure) => failure_text(&failure),
        };
        // Where the buyer went elsewhere meanwhile, there is nobody to tell.
        busy.try_set(false);
        said.try_set(Some(text));
    });
}
