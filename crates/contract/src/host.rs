//! Where the page runs, with what one can pay, and how the two meet.

use serde::{Deserialize, Serialize};

/// Where the page runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Host {
    /// WeChat's own browser. The one of its sibling for companies (`wxwork`) is not it.
    Wechat,
    /// Alipay's own browser. Other apps of Alibaba are not it.
    Alipay,
    /// An app on a phone that lets no wallet through: WeChat's sibling for companies, or a frame inside of WeChat.
    Walled,
    /// A page inside a mini-program, WeChat's or Alipay's.
    MiniProgram,
    /// Turingcat's app.
    Turingcat,
    /// Another partner's app.
    PartnerApp,
    /// A browser on a phone.
    MobileBrowser,
    /// A frame in another page.
    Framed,
    /// A browser on a computer.
    Desktop,
    /// A television or a kiosk.
    Tv,
}

/// With what the buyer pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// 支付宝.
    Alipay,
    /// 微信支付.
    Wechat,
    /// 充值卡: a prepaid card's number and password.
    RechargeCard,
    /// Inside Turingcat's app.
    Turingcat,
    /// A crypto-currency transfer.
    Crypto,
}

/// The kinds of [`crate::Launch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LaunchKind {
    /// Go to an address.
    Redirect,
    /// Send a form.
    Form,
    /// Show a code for a second device.
    Qr,
    /// WeChat's bridge.
    WechatJsapi,
    /// Alipay's bridge.
    AlipayTrade,
    /// The mini-program's own pay page.
    MiniProgram,
    /// A transfer to an address.
    Transfer,
    /// Nothing to do in the page.
    None,
}

/// What a host can do with a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Pay by this kind of launch.
    Launch(LaunchKind),
    /// The host blocks the wallet: the page explains how to open it in a browser.
    OpenInBrowser,
    /// The method is not offered here.
    NotOffered,
}

impl Host {
    /// Every host.
    pub const ALL: [Host; 10] = [
        Host::Wechat,
        Host::Alipay,
        Host::Walled,
        Host::MiniProgram,
        Host::Turingcat,
        Host::PartnerApp,
        Host::MobileBrowser,
        Host::Framed,
        Host::Desktop,
        Host::Tv,
    ];

    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Host::Wechat => "wechat",
            Host::Alipay => "alipay",
            Host::Walled => "walled",
            Host::MiniProgram => "mini_program",
            Host::Turingcat => "turingcat",
            Host::PartnerApp => "partner_app",
            Host::MobileBrowser => "mobile_browser",
            Host::Framed => "framed",
            Host::Desktop => "desktop",
            Host::Tv => "tv",
        }
    }

    /// The host of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Host> {
        Host::ALL.into_iter().find(|host| host.as_str() == name)
    }

    /// Whether it is a browser by itself. From anywhere else a link can be taken to one.
    #[must_use]
    pub fn is_browser(self) -> bool {
        matches!(self, Host::MobileBrowser | Host::Desktop | Host::Tv)
    }
}

impl Method {
    /// Every method.
    pub const ALL: [Method; 5] = [
        Method::Alipay,
        Method::Wechat,
        Method::RechargeCard,
        Method::Turingcat,
        Method::Crypto,
    ];

    /// The name in JSON and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Alipay => "alipay",
            Method::Wechat => "wechat",
            Method::RechargeCard => "recharge_card",
            Method::Turingcat => "turingcat",
            Method::Crypto => "crypto",
        }
    }

    /// The method of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Method> {
        Method::ALL
            .into_iter()
            .find(|method| method.as_str() == name)
    }
}

/// How a method is paid in a host: the one table that decides what the page offers and what the gateway asks for. A shop
/// may be set up for less: [`crate::Storefront::way_to_pay`].
#[must_use]
pub fn way_to_pay(host: Host, method: Method) -> Way {
    match (method, host) {
        (Method::Wechat, Host::Wechat) => Way::Launch(LaunchKind::WechatJsapi),
        (Method::Wechat, Host::Alipay) => Way::Launch(LaunchKind::Qr),
        (Method::Alipay, Host::Wechat) | (Method::Wechat | Method::Alipay, Host::Walled) => {
            Way::OpenInBrowser
        }
        (Method::Wechat | Method::Alipay, Host::MiniProgram) => {
            Way::Launch(LaunchKind::MiniProgram)
        }
        (Method::Wechat | Method::Alipay, Host::Desktop | Host::Tv) => Way::Launch(LaunchKind::Qr),
        // Where the operator has set up Alipay's user authorisation, the channel answers with its bridge instead.
        (Method::Alipay, Host::Alipay)
        | (
            Method::Wechat | Method::Alipay,
            Host::Turingcat | Host::PartnerApp | Host::MobileBrowser | Host::Framed,
        ) => Way::Launch(LaunchKind::Redirect),
        (Method::Turingcat, Host::Turingcat) => Way::Launch(LaunchKind::None),
        (Method::Turingcat, _) => Way::NotOffered,
        (Method::RechargeCard, _) => Way::Launch(LaunchKind::None),
        (Method::Crypto, _) => Way::Launch(LaunchKind::Transfer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row a host: WeChat Pay, Alipay, recharge card, Turingcat, crypto.
    #[test]
    fn the_whole_table() {
        let check = |host, row: [&str; 5]| {
            let methods = [
                Method::Wechat,
                Method::Alipay,
                Method::RechargeCard,
                Method::Turingcat,
                Method::Crypto,
            ];
            let ways = methods.map(|method| match way_to_pay(host, method) {
                Way::Launch(LaunchKind::Redirect) => "redirect",
                Way::Launch(LaunchKind::Form) => "form",
                Way::Launch(LaunchKind::Qr) => "qr",
                Way::Launch(LaunchKind::WechatJsapi) => "jsapi",
                Way::Launch(LaunchKind::AlipayTrade) => "trade",
                Way::Launch(LaunchKind::MiniProgram) => "shell",
                Way::Launch(LaunchKind::Transfer) => "transfer",
                Way::Launch(LaunchKind::None) => "none",
                Way::OpenInBrowser => "browser",
                Way::NotOffered => "-",
            });
            assert_eq!(ways, row, "{host:?}");
        };
        check(Host::Wechat, ["jsapi", "browser", "none", "-", "transfer"]);
        check(Host::Alipay, ["qr", "redirect", "none", "-", "transfer"]);
        check(
            Host::Walled,
            ["browser", "browser", "none", "-", "transfer"],
        );
        check(
            Host::MiniProgram,
            ["shell", "shell", "none", "-", "transfer"],
        );
        check(
            Host::Turingcat,
            ["redirect", "redirect", "none", "none", "transfer"],
        );
        check(
            Host::PartnerApp,
            ["redirect", "redirect", "none", "-", "transfer"],
        );
        check(
            Host::MobileBrowser,
            ["redirect", "redirect", "none", "-", "transfer"],
        );
        check(
            Host::Framed,
            ["redirect", "redirect", "none", "-", "transfer"],
        );
        check(Host::Desktop, ["qr", "qr", "none", "-", "transfer"]);
        check(Host::Tv, ["qr", "qr", "none", "-", "transfer"]);
    }

    #[test]
    fn names_are_those_of_json() {
        for host in Host::ALL {
            let json = serde_json::to_value(host).expect("a host");
            assert_eq!(json, host.as_str());
            assert_eq!(Host::from_name(host.as_str()), Some(host));
        }
        assert_eq!(Host::from_name("toaster"), None);
    }
}
