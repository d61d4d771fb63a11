//! The Alipay channel against the sandbox's Alipay, which shares no code with it.

use std::time::Duration;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::KeySize,
    signature::{KeyPair, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use contract::{Fen, Launch, LaunchKind, Method};
use gateway::{
    clock::now,
    config::Secret,
    payments::{
        Channel,
        alipay::{Alipay, AlipayConfig, AlipayKeys, Cancelled},
        channel::{Answer, ChannelError, Closing, NewPayment, NewRefund, PaymentRef, RefundAnswer},
    },
};
use sandbox::{AlipayOptions, Options, Sandbox};
use serde_json::{Value, json};

struct Shop {
    sandbox: Sandbox,
    http: reqwest::Client,
    alipay: Alipay,
}

impl Shop {
    async fn new() -> Shop {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
        let private = AsDer::<Pkcs8V1Der>::as_der(&key).expect("its bytes");
        let options = Options {
            alipay: AlipayOptions {
                app_public_key: Some(STANDARD.encode(key.public_key().as_ref())),
                ..AlipayOptions::default()
            },
            ..Options::default()
        };
        let sandbox = sandbox::start(options).await.expect("the sandbox starts");
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let console: Value = http
            .get(format!("{}/_control/alipay", sandbox.url()))
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        let text = |name: &str| console[name].as_str().expect("a text").to_owned();
        let alipay = Alipay::new(AlipayConfig {
            merchant: "main".to_owned(),
            app_id: text("app_id"),
            seller_id: text("seller_id"),
            private_key: Secret::from(STANDARD.encode(private.as_ref())),
            mode: AlipayKeys::PublicKey {
                alipay_public_key: text("alipay_public_key"),
                alipay_public_key_before: None,
            },
            gateway_url: text("gateway_url").parse().expect("an address"),
            authorise_url: None,
            timeout: Duration::from_millis(700),
        })
        .expect("a channel");
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
        self.alipay
            .create(&NewPayment {
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
            })
            .await
    }

    async fn query(&self, number: &str) -> Result<Answer, ChannelError> {
        self.alipay.query(&named(number)).await
    }

    async fn close(&self, number: &str) -> Result<Closing, ChannelError> {
        self.alipay.close(&named(number)).await
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

#[tokio::test]
async fn every_way_to_pay_leads_to_the_money() {
    let shop = Shop::new().await;

    // By code: unknown until it is scanned.
    let launch = shop.launch("P1", LaunchKind::Qr).await;
    let Ok(Launch::Qr { content, .. }) = launch else {
        panic!("{launch:?}");
    };
    assert_eq!(shop.query("P1").await, Ok(Answer::NotFound));
    assert_eq!(shop.close("P1").await, Ok(Closing::CannotClose));
    shop.http.get(content).send().await.expect("a page");
    assert_eq!(shop.query("P1").await, Ok(Answer::Waiting));

    // By address: unknown until it is paid.
    let launch = shop.launch("P2", LaunchKind::Redirect).await;
    let Ok(Launch::Redirect { url }) = launch else {
        panic!("{launch:?}");
    };
    let page = shop.http.get(url).send().await.expect("a page");
    assert!(page.text().await.expect("text").contains("¥18.00"));
    assert_eq!(shop.query("P2").await, Ok(Answer::NotFound));

    // By bridge: known at once, and the same again.
    let launch = shop.launch("P3", LaunchKind::AlipayTrade).await;
    assert!(
        matches!(launch, Ok(Launch::AlipayTrade { .. })),
        "{launch:?}"
    );
    assert_eq!(shop.launch("P3", LaunchKind::AlipayTrade).await, launch);
    assert_eq!(shop.query("P3").await, Ok(Answer::Waiting));

    for number in ["P1", "P2", "P3"] {
        shop.pay(number).await;
        assert_eq!(paid(&shop.query(number).await), Some(Fen(1800)));
        assert_eq!(shop.close(number).await, Ok(Closing::AlreadyPaid));
    }
    // Asked for again after it was paid, it must be asked about, not refused.
    let again = shop.launch("P1", LaunchKind::Qr).await;
    assert!(matches!(again, Err(ChannelError::Unknown(_))), "{again:?}");
}

#[tokio::test]
async fn what_is_closed_takes_no_money() {
    let shop = Shop::new().await;
    shop.launch("P1", LaunchKind::AlipayTrade)
        .await
        .expect("a launch");
    assert_eq!(shop.close("P1").await, Ok(Closing::Closed));
    assert_eq!(shop.query("P1").await, Ok(Answer::Closed));
    assert_eq!(shop.close("P1").await, Ok(Closing::Closed));

    shop.launch("P2", LaunchKind::Qr).await.expect("a launch");
    let cancel = async |number| shop.alipay.cancel(&named(number)).await;
    assert_eq!(cancel("P2").await, Ok(Cancelled::Closed));
    assert_eq!(cancel("P9").await, Ok(Cancelled::Nothing));
    shop.launch("P3", LaunchKind::Qr).await.expect("a launch");
    shop.pay("P3").await;
    assert_eq!(cancel("P3").await, Ok(Cancelled::Refunded));
    // All of it went back, and it was paid all the same.
    assert_eq!(paid(&shop.query("P3").await), Some(Fen(1800)));
}

#[tokio::test]
async fn refunds_are_made_once_and_never_above_what_was_paid() {
    let shop = Shop::new().await;
    shop.launch("P1", LaunchKind::Qr).await.expect("a launch");
    shop.pay("P1").await;
    let first = refund("P1", "R1", 500);
    let found = async |asked: &NewRefund| shop.alipay.query_refund(asked).await;
    assert_eq!(found(&first).await, Ok(RefundAnswer::NotFound));
    for _ in 0..3 {
        assert_eq!(shop.alipay.refund(&first).await, Ok(RefundAnswer::Done));
    }
    assert_eq!(found(&first).await, Ok(RefundAnswer::Done));
    let other_amount = refund("P1", "R1", 600);
    assert!(shop.alipay.refund(&other_amount).await.is_err());
    assert_eq!(
        found(&other_amount).await,
        Err(ChannelError::AmountDiffers(Fen(500)))
    );
    let too_much = refund("P1", "R2", 1301);
    assert_eq!(
        shop.alipay.refund(&too_much).await,
        Ok(RefundAnswer::Refused)
    );
    let rest = refund("P1", "R3", 1300);
    assert_eq!(shop.alipay.refund(&rest).await, Ok(RefundAnswer::Done));
    assert_eq!(paid(&shop.query("P1").await), Some(Fen(1800)));
}

#[tokio::test]
async fn an_answer_that_cannot_be_believed_is_no_verdict() {
    let shop = Shop::new().await;
    shop.launch("P1", LaunchKind::Qr).await.expect("a launch");
    shop.pay("P1").await;
    for kind in [
        "unsigned",
        "bad_signature",
        "http_500",
        "http_502_html",
        "empty_200",
        "bad_json",
        "unauthorized",
        "business",
        "hang",
        "timeout_after_effect",
    ] {
        let fault = |route: &str| json!({ "route": route, "kind": kind });
        shop.order("faults", fault("alipay.trade.query")).await;
        let answer = shop.query("P1").await;
        assert!(
            matches!(answer, Err(ChannelError::Unknown(_))),
            "{kind}: {answer:?}"
        );
        shop.order("faults", fault("alipay.trade.refund")).await;
        let asked = refund("P1", &format!("R{}", kind.replace('_', "")), 100);
        let answer = shop.alipay.refund(&asked).await;
        assert!(
            matches!(answer, Err(ChannelError::Unknown(_))),
            "{kind}: {answer:?}"
        );
        // Sent again under the same number it is done once, whether the first was or not.
        assert_eq!(shop.alipay.refund(&asked).await, Ok(RefundAnswer::Done));
    }
    let url = format!("{}/_control/ledger", shop.sandbox.url());
    let ledger: Value = shop
        .http
        .get(url)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(ledger["alipay"]["trades"][0]["refunded_fen"], 1000);
}
