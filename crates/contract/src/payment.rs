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
#[serde(tag = "kind", rename_all = "snake_case")]
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
