//! Alipay's open platform: its gateway, its pay pages, its ledger and its notices.

mod cashier;
mod certificates;
mod control;
mod forms;
mod gateway;
mod keys;
mod methods;
mod notices;
mod oauth;
mod refunds;
mod trades;

use axum::{Router, middleware::from_fn_with_state, routing::get};

pub(crate) use keys::Keys;

use crate::{
    cashier::routes as pay_pages,
    codes::Codes,
    gate::gate,
    notices::Queue,
    world::{self, Platform},
};

pub(crate) type Shared = world::Shared<Alipay>;

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

/// Everything that changes, and that a reset puts back.
#[derive(Default)]
pub(crate) struct Alipay {
    /// Oldest first.
    trades: Vec<trades::Trade>,
    notices: Queue<notices::Notice>,
    /// Who is logged in.
    buyer: oauth::Buyer,
    codes: Codes<oauth::Buyer>,
}

impl Platform for Alipay {
    type Desk = Keys;

    fn seeded(_: &Keys) -> Self {
        Self::default()
    }
}

/// The gateway, the pay pages, the authorisation and the control of all this.
pub(crate) fn routes(stage: Shared) -> Router {
    Router::new()
        .route(
            "/alipay/gateway.do",
            get(gateway::serve).post(gateway::serve),
        )
        .route_layer(from_fn_with_state(stage.clone(), gate::<Alipay>))
        .route("/alipay/oauth", get(oauth::authorise))
        .merge(pay_pages(&["/alipay/cashier/{id}"]))
        .merge(control::routes())
        .with_state(stage)
}
