//! The order while it waits to be paid.

use contract::{Host, Launch, Method, Order, OrderId, Timestamp, routes};
use leptos::{prelude::*, task::spawn_local};

use super::give_up::give_up;
use crate::{
    api,
    checkout::{self, Checkout},
    clock,
    components::{
        button::{button, link, plain, primary},
        copy_link::{Copying, copy_link},
        countdown::countdown,
        header::heading,
        method_list::{logo, method_name},
        order_words::{has_code, outcome},
        qr_code::qr_code,
    },
    dom, host,
    i18n::{Text, failure_text, order_title, t},
    launch,
    shop::Shop,
    timer,
    ui::{El, View, el, live, nothing},
    views,
    watch::Watch,
};

/// How far "I have paid" is, and what came of copying the link. It outlives the screen, which is drawn anew when the order
/// changes.
#[derive(Clone, Copy)]
pub(super) struct Asking {
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

/// What is to be paid, how, until when, and what else can be done.
#[must_use]
pub(super) fn cashier(
    shop: Shop,
    watch: Watch,
    checkout: Checkout,
    asking: Asking,
    order: Order,
) -> View {
    let (title, note, ..) = outcome(&order);
    let payment = order
        .payment
        .as_ref()
        .filter(|payment| checkout::is_live(payment.state));
    let method = payment.map(|payment| payment.method);
    let line: View = [Some(order_title(&order)), order.card_masked.clone()]
        .into_iter()
        .flatten()
        .map(|part| el("span", "nowrap").text(&part))
        .collect();
    let how: View = match payment.and_then(|payment| payment.launch.as_ref()) {
        Some(Launch::Qr {
            content,
            expires_at,
        }) => code_card(shop, checkout, &order, content, *expires_at, method),
        _ if shows_own_code(shop, &order.id, method) => {
            let content = format!("{}{}", dom::origin(), routes::cashier(&order.id));
            code_card(shop, checkout, &order, &content, order.expires_at, None)
        }
        _ => match method {
            Some(method) => hint(Some(method), method_name(method)).into(),
            None => nothing(),
        },
    };
    let said = move || {
        views![
            asking.said.get().map(|said| el("p", "note").text(&said)),
            shop.launch_note
                .get()
                .map(|note| el("p", note_class(note)).text(t(note))),
        ]
    };
    views![
        heading("cashier-title", t(title)),
        el("p", "cashier-what").child(line),
        el("p", "cashier-sum")
            .child(el("small", "").text("¥"))
            .text(&order.amount_fen.to_yuan()),
        how,
        countdown(order.expires_at, move || watch.ask_now()),
        el("div", "cashier-said")
            .attr("role", "status")
            .child(live(said)),
        el("div", "actions")
            .child(buttons(shop, watch, checkout, asking, &order))
            .child(elsewhere(shop, asking.copied, &order))
            .child(give_up(watch, order.id)),
        el("p", "small").text(t(note)),
    ]
}

/// Whether the order's own code is shown, which a phone pays by in its own way: always on a computer while no wallet is
/// chosen, and where it was asked for.
fn shows_own_code(shop: Shop, id: &OrderId, method: Option<Method>) -> bool {
    let asked = shop.code_of.with(|of| of.as_ref() == Some(id));
    asked || (method.is_none() && matches!(shop.host, Host::Desktop | Host::Tv))
}

fn note_class(note: Text) -> &'static str {
    if [Text::ASKING, Text::NOT_PAID_YET].contains(&note) {
        "note"
    } else {
        "note note--warn"
    }
}

/// What can be done, the likeliest first: scan, say that it is paid, go to the wallet.
fn buttons(shop: Shop, watch: Watch, checkout: Checkout, asking: Asking, order: &Order) -> View {
    let payment = order
        .payment
        .as_ref()
        .filter(|payment| checkout::is_live(payment.state));
    let method = payment.map(|payment| payment.method);
    let back = method.is_some() && launch::has_left(&order.id);
    let code = has_code(order);
    // In a frame a link may leave where a script may not.
    let top = match payment.and_then(|payment| payment.launch.as_ref()) {
        Some(Launch::Redirect { url }) if shop.host == Host::Framed => Some(url.as_str()),
        _ => None,
    };
    let weight = |first: bool| {
        if first {
            "button"
        } else {
            "button button--plain"
        }
    };
    let label = if back { Text::PAY_AGAIN } else { Text::PAY };
    let pay = match top {
        Some(url) => link(weight(!back), url, label)
            .attr("target", "_top")
            .attr("rel", "noopener")
            .on("click", move |_| {
                shop.launch_note.set(None);
                spawn_local(async move {
                    if host::stays().await {
                        shop.launch_note.set(Some(Text::LAUNCH_KEPT));
                    }
                });
            }),
        None => {
            let order = order.clone();
            button(weight(!back), label, move || {
                asking.said.set(None);
                shop.launch_note.set(None);
                match method {
                    Some(method) => checkout.pay_order_with(order.clone(), method),
                    None => checkout.pay_order(order.clone()),
                }
            })
        }
    };
    let paid = ask_button(weight(code || back), watch, asking, order.id.clone());
    let again = order.clone();
    let change = method.map(|_| {
        plain(Text::CHANGE_METHOD, move || {
            checkout.pay_order(again.clone());
        })
    });
    match (code, back) {
        (true, _) => views![paid, change],
        (false, true) => views![paid, pay, change],
        (false, false) => views![pay, paid, change],
    }
}

/// The way to a browser, where the wallet did not open, and beside a code for those whose only phone shows it.
fn elsewhere(shop: Shop, copied: Copying, order: &Order) -> View {
    let page = routes::order_page(&order.id);
    let on_the_phone = has_code(order) && !shop.host.is_browser();
    live(move || {
        let stuck = shop
            .launch_note
            .get()
            .is_some_and(|note| note_class(note) != "note");
        let address = page.clone();
        (stuck || on_the_phone)
            .then(|| copy_link("button button--plain", copied, move || address.clone()))
            .into()
    })
}

/// The code, until the wallet stops reading it.
fn code_card(
    shop: Shop,
    checkout: Checkout,
    order: &Order,
    content: &str,
    expires_at: Timestamp,
    method: Option<Method>,
) -> View {
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
    let (content, order) = (content.to_owned(), order.clone());
    let picture = move || {
        if !over.get() {
            return qr_code(&content);
        }
        let order = order.clone();
        let renew = move || match method {
            Some(method) => checkout.pay_order_with(order.clone(), method),
            None => checkout.pay_order(order.clone()),
        };
        el("div", "qr qr--over")
            .child(el("p", "").text(t(Text::QR_EXPIRED)))
            .child(primary(Text::REFRESH_QR, renew))
            .into()
    };
    let is_read_here = !matches!(shop.host, Host::Desktop | Host::Tv) || dom::has_touch();
    views![
        el("div", "qr-card").child(live(picture)),
        hint(method, t(text)),
        is_read_here.then(|| el("p", "small qr-save").text(t(Text::QR_SAVE))),
    ]
}

fn hint(method: Option<Method>, text: &str) -> El {
    el("p", "cashier-hint")
        .child(method.map(logo))
        .child(el("span", "").text(text))
}

fn ask_button(class: &str, watch: Watch, asking: Asking, id: OrderId) -> El {
    let Asking { busy, .. } = asking;
    el("button", class)
        .attr("type", "button")
        .live_attr("aria-busy", move || busy.get().then(|| "true".into()))
        .live_text(move || {
            t(if busy.get() {
                Text::ASKING
            } else {
                Text::I_HAVE_PAID
            })
            .to_owned()
        })
        .press(move || confirm_paid(id.clone(), watch, asking))
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
