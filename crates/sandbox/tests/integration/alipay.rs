use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
    },
};
use axum::{Form, Router, extract::State, routing::post};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{Client, header::LOCATION, redirect::Policy};
use sandbox::{AlipayOptions, Options, Sandbox};
use serde_json::{Value, json};

type Parameters = BTreeMap<String, String>;

/// An app with a sandbox of its own and an address for notices.
struct App {
    sandbox: Sandbox,
    http: Client,
    key: RsaKeyPair,
    notify_url: String,
    received: Arc<Mutex<Vec<Parameters>>>,
}

impl App {
    async fn new() -> Self {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let options = Options {
            alipay: AlipayOptions {
                app_public_key: Some(STANDARD.encode(key.public_key().as_ref())),
                ..AlipayOptions::default()
            },
            ..Options::default()
        };
        let http = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let received = Arc::default();
        Self {
            sandbox: sandbox::start(options).await.unwrap(),
            http,
            key,
            notify_url: listen(Arc::clone(&received)).await,
            received,
        }
    }

    fn sign(&self, method: &str, content: &Value) -> Parameters {
        let mut said: Parameters = [
            ("app_id", "9021000100000001"),
            ("method", method),
            ("charset", "utf-8"),
            ("sign_type", "RSA2"),
            ("timestamp", "2026-11-21 18:32:35"),
            ("version", "1.0"),
            ("notify_url", &self.notify_url),
            ("biz_content", &content.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let mut sign = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        let message = message(&said);
        self.key
            .sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut sign)
            .unwrap();
        said.insert("sign".into(), STANDARD.encode(sign));
        said
    }

    async fn send(&self, said: &Parameters) -> String {
        let url = format!(
            "{}/alipay/gateway.do?method={}",
            self.sandbox.url(),
            said["method"]
        );
        let mut body = said.clone();
        body.remove("method");
        let answer = self.http.post(url).form(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    }

    async fn call(&self, method: &str, content: Value) -> Value {
        let text = self.send(&self.sign(method, &content)).await;
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        answer[format!("{}_response", method.replace('.', "_"))].take()
    }

    async fn code(&self, number: &str) -> String {
        let content = json!({ "out_trade_no": number, "subject": "2GB", "total_amount": "18.00" });
        let made = self.call("alipay.trade.precreate", content).await;
        made["qr_code"].as_str().unwrap().to_owned()
    }

    async fn control(&self, what: &str, order: Value) -> Value {
        let url = format!("{}/_control/{what}", self.sandbox.url());
        let answer = self.http.post(url).json(&order).send().await.unwrap();
        assert!(answer.status().is_success(), "{what}");
        answer.json().await.unwrap()
    }

    async fn get(&self, what: &str) -> Value {
        let url = format!("{}/_control/{what}", self.sandbox.url());
        let answer = self.http.get(url).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn notices(&self, count: usize) -> Vec<Parameters> {
        for _ in 0..1_000 {
            let received = self.received.lock().unwrap().clone();
            if received.len() >= count {
                return received;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("fewer than {count} notices came");
    }
}

/// Answers `fail` to the first notice and `success` to all others.
async fn listen(received: Arc<Mutex<Vec<Parameters>>>) -> String {
    let answer = async |State(received): State<Arc<Mutex<Vec<Parameters>>>>,
                        Form(notice): Form<Parameters>| {
        let mut received = received.lock().unwrap();
        received.push(notice);
        if received.len() == 1 {
            "fail"
        } else {
            "success"
        }
    };
    let app = Router::new()
        .route("/notify", post(answer))
        .with_state(received);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/notify", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, app).into_future());
    url
}

fn message(said: &Parameters) -> String {
    let lines: Vec<_> = said
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    lines.join("&")
}

#[tokio::test]
async fn a_notice_comes_again_under_the_same_id_until_it_is_taken() {
    let app = App::new().await;
    app.code("A1").await;
    app.control("alipay/pay", json!({ "out_trade_no": "A1" }))
        .await;
    let notices = app.notices(2).await;
    assert_eq!(notices[0]["notify_id"], notices[1]["notify_id"]);
    let console = app.get("alipay").await;
    let key = STANDARD
        .decode(console["alipay_public_key"].as_str().unwrap())
        .unwrap();
    for notice in &notices {
        let mut signed = notice.clone();
        let sign = STANDARD.decode(signed.remove("sign").unwrap()).unwrap();
        signed.remove("sign_type");
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key)
            .verify(message(&signed).as_bytes(), &sign)
            .unwrap();
        assert_eq!(notice["trade_status"], "TRADE_SUCCESS");
        assert_eq!(notice["total_amount"], "18.00");
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let row = &app.get("ledger").await["alipay"]["trades"][0];
    assert_eq!(
        (&row["notices_sent"], &row["notices_accepted"]),
        (&json!(2), &json!(1))
    );
}

#[tokio::test]
async fn the_buyer_decides_on_the_page() {
    let app = App::new().await;
    let page = app.code("A2").await;
    let press = async |action: &str| {
        let form = [("action", action), ("via", "code")];
        app.http.post(&page).form(&form).send().await.unwrap()
    };
    let query = async || {
        let answer = app
            .call("alipay.trade.query", json!({ "out_trade_no": "A2" }))
            .await;
        let status = answer["trade_status"].as_str();
        status
            .or(answer["sub_code"].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(query().await, "ACQ.TRADE_NOT_EXIST");
    app.http.get(&page).send().await.unwrap();
    assert_eq!(query().await, "WAIT_BUYER_PAY");
    assert_eq!(press("cancel").await.status(), 200);
    assert_eq!(query().await, "WAIT_BUYER_PAY");
    let paid = press("pay_unnoticed").await;
    assert!(page.ends_with(paid.headers()[LOCATION].to_str().unwrap()));
    assert_eq!(query().await, "TRADE_SUCCESS");
    let page = app.http.get(&page).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("付款成功"));
    assert!(app.received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn no_more_goes_back_than_was_paid_however_many_ask() {
    let app = App::new().await;
    app.code("A3").await;
    app.control(
        "alipay/pay",
        json!({ "out_trade_no": "A3", "lose_notice": true }),
    )
    .await;
    for at in 0..5 {
        let content =
            json!({ "out_trade_no": "A3", "out_request_no": format!("R{at}"), "refund_amount": 5 });
        let answer = app.call("alipay.trade.refund", content).await;
        let expected = if at < 3 { "10000" } else { "40004" };
        assert_eq!(answer["code"], expected, "{answer}");
    }
    let row = &app.get("ledger").await["alipay"]["trades"][0];
    assert_eq!(row["refunded_fen"], 1500);
    assert_eq!(row["trade_status"], "TRADE_SUCCESS");
}

#[tokio::test]
async fn a_request_that_is_not_the_apps_is_answered_without_a_signature() {
    let app = App::new().await;
    let content = json!({ "out_trade_no": "A4" });
    let check = async |name: &str, value: &str, expected: &str| {
        let mut said = app.sign("alipay.trade.query", &content);
        said.insert(name.into(), value.into());
        let answer: Value = serde_json::from_str(&app.send(&said).await).unwrap();
        assert_eq!(answer["error_response"]["sub_code"], expected);
        assert!(answer.get("sign").is_none());
    };
    check("biz_content", "{}", "isv.invalid-signature").await;
    check("sign", "AAAA", "isv.invalid-signature").await;
    check("sign_type", "RSA", "isv.invalid-signature-type").await;
    check("app_id", "9021000100000002", "isv.invalid-app-id").await;
    check("charset", "gbk", "isv.invalid-charset").await;
}

#[tokio::test]
async fn faults_meet_single_methods_and_a_reset_keeps_the_keys() {
    let app = App::new().await;
    let before = app.get("alipay").await;
    app.code("A5").await;
    app.control(
        "faults",
        json!({ "route": "alipay.trade.query", "kind": "business", "code": 20000, "sub_code": "isp.unknow-error" }),
    )
    .await;
    let query = async || {
        app.call("alipay.trade.query", json!({ "out_trade_no": "A5" }))
            .await
    };
    assert_eq!(query().await["sub_code"], "isp.unknow-error");
    assert_eq!(query().await["sub_code"], "ACQ.TRADE_NOT_EXIST");
    let ledger = app.get("ledger").await;
    assert_eq!(ledger["calls"]["alipay.trade.query"], 2);
    assert_eq!(ledger["alipay"]["trades"][0]["trade_status"], Value::Null);
    app.control("reset", json!({})).await;
    assert_eq!(app.get("ledger").await["alipay"]["trades"], json!([]));
    assert_eq!(app.get("alipay").await, before);
    app.code("A5").await;
}
