//! The Alipay channel against the sandbox's Alipay, which shares no code with it.

mod account;
mod money;

use std::time::Duration;

use ::alipay::Keys;
use contract::{Fen, Launch, LaunchKind, Method};
use gateway::{
    clock::now,
    payments::{
        Channel,
        alipay::Alipay,
        channel::{Answer, ChannelError, Closing, NewPayment, NewRefund, PaymentRef},
    },
};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

struct Shop {
    sandbox: Sandbox,
    http: reqwest::Client,
    alipay: Alipay,
}

impl Shop {
    async fn new() -> Shop {
        Shop::with_keys("public_key").await
    }

    async fn with_keys(keys: &str) -> Shop {
        let sandbox = sandbox::start(Options::default())
            .await
            .expect("the sandbox starts");
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let alipay = open_account(&http, &sandbox, keys).await;
        Shop {
            sandbox,
            http,
            alipay,
        }
    }

    async fn order(&self, what: &str, order: Value) {
        let url = format!("{}/_control/{what}", self.sandbox.url());
        let answer = self.http.post(url).json(&order).send().await;
        assert!(answer.expect("an answer").status().is_success(), "{what}");
    }

    async fn pay(&self, number: &str) {
        self.order("alipay/pay", json!({ "out_trade_no": number }))
            .await;
    }

    async fn launch(&self, number: &str, launch: LaunchKind) -> Result<Launch, ChannelError> {
        self.alipay.create(&payment(number, launch)).await
    }

    async fn query(&self, number: &str) -> Result<Answer, ChannelError> {
        self.alipay.query(&named(number)).await
    }

    async fn close(&self, number: &str) -> Result<Closing, ChannelError> {
        self.alipay.close(&named(number)).await
    }
}

/// The channel with an account of the sandbox's, as its keys are now.
async fn open_account(http: &reqwest::Client, sandbox: &Sandbox, keys: &str) -> Alipay {
    let answer = http
        .post(format!("{}/_control/alipay/account", sandbox.url()))
        .json(&json!({ "keys": keys }))
        .send();
    let account: Value = answer.await.expect("an answer").json().await.expect("JSON");
    let settings = &account["settings"];
    let given = |name: &str| settings[name].as_str().map(str::to_owned);
    let text = |name: &str| given(name).expect(name);
    let config = alipay::Config {
        app_id: text("app_id"),
        seller_id: text("seller_id"),
        private_key: account["secrets"]["private_key"]
            .as_str()
            .expect("a key")
            .to_owned(),
        keys: match keys {
            "certificate" => Keys::Certificate {
                app_cert: text("app_cert"),
                alipay_cert: text("alipay_cert"),
                root_cert: text("root_cert"),
            },
            _ => Keys::PublicKey {
                alipay_public_key: text("alipay_public_key"),
                alipay_public_key_before: given("alipay_public_key_before"),
            },
        },
        gateway_url: text("gateway_url").parse().expect("an address"),
        authorise_url: given("authorise_url").map(|url| url.parse().expect("an address")),
        timeout: Duration::from_millis(700),
    };
    Alipay::new("main", config).expect("a channel")
}

fn payment(number: &str, launch: LaunchKind) -> NewPayment {
    NewPayment {
        out_trade_no: number.to_owned(),
        title: "2GB + 月清零".to_owned(),
        amount: Fen(1800),
        method: Method::Alipay,
        launch,
        goods: None,
        return_url: "http://127.0.0.1:1/orders/1?a=1".to_owned(),
        notify_url: "http://127.0.0.1:1/notify/alipay/main".to_owned(),
        expires_at: now().plus_ms(900_000),
        client_ip: None,
        payer: Some("2088622000000001".to_owned()),
    }
}

fn named(number: &str) -> PaymentRef {
    PaymentRef {
        out_trade_no: number.to_owned(),
        package_id: None,
    }
}

fn refund(number: &str, refund: &str, fen: i64) -> NewRefund {
    NewRefund {
        out_refund_no: refund.to_owned(),
        out_trade_no: number.to_owned(),
        amount: Fen(fen),
        paid: Fen(1800),
        reason: "充值失败".to_owned(),
        notify_url: String::new(),
    }
}

fn paid(answer: &Result<Answer, ChannelError>) -> Option<Fen> {
    match answer {
        Ok(Answer::Paid(receipt)) => {
            assert!(receipt.transaction_id.is_some() && receipt.paid_at.is_some());
            Some(receipt.amount)
        }
        _ => None,
    }
}
