//! The channel `wechat` against the sandbox, which signs, seals and counts by code of its own.

mod belief;
mod launches;
mod money;

use std::{net::Ipv4Addr, time::Duration};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use contract::{Fen, LaunchKind, Method, Timestamp};
use gateway::payments::{
    Channel,
    channel::{Answer, ChannelError, NewPayment, NewRefund, PaymentRef, RawNotice},
    wechat::WechatPay,
};
use sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use wechat_pay::{Config, OfficialAccountConfig};

const OPENID: &str = "oSandboxBuyer000000000000001";

/// A merchant, its wallet, and an address for notices.
struct Merchant {
    sandbox: Sandbox,
    channel: WechatPay,
    notify_url: String,
    notices: mpsc::Receiver<RawNotice>,
    http: reqwest::Client,
}

/// Which of WeChat Pay's keys the merchant is set up with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    None,
    PublicKey,
    Both,
}

impl Merchant {
    async fn new(keys: Keys) -> Merchant {
        let sandbox = sandbox::start(sandbox::Options::default())
            .await
            .expect("a sandbox");
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let (sender, notices) = mpsc::channel(64);
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a port");
        let notify_url = format!("http://{}/notify", listener.local_addr().expect("bound"));
        let inbox = Router::new()
            .route("/notify", post(receive))
            .with_state(sender);
        tokio::spawn(axum::serve(listener, inbox).into_future());
        let channel = channel(&http, &sandbox, keys).await;
        Merchant {
            sandbox,
            channel,
            notify_url,
            notices,
            http,
        }
    }

    fn payment(&self, number: &str, launch: LaunchKind) -> NewPayment {
        NewPayment {
            out_trade_no: number.to_owned(),
            title: "2GB 月清零".to_owned(),
            amount: Fen(1800),
            method: Method::Wechat,
            launch,
            goods: None,
            return_url: "https://shop.example/orders/1?a=1".to_owned(),
            notify_url: self.notify_url.clone(),
            expires_at: Timestamp::parse("2099-01-01T00:00:00Z").expect("a time"),
            client_ip: Some("203.0.113.9".parse().expect("an address")),
            payer: Some(OPENID.to_owned()),
        }
    }

    fn refund(&self, number: &str, payment: &str, fen: i64) -> NewRefund {
        NewRefund {
            out_refund_no: number.to_owned(),
            out_trade_no: payment.to_owned(),
            amount: Fen(fen),
            paid: Fen(1800),
            reason: "重复付款".to_owned(),
            notify_url: self.notify_url.clone(),
        }
    }

    async fn query(&self, number: &str) -> Result<Answer, ChannelError> {
        self.channel.query(&reference(number)).await
    }

    async fn control(&self, path: &str, order: Value) -> Value {
        let url = format!("{}/_control/{path}", self.sandbox.url());
        let answer = self.http.post(url).json(&order).send().await;
        answer.expect("an answer").json().await.expect("JSON")
    }

    async fn ledger(&self) -> Value {
        let url = format!("{}/_control/ledger", self.sandbox.url());
        let answer = self.http.get(url).send().await;
        answer.expect("an answer").json().await.expect("JSON")
    }

    async fn paid(&self, number: &str) {
        self.channel
            .create(&self.payment(number, LaunchKind::Qr))
            .await
            .expect("a launch");
        self.control("wechat/pay", json!({ "out_trade_no": number }))
            .await;
    }

    /// The next notice.
    async fn notice(&mut self) -> RawNotice {
        tokio::time::timeout(Duration::from_secs(10), self.notices.recv())
            .await
            .expect("a notice in time")
            .expect("a notice")
    }
}

async fn channel(http: &reqwest::Client, sandbox: &Sandbox, keys: Keys) -> WechatPay {
    let setup: Value = http
        .get(format!("{}/_control/wechat", sandbox.url()))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let public = &setup["platform_public_key"];
    let certificate = &setup["platform_certificate"];
    let address = |path: &str| {
        let url = format!("{}/{path}", sandbox.url());
        url.parse().expect("an address")
    };
    let mut platform_keys = Vec::new();
    if keys != Keys::None {
        platform_keys.push((text(&public["id"]), text(&public["pem"])));
    }
    if keys == Keys::Both {
        platform_keys.push((text(&certificate["serial_no"]), text(&certificate["pem"])));
    }
    let account = OfficialAccountConfig {
        app_id: text(&setup["app_id"]),
        app_secret: text(&setup["app_secret"]),
        authorise_url: address("connect/oauth2/authorize"),
        api_base: address(""),
        timeout: Duration::from_secs(2),
    };
    let config = Config {
        mch_id: text(&setup["mch_id"]),
        app_id: text(&setup["app_id"]),
        private_key: text(&setup["private_key"]),
        serial_no: text(&setup["serial_no"]),
        certificate: Some(text(&setup["certificate"])),
        api_v3_key: text(&setup["api_v3_key"]),
        api_v3_key_before: None,
        platform_keys,
        api_base: sandbox.url().parse().expect("an address"),
        user_agent: "tests".to_owned(),
        timeout: Duration::from_secs(2),
    };
    WechatPay::new("main", config, Some(account)).expect("a channel")
}

fn reference(number: &str) -> PaymentRef {
    PaymentRef {
        out_trade_no: number.to_owned(),
        package_id: None,
    }
}

async fn receive(State(sender): State<mpsc::Sender<RawNotice>>, headers: HeaderMap, body: Bytes) {
    // The inbox is closed once its test is over.
    let _ = sender.send(RawNotice { headers, body }).await;
}
