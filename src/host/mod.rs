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
use web_sys::{Event, HtmlElement};

pub use detect::{Around, detect};

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

/// The event by which a box is told what came of a scan.
pub const SCAN: &str = "scan";

/// What came of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scan {
    /// What the code says.
    Text(String),
    /// Only the camera is left, to be looked through in the page.
    Camera,
    /// The buyer gave up.
    GivenUp,
    /// The buyer, or what they set once, keeps the camera from the page.
    Refused,
    /// Nothing.
    Failed,
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

/// Says that the gateway signs pages for WeChat's scanner.
pub fn wechat_signs() {
    ask("wechatSigns", &[]);
}

/// Lets the app around the page read a code, one way after another, and tells a box.
pub fn scan(to: &HtmlElement) {
    ask("scan", &[to.into()]);
}

/// Reads a code through the camera, whose picture the element shows, and tells a box; ends when the element is gone.
pub fn look(video: &HtmlElement, to: &HtmlElement) {
    ask("look", &[video.into(), to.into()]);
}

/// What a box is told.
#[must_use]
pub fn scan_told(event: &Event) -> Scan {
    let detail = dom::property(event, "detail").unwrap_or_default();
    let told = |name| dom::property(&detail, name)?.as_string();
    match (told("text"), told("trouble").as_deref()) {
        (Some(text), _) if text.is_empty() => Scan::GivenUp,
        (Some(text), _) => Scan::Text(text),
        (None, Some("camera")) => Scan::Camera,
        (None, Some("NotAllowedError")) => Scan::Refused,
        (None, _) => Scan::Failed,
    }
}

/// Tells the app that the page can be used.
pub fn tell_ready() {
    ask("ready", &[]);
}

/// Tells the app where an order stands, by the number that is for people.
pub fn tell_order(number: &str, state: &str) {
    ask("order", &[number.into(), state.into()]);
}

/// Whether the page, which was told to leave, is still what the buyer sees some seconds later.
pub async fn stays() -> bool {
    match ask("stays", &[]) {
        Some(staying) => JsFuture::from(Promise::resolve(&staying))
            .await
            .is_ok_and(|stays| stays.is_truthy()),
        None => false,
    }
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
