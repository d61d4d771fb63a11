//! A gateway as a process of its own, with a sandbox behind it.

use std::{
    net::TcpListener,
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use contract::{Order, OrderState, routes};
use reqwest::{Client, Response};
use sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use super::{
    Database,
    shop::{CARD, PACKAGE, PRICE, patience},
};

/// The program, and whoever uses it.
pub(crate) struct Process {
    /// Its address.
    pub(crate) base: String,
    /// The outside world.
    pub(crate) sandbox: Sandbox,
    http: Client,
    _child: Child,
}

impl Process {
    /// Starts it, with further variables in its environment.
    pub(crate) async fn start(database: &Database, variables: &[(&str, &str)]) -> Process {
        let options = sandbox::Options {
            credit_delay: Duration::from_millis(100),
            ..sandbox::Options::default()
        };
        let sandbox = sandbox::start(options).await.expect("the sandbox starts");
        let (mut command, base) = program(database, sandbox.url());
        let child = command
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the gateway's program starts");
        let http = Client::builder()
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client");
        let process = Process {
            base,
            sandbox,
            http,
            _child: child,
        };
        process.is_ready().await;
        process
    }

    /// Starts a further one on a database, which has to refuse; gives what it says.
    pub(crate) async fn is_refused(database: &Database) -> String {
        let (mut command, _) = program(database, "http://127.0.0.1:1");
        let ended = tokio::time::timeout(patience(), command.output()).await;
        let Output { status, stderr, .. } = ended
            .expect("it ends")
            .expect("the gateway's program starts");
        assert!(!status.success(), "it serves");
        String::from_utf8_lossy(&stderr).into_owned()
    }

    /// What `/readyz` answers.
    pub(crate) async fn readiness(&self) -> (u16, String) {
        let Ok(answer) = self.http.get(format!("{}/readyz", self.base)).send().await else {
            return (0, String::new());
        };
        (
            answer.status().as_u16(),
            answer.text().await.unwrap_or_default(),
        )
    }

    /// Waits until it is ready.
    pub(crate) async fn is_ready(&self) {
        self.says((200, "ready")).await;
    }

    /// Waits until `/readyz` answers so.
    pub(crate) async fn says(&self, wanted: (u16, &str)) {
        let begun = Instant::now();
        loop {
            let (status, text) = self.readiness().await;
            if (status, text.as_str()) == wanted {
                return;
            }
            assert!(
                begun.elapsed() < patience(),
                "{status} {text}, not {wanted:?}"
            );
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Asks for an order.
    pub(crate) async fn ask_for_an_order(&self) -> Response {
        let body = json!({ "card_number": CARD, "package_id": PACKAGE, "quoted_fen": PRICE, "repeat": true });
        self.http
            .post(format!("{}{}", self.base, routes::ORDERS))
            .header(routes::IDEMPOTENCY_KEY, gateway::random::effect_number('k'))
            .json(&body)
            .send()
            .await
            .expect("an answer")
    }

    /// Makes an order.
    pub(crate) async fn order(&self) -> Order {
        let answer = self.ask_for_an_order().await;
        assert_eq!(answer.status(), 201, "{:?}", answer.text().await);
        answer.json().await.expect("an order")
    }

    /// Makes an order, starts its payment and gives the payment's number.
    pub(crate) async fn order_being_paid(&self) -> (Order, String) {
        let order = self.order().await;
        let path = format!("{}{}", self.base, routes::order_payments(&order.id));
        let body = json!({ "method": "alipay", "host": "desktop" });
        let answer = self.http.post(path).json(&body).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
        let ledger = self
            .http
            .get(format!("{}/_control/ledger", self.sandbox.url()));
        let ledger: Value = ledger
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("the ledger");
        let payments = ledger["payments"].as_array().expect("payments").clone();
        let unpaid = payments
            .iter()
            .find(|payment| payment["status"] == "unpaid");
        let number = unpaid.expect("a payment")["outTradeNo"].as_str();
        (order, number.expect("a number").to_owned())
    }

    /// Lets the buyer pay; the notice is lost.
    pub(crate) async fn pay_in_silence(&self, out_trade_no: &str) {
        let body = json!({ "outTradeNo": out_trade_no, "lose_notice": true });
        let control = self
            .http
            .post(format!("{}/_control/pay", self.sandbox.url()));
        let answer = control.json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }

    /// Tells of a payment as the platform would; gives the status of the answer.
    pub(crate) async fn notice(&self, out_trade_no: &str) -> u16 {
        let body =
            json!({ "noticeId": "n", "outTradeNo": out_trade_no, "total": 18, "status": "paid" });
        let request = self
            .http
            .post(format!("{}/notify/platform/shingsou", self.base));
        let answer = request.json(&body).send().await.expect("an answer");
        answer.status().as_u16()
    }

    /// An order as it is now.
    pub(crate) async fn show(&self, order: &Order) -> Order {
        let request = self
            .http
            .get(format!("{}{}", self.base, routes::order(&order.id)));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{order:?}");
        answer.json().await.expect("an order")
    }

    /// Waits until an order is credited.
    pub(crate) async fn is_credited(&self, order: &Order) {
        let begun = Instant::now();
        while self.show(order).await.state != OrderState::Credited {
            assert!(begun.elapsed() < patience(), "it is not credited");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn program(database: &Database, sandbox: &str) -> (Command, String) {
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
        .port();
    let base = format!("http://127.0.0.1:{port}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
    command
        .env("RECHARGE__HTTP__LISTEN", format!("127.0.0.1:{port}"))
        .env("RECHARGE__HTTP__PUBLIC_URL", &base)
        .env("RECHARGE__DATABASE__URL", &database.url)
        .env("RECHARGE__SHINGSOU__API_BASE", sandbox)
        .env("RECHARGE__SHINGSOU__IDENTITY_BASE", sandbox)
        .env("RECHARGE__LIMITS__ORDERS_PER_MINUTE", "10000")
        .env("RECHARGE__LIMITS__OPEN_ORDERS_PER_CARD", "10000")
        .env("RECHARGE__LIMITS__OPEN_ORDERS_PER_ADDRESS", "10000")
        .env("RECHARGE__LOG__FILTER", "error")
        .kill_on_drop(true);
    (command, base)
}
