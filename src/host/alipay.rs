//! Alipay's browser.

use wasm_bindgen::JsValue;

use super::{call, global, object};

/// Opens Alipay's cashier for a trade. What it says afterwards is no proof, so nobody waits for it. Says whether its
/// bridge is there.
pub fn trade_pay(trade_no: &str) -> bool {
    global(&["AlipayJSBridge"])
        .and_then(|bridge| {
            let values = object(&[("tradeNO", trade_no)]);
            call(
                &bridge,
                "call",
                &["tradePay".into(), values, JsValue::UNDEFINED],
            )
        })
        .is_some()
}

pub(super) fn close() -> bool {
    global(&["AlipayJSBridge"])
        .and_then(|bridge| call(&bridge, "call", &["closeWebview".into()]))
        .is_some()
}
