//! The shell of a mini-program, WeChat's or Alipay's.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use super::{call, global, object};

/// Lets the shell open one of its own pages. Says whether there is a shell.
pub fn open_page(path: &str) -> bool {
    ask("navigateTo", &object(&[("url", path)]))
}

pub(super) fn close() -> bool {
    let back = object(&[]);
    let _ = Reflect::set(&back, &"delta".into(), &JsValue::from_f64(1.0));
    ask("navigateBack", &back)
}

fn ask(method: &str, argument: &JsValue) -> bool {
    let inside = global(&["__wxjs_environment"])
        .and_then(|value| value.as_string())
        .is_some_and(|environment| environment == "miniprogram");
    let wechat = global(&["wx", "miniProgram"]).filter(|_| inside);
    [wechat, global(&["my"])]
        .into_iter()
        .flatten()
        .any(|shell| call(&shell, method, std::slice::from_ref(argument)).is_some())
}
