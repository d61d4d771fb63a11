//! The app around the page: which it is, and what is asked of it. Nothing else touches its bridges.
//!
//! What speaks to the apps is script (`bridge.js` and one file for each kind of app), bundled with the loader: it is there
//! before the program, and weighs less than the same calls made from here.

mod detect;

use contract::PartnerScript;
use js_sys::{Function, Promise};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

pub use detect::detect;

use crate::dom;

/// What a wallet says of a payment. None of it is proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// That the buyer has paid, or that it does not know yet: the gateway has to be asked.
    Ask,
    /// Nothing yet: it lies over the page now.
    Left,
    /// That the buyer gave up.
    Cancelled,
    /// That its network failed.
    Network,
    /// That it failed.
    Failed,
    /// Nothing: its bridge is not there.
    Absent,
}

/// Opens WeChat's cashier with the gateway's signed values and waits for what it says.
pub async fn wechat_pay(values: &[(&str, &str)]) -> Said {
    let object = js_sys::Object::new();
    for (name, value) in values {
        let _ = js_sys::Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    pay("wechat", object.into()).await
}

/// Opens Alipay's cashier for a trade and waits for what it says.
pub async fn alipay_pay(trade_no: &str) -> Said {
    pay("alipay", trade_no.into()).await
}

/// Lets the mini-program around the page open its own pay page with these parameters, a JSON object.
pub async fn shell_pay(path: &str, params: &str) -> Said {
    pay(
        "shell",
        js_sys::Array::of2(&path.into(), &params.into()).into(),
    )
    .await
}

/// Asks whatever is around the page to close it, one way after another. Comes back when none is left, and says whether
/// the page is out of sight.
pub async fn close() -> bool {
    match ask("close", &[]) {
        Some(closing) => JsFuture::from(Promise::resolve(&closing))
            .await
            .is_ok_and(|hidden| hidden.is_truthy()),
        None => false,
    }
}

/// Loads the script of the partner whose app this is.
pub fn load(partner: &PartnerScript) {
    ask(
        "load",
        &[
            partner.script.as_str().into(),
            partner.close.as_str().into(),
        ],
    );
}

/// Tells the app where an order stands, by the number that is for people.
pub fn tell_order(number: &str, state: &str) {
    ask("order", &[number.into(), state.into()]);
}

/// Leaves for an address with the framing page, while the tap that asked for it still counts. Says whether it went.
#[must_use]
pub fn assign_top(url: &str) -> bool {
    window()
        .top()
        .ok()
        .flatten()
        .is_some_and(|top| top.location().set_href(url).is_ok())
}

async fn pay(cashier: &str, values: JsValue) -> Said {
    let Some(answer) = ask("pay", &[cashier.into(), values]) else {
        return Said::Absent;
    };
    let said = JsFuture::from(Promise::resolve(&answer)).await;
    match said.ok().and_then(|said| said.as_string()).as_deref() {
        Some("ask") => Said::Ask,
        Some("left") => Said::Left,
        Some("cancelled") => Said::Cancelled,
        Some("network") => Said::Network,
        Some("failed") => Said::Failed,
        _ => Said::Absent,
    }
}

/// Calls the page's own script.
fn ask(method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let bridge = dom::property(&window(), "__host")?;
    let function: Function = dom::property(&bridge, method)?.dyn_into().ok()?;
    function.apply(&bridge, &arguments.iter().collect()).ok()
}
