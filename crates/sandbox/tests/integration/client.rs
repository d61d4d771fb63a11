//! A partner: a sandbox of its own, a token, and an address for notices.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::State, routing::post};
use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

pub(crate) const CARD: &str = "898607B2091701418584";
pub(crate) const PACKAGE: &str = "1102";

pub(crate) struct Partner {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
    token: String,
    inbox: Inbox,
    notify_url: String,
}

/// Notices received, and what they are answered.
#[derive(Clone)]
struct Inbox {
    received: Arc<Mutex<Vec<Value>>>,
    answer: Arc<Mutex<&'static str>>,
}

impl Partner {
    pub(crate) async fn new() -> Self {
        Self::with_delay(Duration::ZERO).await
    }

    pub(crate) async fn with_delay(credit_delay: Duration) -> Self {
        Self::with(Options {
            credit_delay,
            ..Options::default()
        })
        .await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let sandbox = sandbox::start(options).await.unwrap();
        let http = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let inbox = Inbox {
            received: Arc::default(),
            answer: Arc::new(Mutex::new("success")),
        };
        let notify_url = inbox.clone().listen().await;
        let mut partner = Self {
            sandbox,
            http,
            token: String::new(),
            inbox,
            notify_url,
        };
        partner.renew_token().await;
        partner
    }

    pub(crate) async fn renew_token(&mut self) {
        let answer = self
            .http
            .post(self.url("/connect/token"))
            .form(&[
                ("grant_type", "client_credentials"),
                ("client_id", "sandbox-client"),
                ("client_secret", "sandbox-secret"),
                ("scope", "iot.cardservice.all iot.paymentservice.all"),
            ])
            .send()
            .await
            .unwrap();
        let answer: Value = answer.json().await.unwrap();
        self.token = answer["access_token"].as_str().unwrap().to_owned();
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.url())
    }

    pub(crate) fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request
            .header("Ocp-Apim-Subscription-Key", "sandbox-subscription-key")
            .bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self
            .signed(self.http.get(self.url(path)))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self
            .signed(self.http.post(self.url(path)))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// The body of a payment request that is in order.
    pub(crate) fn request(&self, number: &str) -> Value {
        json!({
            "outTradeNo": number, "cardNo": CARD, "productId": PACKAGE, "channel": "alipay",
            "tradeType": "link", "returnUrl": "http://127.0.0.1:1/back?a=1",
            "notifyUrl": self.notify_url, "timeExpire": "2099-01-01T00:00:00+08:00",
        })
    }

    /// Opens a payment and returns its cashier's address.
    pub(crate) async fn open(&self, number: &str) -> String {
        let answer = self.post("/payment/Payment", self.request(number)).await;
        answer["data"]["payUrl"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned()
    }

    pub(crate) async fn press(&self, page: &str, action: &str, via: &str) -> Response {
        let page = page.split('?').next().unwrap();
        self.http
            .post(page)
            .form(&[("action", action), ("via", via)])
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn text(&self, page: &str) -> String {
        self.http
            .get(page)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }

    pub(crate) async fn order(&self, number: &str) -> Value {
        let page = self
            .get(&format!("/payment/Order?q.outTradeNo={number}"))
            .await;
        page["data"][0].clone()
    }

    /// The order, once it has this status.
    pub(crate) async fn order_when(&self, number: &str, status: &str) -> Value {
        for _ in 0..300 {
            let order = self.order(number).await;
            if order["status"] == status {
                return order;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{number} is not {status}: {}", self.order(number).await);
    }

    pub(crate) async fn control(&self, path: &str, order: Value) -> (u16, Value) {
        let answer = self
            .http
            .post(self.url(&format!("/_control/{path}")))
            .json(&order)
            .send()
            .await;
        let answer = answer.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub(crate) async fn ledger(&self) -> Value {
        let answer = self
            .http
            .get(self.url("/_control/ledger"))
            .send()
            .await
            .unwrap();
        answer.json().await.unwrap()
    }

    /// What the next notices are answered.
    pub(crate) fn answer_notices(&self, answer: &'static str) {
        *self.inbox.answer.lock().unwrap() = answer;
    }

    /// The notices received, once there are as many as `count`.
    pub(crate) async fn notices(&self, count: usize) -> Vec<Value> {
        for _ in 0..300 {
            let received = self.inbox.received.lock().unwrap().clone();
            if received.len() >= count {
                return received;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!(
            "fewer than {count} notices: {:?}",
            self.inbox.received.lock().unwrap()
        );
    }
}

impl Inbox {
    async fn listen(self) -> String {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .unwrap();
        let url = format!("http://{}/notify", listener.local_addr().unwrap());
        let app = Router::new()
            .route("/notify", post(receive))
            .with_state(self);
        tokio::spawn(axum::serve(listener, app).into_future());
        url
    }
}

async fn receive(State(inbox): State<Inbox>, body: String) -> &'static str {
    let notice = serde_json::from_str(&body).unwrap_or(Value::String(body));
    inbox.received.lock().unwrap().push(notice);
    *inbox.answer.lock().unwrap()
}
