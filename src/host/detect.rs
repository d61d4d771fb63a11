//! Which host it is: what is present decides, the user agent only where nothing shows.

use contract::Host;
use leptos::prelude::window;
use wasm_bindgen::JsValue;

use crate::dom;

/// Narrower windows than this are a phone's, where they are touched with fingers alone, in CSS pixels.
const NARROW_PX: f64 = 600.0;

/// Where the page runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Around {
    /// The app or the device around it.
    pub host: Host,
    /// Whether a code on the screen may be of use: there may be a phone to scan it with.
    pub codes: bool,
}

/// What can be seen of the host.
#[derive(Clone, Debug, Default)]
struct Signs {
    user_agent: String,
    mini_program: bool,
    wechat_bridge: bool,
    alipay_bridge: bool,
    app_bridge: bool,
    framed: bool,
    /// How many fingers the screen feels at a time.
    touch_points: u32,
    pointer: Pointer,
    narrow: bool,
}

/// What the buyer points with.
#[derive(Clone, Copy, Debug, Default)]
struct Pointer {
    /// Mainly with a finger.
    coarse: bool,
    /// Mainly with something finer, such as a mouse.
    fine: bool,
    /// With something finer, among others.
    any_fine: bool,
}

/// What the page is held in, as far as can be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Device {
    /// A phone or a tablet, which opens wallets.
    Handheld,
    /// A computer, whose codes a phone scans.
    Computer,
    /// One or the other: a tablet or a phone that calls itself a computer, or a computer that is touched.
    Either,
}

/// The host around the page.
#[must_use]
pub fn detect() -> Around {
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
            .map_or(0, |points| points as u32),
        pointer: Pointer {
            coarse: matches("(pointer: coarse)"),
            fine: matches("(pointer: fine)"),
            any_fine: matches("(any-pointer: fine)"),
        },
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

fn matches(query: &str) -> bool {
    let list = window().match_media(query).ok().flatten();
    list.is_some_and(|list| list.matches())
}

fn classify(signs: &Signs) -> Around {
    let agent = signs.user_agent.to_ascii_lowercase();
    let device = device(signs, &agent);
    let host = host(signs, &agent, device);
    let codes = match host {
        Host::Desktop | Host::Tv => true,
        Host::MobileBrowser | Host::Framed => device == Device::Either,
        _ => false,
    };
    Around { host, codes }
}

fn host(signs: &Signs, agent: &str, device: Device) -> Host {
    let says = |word: &str| agent.contains(word);
    // WeCom's browser carries WeChat's name and its bridge, but not its wallet.
    let wecom = says("wxwork");
    let wechat = !wecom && (signs.wechat_bridge || says("micromessenger"));
    let handheld = device != Device::Computer;
    if signs.mini_program || says("miniprogram") {
        Host::MiniProgram
    } else if handheld && (wecom || (wechat && signs.framed)) {
        Host::Walled
    } else if signs.framed {
        // On a computer nothing has to be left.
        if handheld {
            Host::Framed
        } else {
            Host::Desktop
        }
    } else if wechat {
        Host::Wechat
    } else if signs.alipay_bridge || says("alipayclient") || says("aliapp(ap/") {
        // Other apps of Alibaba say AliApp too, each with a name of its own, and have no wallet.
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
    } else if handheld {
        Host::MobileBrowser
    } else {
        Host::Desktop
    }
}

fn device(signs: &Signs, agent: &str) -> Device {
    let says = |word: &str| agent.contains(word);
    let Pointer {
        coarse,
        fine,
        any_fine,
    } = signs.pointer;
    let named = ["mobi", "android", "iphone", "ipad"].into_iter().any(says)
        || (says("openharmony") && !says("pc;"))
        || (says("macintosh") && signs.touch_points > 1);
    if named {
        return Device::Handheld;
    }
    let touched = coarse || signs.touch_points > 0;
    // These are never a phone that pretends, and a mouse or the like is in use.
    let desk = fine && (says("windows") || says("macintosh") || says("cros"));
    if !touched || desk {
        Device::Computer
    } else if signs.narrow && !any_fine {
        Device::Handheld
    } else {
        Device::Either
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Mobile/15E148";
    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 13; PGT-AN10) Chrome/116 Mobile Safari";
    const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/120 Safari/537.36";
    const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120";
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17.0 Safari/605";

    /// A finger on a screen, and nothing else.
    const FINGER: Pointer = Pointer {
        coarse: true,
        fine: false,
        any_fine: false,
    };
    const MOUSE: Pointer = Pointer {
        coarse: false,
        fine: true,
        any_fine: true,
    };
    /// A finger, with a pen or a mouse beside it.
    const BOTH: Pointer = Pointer {
        coarse: true,
        fine: false,
        any_fine: true,
    };

    fn agent(text: &str) -> Signs {
        Signs {
            user_agent: text.into(),
            ..Signs::default()
        }
    }

    fn check(signs: &Signs, expected: Host) {
        assert_eq!(classify(signs).host, expected, "{signs:?}");
    }

    #[test]
    fn hosts_are_told_apart() {
        for (device, words, expected) in [
            (IPHONE, "MicroMessenger/8.0.49", Host::Wechat),
            (IPHONE, "MicroMessenger/7 wxwork/4.1", Host::Walled),
            (ANDROID, "wxwork/4.1.10 MicroMessenger/7.0.1", Host::Walled),
            (WINDOWS, "wxwork/4.1 MicroMessenger/7.0.1", Host::Desktop),
            (
                IPHONE,
                "MicroMessenger/8.0 miniProgram/wx12",
                Host::MiniProgram,
            ),
            (ANDROID, "AlipayClient/10.5.0", Host::Alipay),
            (IPHONE, "AliApp(AP/10.5.90.8000)", Host::Alipay),
            (
                IPHONE,
                "AliApp(DingTalk/7.0.20) com.laiwang.DingTalk/1",
                Host::MobileBrowser,
            ),
            (
                ANDROID,
                "AliApp(TB/10.28.10) WindVane/8.5.0",
                Host::MobileBrowser,
            ),
            (ANDROID, "AliApp(FM/7.9.0)", Host::MobileBrowser),
            (IPHONE, "AliApp(AMAP/13.09) amap/13", Host::MobileBrowser),
            (ANDROID, "", Host::MobileBrowser),
            (WINDOWS, "", Host::Desktop),
            (LINUX, "", Host::Desktop),
            (
                "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0)",
                "SamsungBrowser/2.2",
                Host::Tv,
            ),
            (
                "Mozilla/5.0 (Linux; Android 9; SM-G960F; wv)",
                "Chrome/79 Mobile",
                Host::PartnerApp,
            ),
        ] {
            check(&agent(&format!("{device} {words}")), expected);
        }
    }

    #[test]
    fn what_is_present_comes_before_the_user_agent() {
        let signs = agent(ANDROID);
        let framed = Signs {
            framed: true,
            ..signs.clone()
        };
        check(&framed, Host::Framed);
        let wechat = Signs {
            wechat_bridge: true,
            ..signs.clone()
        };
        check(&wechat, Host::Wechat);
        let frame_in_wechat = Signs {
            framed: true,
            ..wechat.clone()
        };
        check(&frame_in_wechat, Host::Walled);
        let alipay = Signs {
            alipay_bridge: true,
            ..agent(&format!("{ANDROID} AliApp(DingTalk/7.0)"))
        };
        check(&alipay, Host::Alipay);
        let app = Signs {
            app_bridge: true,
            ..signs
        };
        check(&app, Host::PartnerApp);
        let shell = Signs {
            mini_program: true,
            ..wechat
        };
        check(&shell, Host::MiniProgram);
    }

    /// A phone opens wallets, a computer shows codes, and where it may be either both are offered.
    #[test]
    fn touch_and_pointer_decide_where_the_agent_may_pretend() {
        let check = |text: &str, touch_points, pointer, narrow, host, codes| {
            let signs = Signs {
                touch_points,
                pointer,
                narrow,
                ..agent(text)
            };
            assert_eq!(classify(&signs), Around { host, codes }, "{signs:?}");
        };
        let (phone, computer) = (Host::MobileBrowser, Host::Desktop);
        let none = Pointer::default();
        // Tablets, and phones in their browser's mode for computers.
        check(LINUX, 5, FINGER, false, phone, true);
        check(LINUX, 1, MOUSE, false, phone, true);
        check(LINUX, 10, BOTH, false, phone, true);
        check(LINUX, 0, FINGER, false, phone, true);
        check(LINUX, 5, FINGER, true, phone, false);
        check(MAC, 5, FINGER, false, phone, false);
        let harmony = "Mozilla/5.0 (Tablet; OpenHarmony 5.0) ArkWeb/4.1.6.1";
        check(harmony, 10, FINGER, false, phone, false);
        check(harmony, 0, none, false, phone, false);
        check(ANDROID, 5, BOTH, false, phone, false);
        // Computers, however narrow the window or large the letters.
        check(WINDOWS, 0, MOUSE, true, computer, true);
        check(LINUX, 0, MOUSE, true, computer, true);
        check(LINUX, 0, none, true, computer, true);
        check(MAC, 0, MOUSE, true, computer, true);
        check(WINDOWS, 10, MOUSE, true, computer, true);
        check(
            "Mozilla/5.0 (PC; OpenHarmony 5.0)",
            0,
            MOUSE,
            true,
            computer,
            true,
        );
        // A computer without its keyboard.
        check(WINDOWS, 10, FINGER, false, phone, true);
        check(WINDOWS, 10, BOTH, true, phone, true);
    }

    #[test]
    fn a_frame_on_a_computer_shows_codes_and_need_not_be_left() {
        let framed = |text: &str, pointer| Signs {
            framed: true,
            pointer,
            ..agent(text)
        };
        check(&framed(WINDOWS, MOUSE), Host::Desktop);
        check(&framed(ANDROID, FINGER), Host::Framed);
        let either = classify(&framed(LINUX, FINGER));
        assert_eq!((either.host, either.codes), (Host::Framed, true));
    }
}
