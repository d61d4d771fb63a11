//! Row 42: the process is killed between any two steps from payment to credit, started again, and nothing is lost or
//! done twice.

use std::{
    net::TcpListener,
    process::Stdio,
    time::{Duration, Instant},
};

use contract::{Order, OrderState, routes};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::{
    on_both_databases,
    support::{CARD, Database, PACKAGE, PRICE},
};

/// Every place in the code at which it is killed.
const POINTS: &[&str] = &[
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
];

/// A gateway that can die.
struct Process {
    child: Child,
    base: String,
}

impl Process {
    async fn start(database: &Database, sandbox: &str, port: u16, crash_at: &str) -> Process {
        let base = format!("http://127.0.0.1:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_gateway"))
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

    async fn payment(&self, order: &Order) -> Option<()> {
        let body = json!({ "method": "alipay", "host": "mobile_browser" });
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

    async fn pay_at_the_wallet(&self) {
        let ledger = self.ledger().await;
        let number = &ledger["payments"][0]["outTradeNo"];
        let paid = self
            .http
            .post(format!("{}/_control/pay", self.sandbox))
            .json(&json!({ "outTradeNo": number }))
            .send();
        assert!(
            paid.await
                .expect("the sandbox answers")
                .status()
                .is_success()
        );
    }
}

async fn buy_while_dying_at(database: &Database, point: &str) {
    let options = sandbox::Options {
        credit_delay: Duration::from_millis(1500),
        ..sandbox::Options::default()
    };
    let sandbox = sandbox::start(options).await.expect("the sandbox starts");
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
        .port();
    let mut process = Process::start(database, sandbox.url(), port, point).await;
    let base = process.base.clone();
    let http = Client::builder()
        .timeout(Duration::from_secs(10))
        .build()
        .expect("a client");
    let buyer = Buyer {
        http,
        base: &base,
        sandbox: sandbox.url(),
        key: &format!("key-{point}-{port}"),
    };

    let begun = Instant::now();
    let mut died = false;
    let (mut order, mut launched, mut paid) = (None::<Order>, false, false);
    let credited = loop {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "{point}: the order does not become credited"
        );
        if process.is_dead() {
            died = true;
            process = Process::start(database, sandbox.url(), port, "").await;
        }
        let Some(known) = &order else {
            order = buyer.order().await;
            continue;
        };
        if !launched {
            launched = buyer.payment(known).await.is_some();
        } else if !paid {
            buyer.pay_at_the_wallet().await;
            paid = true;
        } else if let Some(shown) = buyer
            .show(known)
            .await
            .filter(|order| order.state == OrderState::Credited)
        {
            break shown;
        } else {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(died, "the gateway never came to {point}");
    assert_eq!(
        credited.timeline.len(),
        5,
        "{point}: {:?}",
        credited.timeline
    );
    let ledger = buyer.ledger().await;
    assert_eq!(
        ledger["payments"].as_array().map(Vec::len),
        Some(1),
        "{point}: {ledger}"
    );
    assert_eq!(
        ledger["credits"].as_array().map(Vec::len),
        Some(1),
        "{point}: {ledger}"
    );
    assert_eq!(ledger["credits"][0]["times"], 1, "{point}");
}

on_both_databases! {
    async fn row_42_killed_at_every_step_nothing_is_lost_or_done_twice(database: Database) {
        for point in POINTS {
            let database = if database.is_sqlite() { Database::sqlite() } else { Database::postgres().await };
            buy_while_dying_at(&database, point).await;
        }
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
    let mut tried: Vec<String> = POINTS.iter().map(|point| (*point).to_owned()).collect();
    tried.sort();
    assert_eq!(found, tried);
}
