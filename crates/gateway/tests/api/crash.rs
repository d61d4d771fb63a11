//! Row 42: the process is killed between any two steps from payment to credit, started again, and nothing is lost or
//! done twice.

use std::{
    net::TcpListener,
    process::Stdio,
    time::{Duration, Instant},
};

use contract::{Order, OrderState, routes};
use futures_util::{StreamExt, stream};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::{
    on_both_databases,
    support::{
        CARD, Database, PACKAGE, PRICE,
        shop::patience,
        wallets::{ADMIN, VAULT},
    },
};

/// How a purchase goes, and every place in the code at which the gateway is killed on its way.
struct Story {
    /// Whether a merchant of our own takes the money.
    own: bool,
    /// Whether the platform refuses the recharge.
    fails: bool,
    end: OrderState,
    points: &'static [&'static str],
}

const STORIES: &[Story] = &[
    Story {
        own: false,
        fails: false,
        end: OrderState::Credited,
        points: &[
            "order_before_commit",
            "order_created",
            "payment_written",
            "payment_sent",
            "payment_launched",
            "payment_succeeded",
            "receipt_before_commit",
            "receipt_after_commit",
            "fulfil_before_ask",
            "fulfil_after_ask",
        ],
    },
    Story {
        own: true,
        fails: false,
        end: OrderState::Credited,
        points: &[
            "payment_written",
            "payment_sent",
            "receipt_before_commit",
            "receipt_after_commit",
            "recharge_begun",
            "recharge_noted",
            "recharge_sent",
            "recharge_before_ask",
            "recharge_after_ask",
            "recharge_moved",
        ],
    },
    Story {
        own: true,
        fails: true,
        end: OrderState::Refunded,
        points: &[
            "recharge_moved",
            "refund_before_send",
            "refund_after_send",
            "refund_before_commit",
        ],
    },
];

/// A gateway that can die.
struct Process {
    child: Child,
    base: String,
}

impl Process {
    async fn start(
        database: &Database,
        sandbox: &str,
        port: u16,
        story: &Story,
        crash_at: &str,
    ) -> Process {
        let base = format!("http://127.0.0.1:{port}");
        let carrier = if story.own { "own" } else { "platform" };
        let child = Command::new(env!("CARGO_BIN_EXE_gateway"))
            .env("RECHARGE__PAYMENTS__ALIPAY", carrier)
            .env("RECHARGE__RECHARGE__PATH", "/cards/Recharge")
            .env("RECHARGE__RECHARGE__QUERY_PATH", "/cards/Recharge")
            .env("RECHARGE__RECHARGE__RESEND_SECONDS", "1")
            .env("RECHARGE__ADMIN__TOKEN", ADMIN)
            .env("RECHARGE__VAULT__KEYS", VAULT)
            .env("RECHARGE__HTTP__LISTEN", format!("127.0.0.1:{port}"))
            .env("RECHARGE__HTTP__PUBLIC_URL", &base)
            .env("RECHARGE__DATABASE__URL", &database.url)
            .env("RECHARGE__SHINGSOU__API_BASE", sandbox)
            .env("RECHARGE__SHINGSOU__IDENTITY_BASE", sandbox)
            .env("RECHARGE__LOG__FILTER", "error")
            .env("RECHARGE_CRASH_AT", crash_at)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the gateway's program starts");
        let process = Process { child, base };
        let begun = Instant::now();
        while reqwest::get(format!("{}/readyz", process.base))
            .await
            .is_err()
        {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "the gateway does not answer"
            );
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        process
    }

    fn is_dead(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }
}

/// Does what a buyer does, and goes on where the gateway dies; the caller starts it again.
struct Buyer<'a> {
    http: Client,
    base: &'a str,
    sandbox: &'a str,
    key: &'a str,
}

impl Buyer<'_> {
    async fn order(&self) -> Option<Order> {
        let body = json!({ "card_number": CARD, "package_id": PACKAGE, "quoted_fen": PRICE });
        let request = self
            .http
            .post(format!("{}{}", self.base, routes::ORDERS))
            .header(routes::IDEMPOTENCY_KEY, self.key);
        let answer = request.json(&body).send().await.ok()?;
        if answer.status() == 201 {
            answer.json().await.ok()
        } else {
            None
        }
    }

    /// What the operator did before: an account at the wallet.
    async fn merchant(&self) {
        let mut account = self.control("alipay/account", json!({})).await;
        account["enabled"] = json!(true);
        let put = self
            .http
            .put(format!("{}/admin/merchants/alipay/main", self.base))
            .bearer_auth(ADMIN)
            .json(&account)
            .send();
        assert_eq!(put.await.expect("an answer").status(), 200);
    }

    async fn control(&self, what: &str, order: Value) -> Value {
        let answer = self
            .http
            .post(format!("{}/_control/{what}", self.sandbox))
            .json(&order)
            .send()
            .await
            .expect("the sandbox answers");
        assert!(answer.status().is_success(), "{what}: {}", answer.status());
        answer.json().await.unwrap_or(Value::Null)
    }

    async fn payment(&self, order: &Order) -> Option<()> {
        let body = json!({ "method": "alipay", "host": "desktop" });
        let path = format!("{}{}", self.base, routes::order_payments(&order.id));
        let answer = self.http.post(path).json(&body).send().await.ok()?;
        answer.status().is_success().then_some(())
    }

    async fn show(&self, order: &Order) -> Option<Order> {
        self.http
            .get(format!("{}{}", self.base, routes::order(&order.id)))
            .send()
            .await
            .ok()?
            .json()
            .await
            .ok()
    }

    async fn ledger(&self) -> Value {
        let answer = self
            .http
            .get(format!("{}/_control/ledger", self.sandbox))
            .send()
            .await;
        answer
            .expect("the sandbox answers")
            .json()
            .await
            .expect("the ledger")
    }

    async fn pay_at_the_wallet(&self, story: &Story) {
        let ledger = self.ledger().await;
        if story.own {
            let number = &ledger["alipay"]["trades"][0]["out_trade_no"];
            self.control("alipay/pay", json!({ "out_trade_no": number }))
                .await;
        } else {
            let number = &ledger["payments"][0]["outTradeNo"];
            self.control("pay", json!({ "outTradeNo": number })).await;
        }
    }
}

async fn buy_while_dying_at(database: &Database, story: &Story, point: &str) {
    let options = sandbox::Options {
        credit_delay: Duration::from_millis(1500),
        ..sandbox::Options::default()
    };
    let sandbox = sandbox::start(options).await.expect("the sandbox starts");
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
        .port();
    let mut process = Process::start(database, sandbox.url(), port, story, point).await;
    let base = process.base.clone();
    let http = Client::builder()
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a client");
    let buyer = Buyer {
        http,
        base: &base,
        sandbox: sandbox.url(),
        key: &format!("key-{point}-{port}"),
    };

    if story.own {
        buyer.merchant().await;
    }
    if story.fails {
        buyer.control("credit", json!({ "mode": "fail" })).await;
    }
    let begun = Instant::now();
    let mut died = false;
    let (mut order, mut launched, mut paid) = (None::<Order>, false, false);
    let ended = loop {
        assert!(
            begun.elapsed() < 6 * patience(),
            "{point}: the order does not come to its end"
        );
        if process.is_dead() {
            died = true;
            process = Process::start(database, sandbox.url(), port, story, "").await;
        }
        let Some(known) = &order else {
            order = buyer.order().await;
            continue;
        };
        if !launched {
            launched = buyer.payment(known).await.is_some();
        } else if !paid {
            buyer.pay_at_the_wallet(story).await;
            paid = true;
        } else if let Some(shown) = buyer
            .show(known)
            .await
            .filter(|order| order.state == story.end)
        {
            break shown;
        } else {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    // The last step may be seen a moment before the process is gone.
    if !died {
        tokio::time::sleep(Duration::from_millis(500)).await;
        died = process.is_dead();
    }
    assert!(died, "the gateway never came to {point}");
    let steps = if story.fails { 7 } else { 5 };
    assert_eq!(ended.timeline.len(), steps, "{point}: {:?}", ended.timeline);
    check_the_books(&buyer.ledger().await, story, point);
}

/// One payment, and one credit or one refund, in the books of those outside.
fn check_the_books(ledger: &Value, story: &Story, point: &str) {
    let one =
        |rows: &Value| assert_eq!(rows.as_array().map(Vec::len), Some(1), "{point}: {ledger}");
    if !story.own {
        one(&ledger["payments"]);
        one(&ledger["credits"]);
        assert_eq!(ledger["credits"][0]["times"], 1, "{point}");
        return;
    }
    one(&ledger["alipay"]["trades"]);
    one(&ledger["recharges"]);
    let trade = &ledger["alipay"]["trades"][0];
    let (credits, back) = if story.fails { (0, PRICE) } else { (1, 0) };
    assert_eq!(
        ledger["recharges"][0]["credits"], credits,
        "{point}: {ledger}"
    );
    assert_eq!(trade["refunded_fen"], back, "{point}: {ledger}");
}

on_both_databases! {
    async fn row_42_killed_at_every_step_nothing_is_lost_or_done_twice(database: Database) {
        let is_sqlite = database.is_sqlite();
        let all = STORIES.iter().flat_map(|story| story.points.iter().map(move |point| (story, *point)));
        stream::iter(all)
            .for_each_concurrent(4, |(story, point)| async move {
                let database = if is_sqlite { Database::sqlite() } else { Database::postgres().await };
                buy_while_dying_at(&database, story, point).await;
            })
            .await;
    }
}

#[test]
fn every_point_in_the_code_is_tried() {
    let mut found = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src"
    ))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).expect("a source file");
                found.extend(
                    text.split("crash::point(\"")
                        .skip(1)
                        .filter_map(|rest| rest.split('"').next().map(str::to_owned)),
                );
            }
        }
    }
    found.sort();
    let points = STORIES.iter().flat_map(|story| story.points);
    let mut tried: Vec<String> = points.map(|point| (*point).to_owned()).collect();
    tried.sort();
    tried.dedup();
    assert_eq!(found, tried);
}
