//! The kinds of app that are played.

/// One kind.
pub(super) struct Kind {
    /// In addresses, and the name of the frame, by which the script in it knows what to put there.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// What it is to its users.
    pub(super) who: &'static str,
    /// How it hears from the page.
    pub(super) note: &'static str,
    /// Its heading in `docs/bridge.md`.
    pub(super) heading: &'static str,
}

/// The one that is a frame in another site, and no app.
pub(super) const FRAME: &str = "iframe";

pub(super) const KINDS: [Kind; 8] = [
    Kind {
        id: "ios",
        name: "iOS",
        who: " App ",
        note: "WKWebView：webkit.messageHandlers.RechargeHost 收到对象。",
        heading: "iOS (WKWebView)",
    },
    Kind {
        id: "android",
        name: "Android",
        who: " App ",
        note: "WebView：对象 RechargeHost 收到文本；关闭时调用它的 close()。",
        heading: "Android (WebView)",
    },
    Kind {
        id: "flutter",
        name: "Flutter",
        who: " App ",
        note: "webview_flutter：通道 RechargeHost 收到文本。",
        heading: "Flutter",
    },
    Kind {
        id: "react-native",
        name: "React Native",
        who: " App ",
        note: "react-native-webview：onMessage 收到文本。",
        heading: "React Native",
    },
    Kind {
        id: "uni-app",
        name: "uni-app",
        who: " App ",
        note: "页面里的 uni 脚本发消息，关闭时返回上一页。",
        heading: "uni-app",
    },
    Kind {
        id: "wechat",
        name: "微信小程序",
        who: "小程序",
        note: "消息在离开页面时才送达；付款在小程序自己的页面。",
        heading: "Mini-programs",
    },
    Kind {
        id: "alipay",
        name: "支付宝小程序",
        who: "小程序",
        note: "消息即时送达；付款在小程序自己的页面。",
        heading: "Mini-programs",
    },
    Kind {
        id: FRAME,
        name: "网页内嵌",
        who: "网站",
        note: "别的网站里的 iframe，配合 recharge-host.js：高度跟随页面，付款时离开框架。",
        heading: "A frame in a site",
    },
];

/// The kind of this id.
pub(super) fn find(id: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.id == id)
}
