//! The card platform's adapter against the sandbox.

mod answers;
mod reading;
mod token;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use contract::CardNumber;
use futures_util::future::join_all;
use gateway::{
    config::{self, Secret},
    upstream::shingsou::{PaymentRequest, Shingsou, Trade, UpstreamError, Wallet},
};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

const CARD: &str = "898607B2091701418584";
const TERMINATED_CARD: &str = "89860023152003456707";
const ORDERS: &str = "GET /payment/Order";
const PAYMENT: &str = "POST /payment/Payment";
const TOKEN: &str = "POST /connect/token";

/// A sandbox with an adapter in front.
struct Platform {
    sandbox: Sandbox,
    shingsou: Arc<Shingsou>,
    http: reqwest::Client,
}

impl Platform {
    async fn start() -> Platform {
        Platform::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut config::Shingsou)) -> Platform {
        let sandbox = sandbox::start(Options::default())
            .await
            .expect("the sandbox starts");
        let mut config = config_of(sandbox.url());
        change(&mut config);
        let shingsou = Arc::new(Shingsou::new(&config).expect("a good configuration"));
        Platform {
            sandbox,
            shingsou,
            http: reqwest::Client::new(),
        }
    }

    /// Gives the sandbox an order.
    async fn control(&self, order: &str, body: Value) {
        let url = format!("{}/_control/{order}", self.sandbox.url());
        let answer = self
            .http
            .post(url)
            .json(&body)
            .send()
            .await
            .expect("the sandbox answers");
        assert_eq!(answer.status(), 200, "{order} {body}");
    }

    async fn fault(&self, route: &str, kind: &str, times: u32) {
        self.control(
            "faults",
            json!({ "route": route, "kind": kind, "times": times }),
        )
        .await;
    }

    async fn ledger(&self) -> Value {
        let url = format!("{}/_control/ledger", self.sandbox.url());
        let answer = self
            .http
            .get(url)
            .send()
            .await
            .expect("the sandbox answers");
        answer.json().await.expect("a ledger")
    }

    async fn fetches(&self) -> u64 {
        self.ledger().await["token_fetches"]
            .as_u64()
            .expect("a count")
    }

    async fn calls(&self, route: &str) -> u64 {
        self.ledger().await["calls"][route]
            .as_u64()
            .unwrap_or_default()
    }

    /// The cheapest call that needs a token.
    async fn ask(&self) -> Result<(), UpstreamError> {
        self.shingsou
            .find_order("P0")
            .await
            .map(|order| assert_eq!(order, None))
    }

    async fn ask_at_once(&self, callers: usize) -> Vec<Result<(), UpstreamError>> {
        join_all((0..callers).map(|_| self.ask())).await
    }
}

fn config_of(base: &str) -> config::Shingsou {
    config::Shingsou {
        api_base: base.parse().expect("an address"),
        identity_base: base.parse().expect("an address"),
        client_id: "sandbox-client".into(),
        client_secret: Secret::from("sandbox-secret".to_owned()),
        subscription_key: Secret::from("sandbox-subscription-key".to_owned()),
        client_id_field: "client_Id".into(),
        token_multipart: true,
        scope: "iot.cardservice.all iot.paymentservice.all".into(),
        api_version: None,
        timeout_ms: 5_000,
        catalog_seconds: 60,
        money_out: false,
        operations: BTreeMap::new(),
    }
}

fn card(number: &str) -> CardNumber {
    CardNumber::parse(number).expect("a card number")
}

fn payment(number: &str, trade: Trade) -> PaymentRequest {
    PaymentRequest {
        out_trade_no: number.into(),
        card_no: CARD.into(),
        package_id: "1103".into(),
        wallet: Wallet::Wechat,
        trade,
        return_url: "http://127.0.0.1:9/orders/1".into(),
        notify_url: "http://127.0.0.1:9/notify".into(),
        expires_at: SystemTime::now() + Duration::from_secs(900),
    }
}

fn is_unreachable(result: &Result<(), UpstreamError>) -> bool {
    matches!(result, Err(UpstreamError::Unreachable(_)))
}

fn is_unknown(result: &Result<(), UpstreamError>) -> bool {
    matches!(result, Err(UpstreamError::Unknown(_)))
}
