//! A gateway with a sandbox behind it.

use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    time::{Duration, Instant},
};

use contract::{Order, OrderState, Problem, routes};
use gateway::{
    Config, Server,
    config::{self, Carrier, Operation},
};
use reqwest::{Client, RequestBuilder, Response};
use sandbox::Sandbox;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    Database,
    wallets::{ADMIN, VAULT},
};

/// A usable card of China Mobile.
pub(crate) const CARD: &str = "898607B2091701418584";
/// 2 GB 月清零.
pub(crate) const PACKAGE: &str = "1102";
/// What [`PACKAGE`] costs, in fen.
pub(crate) const PRICE: i64 = 1800;

/// What stands for the page.
pub(crate) const PAGE: &str = "<!doctype html><style>a{}</style><title>shop</title>";
/// More than any test asks for in a minute.
const PLENTY: NonZeroU32 = NonZeroU32::new(10_000).unwrap();
/// How long a test waits for what must happen: 20 s, or what `TEST_PATIENCE_SECONDS` says.
pub(crate) fn patience() -> Duration {
    let seconds = std::env::var("TEST_PATIENCE_SECONDS").ok();
    Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or(20))
}

/// What a test wants otherwise than usual.
pub(crate) struct Settings {
    /// How long an order lives, in seconds.
    pub(crate) lifetime: u32,
    /// How long the sandbox takes to credit.
    pub(crate) credit_delay: Duration,
    /// Whether merchants of our own take the money.
    pub(crate) own: bool,
    /// Whether the caller is a proxy that is believed.
    pub(crate) behind_proxy: bool,
    /// Whether the card platform has other addresses and names, and this is what the configuration puts right.
    pub(crate) renamed: Option<BTreeMap<String, Operation>>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            lifetime: 900,
            credit_delay: Duration::from_millis(200),
            own: false,
            behind_proxy: false,
            renamed: None,
        }
    }
}

/// A gateway, its sandbox and its database.
pub(crate) struct Shop {
    /// The gateway.
    pub(crate) gateway: Server,
    /// The outside world.
    pub(crate) sandbox: Sandbox,
    /// Where the orders are.
    pub(crate) database: Database,
    /// The gateway's address.
    pub(crate) base: String,
    /// A browser, or whoever else asks.
    pub(crate) http: Client,
    page: TempDir,
}

impl Shop {
    /// Opens a shop.
    pub(crate) async fn open(database: Database) -> Shop {
        Shop::open_with(database, Settings::default()).await
    }

    /// Opens a shop with other settings.
    pub(crate) async fn open_with(database: Database, settings: Settings) -> Shop {
        let options = sandbox::Options {
            credit_delay: settings.credit_delay,
            renamed: settings.renamed.is_some(),
            ..sandbox::Options::default()
        };
        let sandbox = sandbox::start(options).await.expect("the sandbox starts");
        let mut config = config(&database, sandbox.url(), settings.lifetime);
        if settings.own {
            take_ourselves(&mut config);
        }
        if let Some(operations) = settings.renamed {
            config.shingsou.operations = operations;
        }
        if settings.behind_proxy {
            config.http.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
        }
        let page = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(page.path().join("index.html"), PAGE).expect("the page");
        page.path().clone_into(&mut config.http.static_dir);
        let gateway = gateway::start(config).await.expect("the gateway starts");
        Shop::around(gateway, sandbox, database, page)
    }

    /// Ends the gateway and starts it with another configuration, once for each; all but the last have to be refused,
    /// and their reasons are answered.
    pub(crate) async fn start_again(self, changes: &[&dyn Fn(&mut Config)]) -> (Shop, Vec<String>) {
        let mut before = self.gateway.app().config.clone();
        before.http.public_url = config::defaults().http.public_url;
        self.gateway.shutdown().await.expect("a clean end");
        let mut refused = Vec::new();
        for change in changes {
            let mut config = before.clone();
            change(&mut config);
            match gateway::start(config).await {
                Ok(gateway) => {
                    let shop = Shop::around(gateway, self.sandbox, self.database, self.page);
                    return (shop, refused);
                }
                Err(error) => refused.push(format!("{error:#}")),
            }
        }
        panic!("it does not start: {refused:?}")
    }

    fn around(gateway: Server, sandbox: Sandbox, database: Database, page: TempDir) -> Shop {
        let base = format!("http://{}", gateway.addr());
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Shop {
            gateway,
            sandbox,
            database,
            base,
            http,
            page,
        }
    }

    /// A second gateway on the same database and sandbox.
    pub(crate) async fn beside(&self) -> Server {
        gateway::start(config(&self.database, self.sandbox.url(), 900))
            .await
            .expect("a second gateway starts")
    }

    /// A request to the gateway.
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.base))
    }

    /// A request to the gateway.
    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.base)).json(body)
    }

    /// Asks for an order under a key.
    pub(crate) fn order_request(
        &self,
        key: &str,
        card: &str,
        package: &str,
        quoted: i64,
    ) -> RequestBuilder {
        let body = json!({ "card_number": card, "package_id": package, "quoted_fen": quoted });
        self.post(routes::ORDERS, &body)
            .header(routes::IDEMPOTENCY_KEY, key)
    }

    /// Makes an order for [`PACKAGE`] and [`CARD`].
    pub(crate) async fn order(&self) -> Order {
        let key = gateway::random::effect_number('k');
        let body = json!({ "card_number": CARD, "package_id": PACKAGE, "quoted_fen": PRICE, "repeat": true });
        let answer = self
            .post(routes::ORDERS, &body)
            .header(routes::IDEMPOTENCY_KEY, key)
            .send()
            .await
            .expect("an answer");
        assert_eq!(
            answer.status(),
            201,
            "{}",
            answer.text().await.unwrap_or_default()
        );
        answer.json().await.expect("an order")
    }

    /// Starts a payment and gives its number.
    pub(crate) async fn pay_with(&self, order: &Order, method: &str, host: &str) -> String {
        let before = self.out_trade_nos(order).await;
        let answer = self
            .post(
                &routes::order_payments(&order.id),
                &json!({ "method": method, "host": host }),
            )
            .send()
            .await
            .expect("an answer");
        assert_eq!(
            answer.status(),
            200,
            "{}",
            answer.text().await.unwrap_or_default()
        );
        let after = self.out_trade_nos(order).await;
        after
            .iter()
            .find(|number| !before.contains(number))
            .or(after.last())
            .expect("a payment")
            .clone()
    }

    /// An order with a payment under way, and the payment's number.
    pub(crate) async fn order_being_paid(&self) -> (Order, String) {
        let order = self.order().await;
        let out_trade_no = self.pay_with(&order, "alipay", "mobile_browser").await;
        (order, out_trade_no)
    }

    /// The numbers of an order's payments, the oldest first.
    pub(crate) async fn out_trade_nos(&self, order: &Order) -> Vec<String> {
        let pool = self.gateway.app().db.pool();
        sqlx::query_scalar(
            "select out_trade_no from payments where order_id = $1 order by created_at",
        )
        .bind(order.id.as_str())
        .fetch_all(pool)
        .await
        .expect("the payments can be read")
    }

    /// An order as the gateway shows it now.
    pub(crate) async fn show(&self, order: &Order) -> Order {
        self.get(&routes::order(&order.id))
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("an order")
    }

    /// Waits until an order is in a state.
    pub(crate) async fn wait_for(&self, order: &Order, state: OrderState) -> Order {
        self.wait_until(order, &format!("{state:?}"), |order| order.state == state)
            .await
    }

    /// Waits until an order is as wanted.
    pub(crate) async fn wait_until(
        &self,
        order: &Order,
        what: &str,
        wanted: impl Fn(&Order) -> bool,
    ) -> Order {
        let begun = Instant::now();
        loop {
            let order = self.show(order).await;
            if wanted(&order) {
                return order;
            }
            assert!(
                begun.elapsed() < patience(),
                "waited for {what}, but the order is {order:?}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Runs a statement of a test's own on the gateway's database.
    pub(crate) async fn sql(&self, statement: &'static str) {
        let pool = self.gateway.app().db.pool();
        sqlx::query(statement)
            .execute(pool)
            .await
            .expect("the statement is carried out");
    }

    /// Waits until a statement counts something, with every effect due at once meanwhile.
    pub(crate) async fn hurry_until(&self, what: &'static str) {
        let begun = Instant::now();
        loop {
            let pool = self.gateway.app().db.pool();
            let count: i64 = sqlx::query_scalar(what)
                .fetch_one(pool)
                .await
                .expect("a count");
            if count > 0 {
                return;
            }
            assert!(begun.elapsed() < patience(), "waited for {what}");
            self.sql("update outbox set next_at = 0 where state = 'waiting' and claimed_until = 0")
                .await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Why an order is held.
    pub(crate) async fn held_reason(&self, order: &Order) -> Option<String> {
        sqlx::query_scalar("select held_reason from orders where id = $1")
            .bind(order.id.as_str())
            .fetch_one(self.gateway.app().db.pool())
            .await
            .expect("the order can be read")
    }

    /// Gives the sandbox an order.
    pub(crate) async fn control(&self, what: &str, body: Value) -> Value {
        let answer = self
            .http
            .post(format!("{}/_control/{what}", self.sandbox.url()))
            .json(&body)
            .send()
            .await
            .expect("the sandbox answers");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert!(status.is_success(), "{what} {body}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// The sandbox's books.
    pub(crate) async fn ledger(&self) -> Value {
        let answer = self
            .http
            .get(format!("{}/_control/ledger", self.sandbox.url()))
            .send()
            .await;
        answer
            .expect("the sandbox answers")
            .json()
            .await
            .expect("the ledger")
    }

    /// How often the sandbox credited a payment.
    pub(crate) async fn credits(&self, out_trade_no: &str) -> i64 {
        let ledger = self.ledger().await;
        let credits = ledger["credits"].as_array().expect("credits").clone();
        credits
            .iter()
            .filter(|credit| credit["outTradeNo"] == out_trade_no)
            .map(|credit| credit["times"].as_i64().expect("a count"))
            .sum()
    }

    /// A notice as the platform would send it, sent by anyone.
    pub(crate) fn notice(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.http
            .post(format!("{}/notify/platform/shingsou", self.base))
            .header("content-type", "application/json")
            .body(body)
    }

    /// What must hold after every test: each payment that the sandbox counts as paid is a succeeded payment here, no
    /// payment was credited twice, and no order is further than its money.
    pub(crate) async fn check_invariants(&self) {
        let ledger = self.ledger().await;
        let pool = self.gateway.app().db.pool();
        for payment in ledger["payments"].as_array().expect("payments") {
            let paid = !matches!(payment["status"].as_str(), Some("unpaid" | "closed"));
            let ours: Vec<(String, String, i64)> = sqlx::query_as(
                "select p.state, o.state, case when o.held_reason is null then 0 else 1 end
                 from payments p join orders o on o.id = p.order_id where p.out_trade_no = $1",
            )
            .bind(payment["outTradeNo"].as_str().expect("a number"))
            .fetch_all(pool)
            .await
            .expect("the payment can be read");
            let [(state, order, held)] = &ours[..] else {
                panic!("{payment} has no row of its own: {ours:?}")
            };
            assert!(
                !paid || state == "succeeded" || *held == 1,
                "{payment} is {state} here"
            );
            assert!(paid || state != "succeeded", "{payment} is {state} here");
            assert!(
                paid || order != "credited",
                "{payment} is not paid, but its order is {order}"
            );
        }
        for credit in ledger["credits"].as_array().expect("credits") {
            assert_eq!(credit["times"], 1, "{credit}");
        }
        let steps: Vec<(String, String, i64)> = sqlx::query_as(
            "select order_id, state, version from order_events order by order_id, version",
        )
        .fetch_all(pool)
        .await
        .expect("the timeline can be read");
        for pair in steps.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            let [from, to] =
                [&pair[0].1, &pair[1].1].map(|name| OrderState::from_name(name).expect("a state"));
            assert!(from.can_become(to), "{from:?} became {to:?}");
        }
    }
}

/// Lets merchants of our own take the money.
pub(crate) fn take_ourselves(config: &mut Config) {
    config.payments.alipay = Carrier::Own;
    config.payments.wechat = Carrier::Own;
    config.recharge.path = Some("/cards/Recharge".to_owned());
    config.recharge.query_path = Some("/cards/Recharge".to_owned());
    config.recharge.resend_seconds = 1;
    config.admin.token = ADMIN.into();
    config.vault.keys = VAULT.into();
}

/// The problem that an answer tells.
pub(crate) async fn problem(answer: Response) -> Problem {
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    answer.json().await.expect("a problem")
}

/// The configuration of a gateway under test.
pub(crate) fn config(database: &Database, sandbox: &str, lifetime: u32) -> Config {
    let mut config = config::load(None).expect("the defaults are right");
    config.http.listen = "127.0.0.1:0".parse().expect("an address");
    config.database.url = database.url.clone().into();
    config.database.max_connections = 8;
    config.shingsou.api_base = sandbox.parse().expect("an address");
    config.shingsou.identity_base = sandbox.parse().expect("an address");
    config.shingsou.timeout_ms = 2_000;
    config.orders.lifetime_seconds = lifetime;
    // Tests write rows of any age.
    config.keeping.details_days = 0;
    config.keeping.card_numbers_days = 0;
    config.keeping.quarantine_days = 0;
    config.keeping.audit_days = 0;
    config.limits.lookups_per_minute = PLENTY;
    config.limits.lookups_per_card_per_minute = PLENTY;
    config.limits.searches_per_minute = PLENTY;
    config.limits.orders_per_minute = PLENTY;
    config.limits.strays_per_hour = PLENTY;
    config.limits.open_orders_per_card = PLENTY;
    config.limits.open_orders_per_address = PLENTY;
    config.limits.questions_per_minute = PLENTY;
    config
}
