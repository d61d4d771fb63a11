//! Alipay's open platform: its gateway, its pay pages, its ledger and its notices.

pub(crate) mod cashier;
pub(crate) mod certificates;
pub(crate) mod forms;
mod gateway;
mod keys;
pub(crate) mod methods;
pub(crate) mod notices;
pub(crate) mod oauth;
pub(crate) mod refunds;
pub(crate) mod trades;

use axum::{Router, middleware::from_fn_with_state, routing::get};
use tokio::sync::Notify;

pub(crate) use keys::Keys;

use crate::{notices::Queue, world::Shared};

/// Every method as a fault can name it.
pub(crate) const METHODS: &[&str] = &[
    "alipay.trade.wap.pay",
    "alipay.trade.page.pay",
    "alipay.trade.precreate",
    "alipay.trade.create",
    "alipay.trade.query",
    "alipay.trade.close",
    "alipay.trade.cancel",
    "alipay.trade.refund",
    "alipay.trade.fastpay.refund.query",
    "alipay.system.oauth.token",
];

/// The one app that may call, and Alipay's own key.
#[derive(Clone, Debug)]
pub struct AlipayOptions {
    /// The app's id.
    pub app_id: String,
    /// The account that receives the money.
    pub seller_id: String,
    /// The app's public key, PEM or bare base64; it can be registered later too.
    pub app_public_key: Option<String>,
    /// Alipay's private key in PKCS#8, PEM or bare base64; one is made when absent.
    pub alipay_private_key: Option<String>,
}

impl Default for AlipayOptions {
    fn default() -> Self {
        Self {
            app_id: "9021000100000001".into(),
            seller_id: "2088721000000001".into(),
            app_public_key: None,
            alipay_private_key: None,
        }
    }
}

/// What outlives a reset: who may call, and with which keys.
pub(crate) struct Desk {
    pub(crate) keys: Keys,
    /// Rung whenever a notice became due.
    pub(crate) wake: Notify,
}

/// Everything that changes, and that a reset puts back.
#[derive(Default)]
pub(crate) struct Alipay {
    /// Oldest first.
    pub(crate) trades: Vec<trades::Trade>,
    pub(crate) notices: Queue<notices::Notice>,
    /// Who is logged in.
    pub(crate) buyer: oauth::Buyer,
    codes: Vec<oauth::Code>,
}

impl Desk {
    pub(crate) fn new(options: &AlipayOptions) -> Self {
        Self {
            keys: Keys::new(options),
            wake: Notify::new(),
        }
    }
}

/// The gateway and the pay pages.
pub(crate) fn routes(world: &Shared) -> Router<Shared> {
    let gateway = Router::new()
        .route(
            "/alipay/gateway.do",
            get(gateway::serve).post(gateway::serve),
        )
        .route_layer(from_fn_with_state(world.clone(), gateway::gate));
    gateway
        .route("/alipay/oauth", get(oauth::authorise))
        .merge(cashier::routes())
}
