//! Carries out what the gateway says the page is to do so that the buyer can pay.

use contract::{Host, Launch, Method, OrderId};
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{HtmlFormElement, HtmlInputElement};

use crate::{
    dom,
    host::{self, Said},
    i18n::Text,
    store,
};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The page is on its way to the wallet, or the wallet lies over it.
    Left,
    /// The order's screen shows the rest: a code, or a link to tap.
    Here,
    /// The wallet says that the buyer has paid, or does not know: the gateway has to be asked.
    Ask,
    /// It was not paid, which these words say.
    NotPaid(Text),
    /// The host cannot carry it out: what should do it is not there.
    Cannot,
}

/// Carries a launch out.
pub async fn carry_out(order: &OrderId, launch: &Launch, at: Host) -> Outcome {
    match launch {
        Launch::Redirect { url } => {
            let gone = if at == Host::Framed {
                host::assign_top(url)
            } else {
                window().location().assign(url).is_ok()
            };
            left(order, gone).await
        }
        Launch::Form { action, fields } => {
            left(order, send_form(action, fields, at).is_some()).await
        }
        Launch::WechatJsapi {
            app_id,
            time_stamp,
            nonce_str,
            package,
            sign_type,
            pay_sign,
        } => {
            let values = [
                ("appId", app_id.as_str()),
                ("timeStamp", time_stamp),
                ("nonceStr", nonce_str),
                ("package", package),
                ("signType", sign_type),
                ("paySign", pay_sign),
            ];
            mark_left(order);
            said(host::wechat_pay(&values).await)
        }
        Launch::AlipayTrade { trade_no } => {
            mark_left(order);
            said(host::alipay_pay(trade_no).await)
        }
        Launch::MiniProgram { path, params } => {
            mark_left(order);
            said(host::shell_pay(path, params).await)
        }
        Launch::Qr { .. } | Launch::None => Outcome::Here,
        Launch::Transfer { .. } => Outcome::Cannot,
    }
}

/// As which host the gateway is asked for another launch, where this one could not carry out its own: without its bridge
/// a wallet's browser opens the wallet's page as any browser does.
#[must_use]
pub fn instead(at: Host, method: Method) -> Option<Host> {
    ((at, method) == (Host::Alipay, Method::Alipay)).then_some(Host::MobileBrowser)
}

/// Whether a launch only leads to the wallet to learn who the buyer is, and back.
#[must_use]
pub fn asks_who(launch: &Launch) -> bool {
    matches!(launch, Launch::Redirect { url } if url.starts_with(&format!("{}/oauth/", dom::origin())))
}

/// Whether this tab has been at the wallet for the order: what it is offered to pay with is then a second attempt.
#[must_use]
pub fn has_left(order: &OrderId) -> bool {
    store::read_for_tab("rc.left").is_some_and(|id| id == order.as_str())
}

/// Remembers that this tab goes to the wallet for the order.
pub fn mark_left(order: &OrderId) {
    store::write_for_tab("rc.left", order.as_str());
}

fn said(said: Said) -> Outcome {
    match said {
        Said::Ask => Outcome::Ask,
        Said::Left => Outcome::Left,
        Said::Cancelled => Outcome::NotPaid(Text::LAUNCH_CANCELLED),
        Said::Network => Outcome::NotPaid(Text::LAUNCH_NETWORK),
        Said::Failed => Outcome::NotPaid(Text::LAUNCH_FAILED),
        Said::Absent => Outcome::Cannot,
    }
}

/// What became of going to the wallet. Not every app, nor every frame, lets the page go, and none of them says so.
async fn left(order: &OrderId, gone: bool) -> Outcome {
    if !gone {
        return Outcome::NotPaid(Text::LAUNCH_KEPT);
    }
    mark_left(order);
    if host::stays().await {
        Outcome::NotPaid(Text::LAUNCH_KEPT)
    } else {
        Outcome::Left
    }
}

fn send_form(action: &str, fields: &[(String, String)], at: Host) -> Option<()> {
    let form: HtmlFormElement = document().create_element("form").ok()?.unchecked_into();
    form.set_method("post");
    form.set_action(action);
    if at == Host::Framed {
        form.set_target("_top");
    }
    for (name, value) in fields {
        let input: HtmlInputElement = document().create_element("input").ok()?.unchecked_into();
        input.set_type("hidden");
        input.set_name(name);
        input.set_value(value);
        form.append_child(&input).ok()?;
    }
    document().body()?.append_child(&form).ok()?;
    form.submit().ok()
}

#[cfg(test)]
mod tests {
    use contract::{LaunchKind, Way, way_to_pay};

    use super::*;

    /// What another host's launch is asked for can be carried out by any browser, and is asked for once.
    #[test]
    fn what_is_done_instead_needs_no_bridge() {
        for at in Host::ALL {
            for method in Method::ALL {
                if let Some(other) = instead(at, method) {
                    assert_eq!(way_to_pay(other, method), Way::Launch(LaunchKind::Redirect));
                    assert_eq!(instead(other, method), None);
                }
            }
        }
        assert_eq!(
            instead(Host::Alipay, Method::Alipay),
            Some(Host::MobileBrowser)
        );
        // Inside of WeChat its pay page refuses, however it is reached.
        assert_eq!(instead(Host::Wechat, Method::Wechat), None);
    }
}
