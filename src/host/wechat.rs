//! WeChat's browser.

use js_sys::Promise;
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::{call, global, object};
use crate::{dom, timer};

/// Android's WeChat puts its bridge into the page some time after the page is there.
const LATE_MS: i32 = 100;
const LATE_TRIES: u32 = 30;

/// What WeChat says of a payment. None of it is proof: the gateway is asked in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsapiOutcome {
    /// It says that the buyer has paid.
    Finished,
    /// It says that the buyer gave up, or that it failed.
    NotFinished,
    /// Its bridge is not there.
    NoBridge,
}

/// Opens WeChat's cashier with the gateway's signed values and waits for what it says.
pub async fn pay(values: &[(&str, &str)]) -> JsapiOutcome {
    let mut bridge = global(&["WeixinJSBridge"]);
    for _ in 0..LATE_TRIES {
        if bridge.is_some() {
            break;
        }
        timer::sleep(LATE_MS).await;
        bridge = global(&["WeixinJSBridge"]);
    }
    let Some(bridge) = bridge else {
        return JsapiOutcome::NoBridge;
    };
    let values = object(values);
    let answer = JsFuture::from(Promise::new(&mut |done, _| {
        let heard = Closure::once_into_js(move |answer: JsValue| {
            let _ = done.call1(&JsValue::NULL, &answer);
        });
        call(
            &bridge,
            "invoke",
            &["getBrandWCPayRequest".into(), values.clone(), heard],
        );
    }))
    .await;
    let message = answer
        .ok()
        .and_then(|answer| dom::property(&answer, "err_msg"))
        .and_then(|message| message.as_string())
        .unwrap_or_default();
    if message.ends_with(":ok") {
        JsapiOutcome::Finished
    } else {
        JsapiOutcome::NotFinished
    }
}

pub(super) fn close() -> bool {
    global(&["WeixinJSBridge"])
        .and_then(|bridge| call(&bridge, "call", &["closeWindow".into()]))
        .or_else(|| global(&["wx"]).and_then(|wx| call(&wx, "closeWindow", &[])))
        .is_some()
}
