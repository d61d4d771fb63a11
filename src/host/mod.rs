//! The app around the page: which it is, and how it is asked to close the page. Nothing else touches its bridges.

mod alipay;
mod browser;
mod detect;
mod frame;
mod mini_program;
mod wechat;

use contract::Host;
use js_sys::{Function, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

pub use alipay::trade_pay;
pub use browser::remember_entry;
pub use detect::detect;
pub use frame::assign_top;
pub use mini_program::open_page;
pub use wechat::{JsapiOutcome, pay as wechat_pay};

use crate::{dom, timer};

/// How long a host may take to close the page before the next way is tried.
const GRACE_MS: i32 = 300;

/// Asks whatever is around the page to close it, one way after another. Comes back when nothing worked.
pub async fn close(host: Host) {
    let ways: [fn() -> bool; 5] = [
        mini_program::close,
        if host == Host::Alipay {
            alipay::close
        } else {
            wechat::close
        },
        if host == Host::Alipay {
            wechat::close
        } else {
            alipay::close
        },
        frame::close,
        browser::leave,
    ];
    for way in ways {
        if way() {
            timer::sleep(GRACE_MS).await;
        }
    }
    browser::close();
    timer::sleep(GRACE_MS).await;
}

/// A global of the window, by its path.
fn global(path: &[&str]) -> Option<JsValue> {
    path.iter()
        .try_fold(JsValue::from(window()), |object, name| {
            dom::property(&object, name)
        })
}

/// Calls a method of an object. A bridge that throws counts as one that is not there.
fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function: Function = dom::property(object, method)?.dyn_into().ok()?;
    function.apply(object, &arguments.iter().collect()).ok()
}

/// An object with these properties.
fn object(properties: &[(&str, &str)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in properties {
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object.into()
}
