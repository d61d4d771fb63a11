//! Which host it is: what is present decides, the user agent only where nothing shows.

use contract::Host;
use leptos::prelude::window;
use wasm_bindgen::JsValue;

use crate::dom;

/// Narrower windows than this are taken for phones, in CSS pixels.
const NARROW_PX: f64 = 600.0;

/// What can be seen of the host.
#[derive(Clone, Debug, Default)]
struct Signs {
    user_agent: String,
    mini_program: bool,
    wechat_bridge: bool,
    alipay_bridge: bool,
    app_bridge: bool,
    framed: bool,
    /// More than one finger at a time: a tablet that calls itself a computer.
    touch_points: i32,
    /// A window as narrow as a phone's, where a code could only be scanned by a second phone.
    narrow: bool,
}

/// The host around the page.
#[must_use]
pub fn detect() -> Host {
    let navigator = window().navigator();
    classify(&Signs {
        user_agent: navigator.user_agent().unwrap_or_default(),
        mini_program: global(&["__wxjs_environment"])
            .and_then(|value| value.as_string())
            .is_some_and(|environment| environment == "miniprogram"),
        wechat_bridge: global(&["WeixinJSBridge"]).is_some(),
        alipay_bridge: global(&["AlipayJSBridge"]).is_some(),
        app_bridge: [
            &["ReactNativeWebView"][..],
            &["flutter_inappwebview"],
            &["RechargeHost"],
            &["webkit", "messageHandlers", "RechargeHost"],
            &["uni"],
        ]
        .iter()
        .any(|path| global(path).is_some()),
        framed: window()
            .parent()
            .is_ok_and(|parent| parent.is_some_and(|parent| parent != window())),
        touch_points: dom::property(&navigator, "maxTouchPoints")
            .and_then(|points| points.as_f64())
            .map_or(0, |points| if points > 1.0 { 2 } else { 0 }),
        narrow: window()
            .inner_width()
            .ok()
            .and_then(|width| width.as_f64())
            .is_some_and(|width| width < NARROW_PX),
    })
}

/// A global of the window, by its path.
fn global(path: &[&str]) -> Option<JsValue> {
    path.iter()
        .try_fold(JsValue::from(window()), |object, name| {
            dom::property(&object, name)
        })
}

fn classify(signs: &Signs) -> Host {
    let agent = signs.user_agent.to_ascii_lowercase();
    let says = |word: &str| agent.contains(word);
    // WeCom's browser carries WeChat's name and its bridge, but not its wallet.
    let wecom = says("wxwork");
    let phone = says("mobi") || says("android") || says("iphone") || says("ipad");
    if signs.mini_program || says("miniprogram") {
        Host::MiniProgram
    } else if signs.framed {
        Host::Framed
    } else if !wecom && (signs.wechat_bridge || says("micromessenger")) {
        Host::Wechat
    } else if signs.alipay_bridge || says("alipayclient") || says("aliapp") {
        Host::Alipay
    } else if signs.app_bridge || says("; wv)") {
        Host::PartnerApp
    } else if [
        "smart-tv",
        "smarttv",
        "googletv",
        "android tv",
        "web0s",
        "tizen",
        "hbbtv",
        "aftb",
    ]
    .iter()
    .any(|word| says(word) && !says("mobile"))
    {
        Host::Tv
    } else if phone || signs.narrow || (says("macintosh") && signs.touch_points > 1) {
        Host::MobileBrowser
    } else {
        Host::Desktop
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_apart() {
        let check = |agent: &str, expected: Host| {
            let signs = Signs {
                user_agent: agent.into(),
                ..Signs::default()
            };
            assert_eq!(classify(&signs), expected, "{agent}");
        };
        check(
            "Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.49",
            Host::Wechat,
        );
        check(
            "Mozilla/5.0 (iPhone) Mobile MicroMessenger/7 wxwork/4.1",
            Host::MobileBrowser,
        );
        check(
            "Mozilla/5.0 (iPhone) MicroMessenger/8.0 miniProgram/wx12",
            Host::MiniProgram,
        );
        check(
            "Mozilla/5.0 (Linux; Android 13) AlipayClient/10.5.0 Mobile",
            Host::Alipay,
        );
        check(
            "Mozilla/5.0 (Linux; Android 9; SM-G960F; wv) Chrome/79 Mobile",
            Host::PartnerApp,
        );
        check(
            "Mozilla/5.0 (Linux; Android 13; Pixel 7) Chrome/120 Mobile",
            Host::MobileBrowser,
        );
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120",
            Host::Desktop,
        );
        check(
            "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) SamsungBrowser/2.2",
            Host::Tv,
        );
    }

    #[test]
    fn what_is_present_comes_before_the_user_agent() {
        let desktop = "Mozilla/5.0 (Windows NT 10.0) Chrome/120";
        let signs = Signs {
            user_agent: desktop.into(),
            ..Signs::default()
        };
        let check = |signs: Signs, expected| assert_eq!(classify(&signs), expected);
        check(
            Signs {
                framed: true,
                ..signs.clone()
            },
            Host::Framed,
        );
        check(
            Signs {
                wechat_bridge: true,
                ..signs.clone()
            },
            Host::Wechat,
        );
        check(
            Signs {
                alipay_bridge: true,
                ..signs.clone()
            },
            Host::Alipay,
        );
        check(
            Signs {
                app_bridge: true,
                ..signs.clone()
            },
            Host::PartnerApp,
        );
        check(
            Signs {
                mini_program: true,
                wechat_bridge: true,
                ..signs
            },
            Host::MiniProgram,
        );
        check(
            Signs {
                narrow: true,
                user_agent: desktop.into(),
                ..Signs::default()
            },
            Host::MobileBrowser,
        );
        let ipad = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17.0 Safari/605";
        check(
            Signs {
                user_agent: ipad.into(),
                touch_points: 5,
                ..Signs::default()
            },
            Host::MobileBrowser,
        );
    }
}
