//! Payments, and how the page carries one out.

use serde::{Deserialize, Serialize};

use crate::{Host, LaunchKind, Method, PaymentState, Timestamp};

/// Asks for a payment of an order. The same method asked again gives the open payment with a fresh launch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatePayment {
    /// With what the buyer wants to pay.
    pub method: Method,
    /// Where the page runs.
    pub host: Host,
}

/// One attempt to pay, as the buyer may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payment {
    /// With what.
    pub method: Method,
    /// Where it stands.
    pub state: PaymentState,
    /// What the page does next; only while the payment is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch: Option<Launch>,
    /// When the channel stops taking the money.
    pub expires_at: Timestamp,
}

/// What the page does so that the buyer can pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "AnyLaunch")]
pub enum Launch {
    /// Go to this address in the same window.
    Redirect {
        /// The wallet's address.
        url: String,
    },
    /// Send this form in the same window.
    Form {
        /// The wallet's address.
        action: String,
        /// Names and values, in order.
        fields: Vec<(String, String)>,
    },
    /// Show this text as a QR code.
    Qr {
        /// What the code says.
        content: String,
        /// When the wallet stops reading it.
        expires_at: Timestamp,
    },
    /// Call `getBrandWCPayRequest` of WeChat's bridge with these values, whose names are WeChat's own.
    #[serde(rename_all = "camelCase")]
    WechatJsapi {
        /// The official account.
        app_id: String,
        /// Seconds since 1970, as text.
        time_stamp: String,
        /// Random text.
        nonce_str: String,
        /// `prepay_id=…`.
        package: String,
        /// `RSA`.
        sign_type: String,
        /// The signature over the four above.
        pay_sign: String,
    },
    /// Call `tradePay` of Alipay's bridge with this number.
    AlipayTrade {
        /// Alipay's own number of the trade.
        trade_no: String,
    },
    /// Let the mini-program around the page open its own pay page.
    MiniProgram {
        /// The page's path in the mini-program.
        path: String,
        /// What it needs, as JSON text.
        params: String,
    },
    /// Send this amount to this address.
    Transfer {
        /// The receiving address.
        address: String,
        /// In the currency's own unit, decimal text.
        amount: String,
        /// The currency's name.
        currency: String,
        /// What a wallet reads from a QR code.
        uri: String,
    },
    /// Nothing: the channel needs no more than what it has.
    None,
}

impl Launch {
    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> LaunchKind {
        match self {
            Launch::Redirect { .. } => LaunchKind::Redirect,
            Launch::Form { .. } => LaunchKind::Form,
            Launch::Qr { .. } => LaunchKind::Qr,
            Launch::WechatJsapi { .. } => LaunchKind::WechatJsapi,
            Launch::AlipayTrade { .. } => LaunchKind::AlipayTrade,
            Launch::MiniProgram { .. } => LaunchKind::MiniProgram,
            Launch::Transfer { .. } => LaunchKind::Transfer,
            Launch::None => LaunchKind::None,
        }
    }
}

/// A launch as it stands in JSON, every kind's fields side by side.
///
/// Left to itself, serde reads an enum whose tag stands among its fields by keeping the whole in memory first, which
/// takes a reader of every kind of value: 4 KB of the page.
#[derive(Deserialize)]
struct AnyLaunch {
    kind: LaunchKind,
    url: Option<String>,
    action: Option<String>,
    fields: Option<Vec<(String, String)>>,
    content: Option<String>,
    expires_at: Option<Timestamp>,
    #[serde(rename = "appId")]
    app_id: Option<String>,
    #[serde(rename = "timeStamp")]
    time_stamp: Option<String>,
    #[serde(rename = "nonceStr")]
    nonce_str: Option<String>,
    package: Option<String>,
    #[serde(rename = "signType")]
    sign_type: Option<String>,
    #[serde(rename = "paySign")]
    pay_sign: Option<String>,
    trade_no: Option<String>,
    path: Option<String>,
    params: Option<String>,
    address: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    uri: Option<String>,
}

impl TryFrom<AnyLaunch> for Launch {
    type Error = &'static str;

    fn try_from(any: AnyLaunch) -> Result<Launch, &'static str> {
        any.of_its_kind()
            .ok_or("a launch has every field of its kind")
    }
}

impl AnyLaunch {
    fn of_its_kind(self) -> Option<Launch> {
        Some(match self.kind {
            LaunchKind::Redirect => Launch::Redirect { url: self.url? },
            LaunchKind::Form => Launch::Form {
                action: self.action?,
                fields: self.fields?,
            },
            LaunchKind::Qr => Launch::Qr {
                content: self.content?,
                expires_at: self.expires_at?,
            },
            LaunchKind::WechatJsapi => Launch::WechatJsapi {
                app_id: self.app_id?,
                time_stamp: self.time_stamp?,
                nonce_str: self.nonce_str?,
                package: self.package?,
                sign_type: self.sign_type?,
                pay_sign: self.pay_sign?,
            },
            LaunchKind::AlipayTrade => Launch::AlipayTrade {
                trade_no: self.trade_no?,
            },
            LaunchKind::MiniProgram => Launch::MiniProgram {
                path: self.path?,
                params: self.params?,
            },
            LaunchKind::Transfer => Launch::Transfer {
                address: self.address?,
                amount: self.amount?,
                currency: self.currency?,
                uri: self.uri?,
            },
            LaunchKind::None => Launch::None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(value: &Value) -> Option<Launch> {
        serde_json::from_value(value.clone()).ok()
    }

    #[test]
    fn a_launch_is_read_as_it_is_written_and_has_every_field_of_its_kind() {
        for launch in [
            json!({"kind": "redirect", "url": "https://wallet.test"}),
            json!({"kind": "form", "action": "https://wallet.test", "fields": [["a", "1"], ["b", ""]]}),
            json!({"kind": "qr", "content": "weixin://x", "expires_at": "2026-11-21T10:00:00.000Z"}),
            json!({
                "kind": "wechat_jsapi", "appId": "a", "timeStamp": "1", "nonceStr": "n", "package": "prepay_id=1",
                "signType": "RSA", "paySign": "s"
            }),
            json!({"kind": "alipay_trade", "trade_no": "1"}),
            json!({"kind": "mini_program", "path": "pages/pay", "params": "{}"}),
            json!({"kind": "transfer", "address": "T", "amount": "1.5", "currency": "USDT", "uri": "tron:T"}),
            json!({"kind": "none"}),
        ] {
            let known = read(&launch).expect("a launch");
            assert_eq!(json!(known), launch);
            assert_eq!(json!(known.kind()), launch["kind"]);
            let fields = launch.as_object().expect("an object");
            for name in fields.keys() {
                let mut fewer = fields.clone();
                fewer.remove(name);
                assert_eq!(read(&fewer.into()), None, "{launch} without {name}");
            }
            let mut more = fields.clone();
            more.insert("of_tomorrow".into(), json!([1]));
            assert_eq!(read(&more.into()), Some(known));
        }
        assert_eq!(read(&json!({"kind": "of_tomorrow", "url": ""})), None);
    }
}
