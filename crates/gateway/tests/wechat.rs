//! The channel `wechat` against the sandbox, which signs, seals and counts by code of its own.

use std::{net::Ipv4Addr, time::Duration};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use contract::{Fen, Launch, LaunchKind, Method, Timestamp};
use gateway::payments::{
    Channel,
    channel::{
        Answer, ChannelError, Closing, NewPayment, NewRefund, Notice, PaymentRef, RawNotice,
        RefundAnswer,
    },
    wechat::{WechatConfig, WechatPay},
};
use sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::sync::mpsc;

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
    WechatPay::new(WechatConfig {
        merchant: "main".to_owned(),
        mch_id: text(&setup["mch_id"]),
        app_id: text(&setup["app_id"]),
        private_key: text(&setup["private_key"]).into(),
        serial_no: text(&setup["serial_no"]),
        certificate: Some(text(&setup["certificate"])),
        api_v3_key: text(&setup["api_v3_key"]).into(),
        api_v3_key_before: None,
        platform_keys,
        api_base: sandbox.url().parse().expect("an address"),
        authorise_url: Some(address("connect/oauth2/authorize")),
        oauth_base: Some(address("")),
        app_secret: Some(text(&setup["app_secret"]).into()),
        timeout: Duration::from_secs(2),
    })
    .expect("a channel")
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

#[tokio::test]
async fn a_code_is_scanned_and_paid() {
    let mut merchant = Merchant::new(Keys::Both).await;
    assert_eq!(merchant.query("P100001").await, Ok(Answer::NotFound));
    let payment = merchant.payment("P100001", LaunchKind::Qr);
    let launch = merchant.channel.create(&payment).await.expect("a launch");
    let Launch::Qr {
        content,
        expires_at,
    } = &launch
    else {
        panic!("{launch:?}")
    };
    assert!(content.starts_with("weixin://wxpay/bizpayurl?pr="));
    assert!(
        *expires_at < payment.expires_at,
        "WeChat reads it for two hours"
    );
    assert_eq!(merchant.query("P100001").await, Ok(Answer::Waiting));
    let again = merchant.channel.create(&payment).await.expect("the same");
    assert!(matches!(again, Launch::Qr { content: same, .. } if same == *content));

    let page = content.replace(
        "weixin://wxpay/bizpayurl?pr=",
        &format!("{}/wechat/code/", merchant.sandbox.url()),
    );
    let body = "action=pay";
    let form = merchant
        .http
        .post(page)
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = form.body(body).send().await.expect("an answer");
    assert_eq!(answer.status(), 303);
    let Ok(Answer::Paid(receipt)) = merchant.query("P100001").await else {
        panic!("not paid")
    };
    assert_eq!(receipt.amount, Fen(1800));
    assert!(receipt.transaction_id.is_some() && receipt.paid_at.is_some());
    let notice = merchant.notice().await;
    assert_eq!(
        merchant.channel.read_notice(&notice),
        Ok(Notice::Payment {
            out_trade_no: "P100001".to_owned(),
            amount: Some(Fen(1800)),
        })
    );
    let closing = merchant.channel.close(&reference("P100001")).await;
    assert_eq!(closing, Ok(Closing::AlreadyPaid));
    let paid = merchant.channel.create(&payment).await;
    assert!(matches!(paid, Err(ChannelError::Unknown(_))), "{paid:?}");
}

#[tokio::test]
async fn the_bridge_takes_what_the_page_is_given() {
    let merchant = Merchant::new(Keys::PublicKey).await;
    let payment = merchant.payment("P200001", LaunchKind::WechatJsapi);
    let launch = merchant.channel.create(&payment).await.expect("a launch");
    let mut call = serde_json::to_value(&launch).expect("JSON");
    call["buyer"] = "cancels".into();
    let answer = merchant.control("wechat/bridge", call.clone()).await;
    assert_eq!(answer["err_msg"], "get_brand_wcpay_request:cancel");
    assert_eq!(merchant.query("P200001").await, Ok(Answer::Waiting));

    let mut wrong = call.clone();
    wrong["timeStamp"] = "1".into();
    let answer = merchant.control("wechat/bridge", wrong).await;
    assert_eq!(answer["err_msg"], "get_brand_wcpay_request:fail");

    call["buyer"] = "pays".into();
    let answer = merchant.control("wechat/bridge", call).await;
    assert_eq!(answer["err_msg"], "get_brand_wcpay_request:ok");
    assert!(matches!(
        merchant.query("P200001").await,
        Ok(Answer::Paid(_))
    ));
}

#[tokio::test]
async fn a_link_opens_from_the_shop_and_leads_back() {
    let merchant = Merchant::new(Keys::Both).await;
    let payment = merchant.payment("P300001", LaunchKind::Redirect);
    let Launch::Redirect { url } = merchant.channel.create(&payment).await.expect("a launch")
    else {
        panic!("another launch")
    };
    let open = async |referer: &str, agent: &str| {
        let request = merchant.http.get(&url).header("user-agent", agent);
        let request = match referer {
            "" => request,
            referer => request.header("referer", referer),
        };
        let answer = request.send().await.expect("an answer");
        answer.text().await.expect("text")
    };
    assert!(open("", "Chrome").await.contains("商家参数格式有误"));
    let inside = open("https://shop.example/", "MicroMessenger/8").await;
    assert!(inside.contains("微信外"));
    let page = open("https://shop.example/", "Chrome").await;
    for shown in ["¥18.00", "确认付款", "取消付款", "付款但丢失通知"] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(page.contains("https://shop.example/orders/1?a=1"), "{page}");
    let ledger = merchant.ledger().await;
    assert_eq!(ledger["wechat"]["payments"][0]["client_ip"], "203.0.113.9");
}

#[tokio::test]
async fn a_closed_payment_takes_no_money() {
    let merchant = Merchant::new(Keys::Both).await;
    let closing = merchant.channel.close(&reference("P400001")).await;
    assert_eq!(closing, Ok(Closing::CannotClose));
    let payment = merchant.payment("P400001", LaunchKind::Qr);
    merchant.channel.create(&payment).await.expect("a launch");
    for _ in 0..2 {
        let closing = merchant.channel.close(&reference("P400001")).await;
        assert_eq!(closing, Ok(Closing::Closed));
    }
    assert_eq!(merchant.query("P400001").await, Ok(Answer::Closed));
    let answer = merchant
        .control("wechat/pay", json!({ "out_trade_no": "P400001" }))
        .await;
    assert_eq!(answer["error"], "closed");

    // The number of a code cannot be used in the bridge: it is closed there, so that it is not paid twice.
    let code = merchant.payment("P400002", LaunchKind::Qr);
    merchant.channel.create(&code).await.expect("a launch");
    let other = merchant.payment("P400002", LaunchKind::WechatJsapi);
    let refused = merchant.channel.create(&other).await;
    assert!(
        matches!(refused, Err(ChannelError::Refused(..))),
        "{refused:?}"
    );
    assert_eq!(merchant.query("P400002").await, Ok(Answer::Closed));
}

#[tokio::test]
async fn refunds_never_exceed_what_was_paid() {
    let mut merchant = Merchant::new(Keys::Both).await;
    merchant.paid("P500001").await;
    merchant.notice().await;
    merchant
        .control("wechat/refunds", json!({ "delay_ms": 50 }))
        .await;
    let ask = async |number: &str, fen: i64| {
        let refund = merchant.refund(number, "P500001", fen);
        merchant.channel.refund(&refund).await
    };
    let find = async |number: &str, fen: i64| {
        let refund = merchant.refund(number, "P500001", fen);
        merchant.channel.query_refund(&refund).await
    };
    assert_eq!(find("F500001", 800).await, Ok(RefundAnswer::NotFound));
    for number in ["F500001", "F500001", "F500002"] {
        assert_eq!(ask(number, 800).await, Ok(RefundAnswer::UnderWay));
    }
    for (number, fen) in [("F500003", 800), ("F500001", 700), ("F500003", 0)] {
        let refused = ask(number, fen).await;
        assert!(
            matches!(refused, Err(ChannelError::Refused(..))),
            "{refused:?}"
        );
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(find("F500001", 800).await, Ok(RefundAnswer::Done));
    assert!(matches!(
        find("F500001", 700).await,
        Err(ChannelError::Unknown(_))
    ));
    assert!(matches!(
        merchant.query("P500001").await,
        Ok(Answer::Paid(_))
    ));
    let ledger = merchant.ledger().await;
    assert_eq!(ledger["wechat"]["payments"][0]["refunded"], 1600);
    let notice = merchant.notice().await;
    let Ok(Notice::Refund(number)) = merchant.channel.read_notice(&notice) else {
        panic!("no notice of a refund")
    };
    assert!(number.starts_with("F50000"));
}

#[tokio::test]
async fn only_a_signed_answer_is_a_verdict() {
    let merchant = Merchant::new(Keys::Both).await;
    merchant.paid("P600001").await;
    let route = "GET /v3/pay/transactions/out-trade-no/{out_trade_no}";
    for kind in [
        "unsigned",
        "bad_signature",
        "http_500",
        "http_502_html",
        "empty_200",
        "bad_json",
        "unauthorized",
        "timeout_after_effect",
    ] {
        for number in ["P600001", "P600002"] {
            merchant
                .control(
                    "faults",
                    json!({ "route": route, "kind": kind, "ms": 2500 }),
                )
                .await;
            let answer = merchant.query(number).await;
            assert!(
                matches!(answer, Err(ChannelError::Unknown(_))),
                "{kind} {answer:?}"
            );
        }
    }
    assert!(matches!(
        merchant.query("P600001").await,
        Ok(Answer::Paid(_))
    ));
    let refusals = [
        (403, "NOT_ENOUGH", "refused"),
        (429, "FREQUENCY_LIMITED", "unreachable"),
        (500, "SYSTEM_ERROR", "unknown"),
    ];
    for (status, code, expected) in refusals {
        let fault = json!({
            "route": "POST /v3/refund/domestic/refunds", "kind": "business", "times": 2, "code": status, "message": code,
        });
        merchant.control("faults", fault).await;
        let answer = merchant
            .channel
            .refund(&merchant.refund("F600001", "P600001", 1))
            .await;
        merchant.control("faults/clear", json!({})).await;
        let word = match answer {
            Err(ChannelError::Refused(..)) => "refused",
            Err(ChannelError::Unreachable(_)) => "unreachable",
            Err(ChannelError::Unknown(_)) => "unknown",
            _ => "done",
        };
        assert_eq!(word, expected, "{code}");
    }
    let ledger = merchant.ledger().await;
    assert_eq!(ledger["wechat"]["repeated_nonces"], 0);
    assert_eq!(ledger["wechat"]["refunds"], json!([]));
}

#[tokio::test]
async fn both_kinds_of_keys_verify_and_certificates_are_fetched_once() {
    let mut merchant = Merchant::new(Keys::None).await;
    merchant.paid("P700001").await;
    merchant
        .control("wechat/keys", json!({ "sign_with": "certificate" }))
        .await;
    assert!(matches!(
        merchant.query("P700001").await,
        Ok(Answer::Paid(_))
    ));
    let notice = merchant.notice().await;
    assert!(merchant.channel.read_notice(&notice).is_ok());
    let fetches = async || merchant.ledger().await["calls"]["GET /v3/certificates"].clone();
    assert_eq!(fetches().await, 1);

    for forged in 0..1000 {
        let mut headers = notice.headers.clone();
        let serial = format!("{forged:040X}").parse().expect("a value");
        headers.insert("wechatpay-serial", serial);
        let body = notice.body.clone();
        let forged = RawNotice { headers, body };
        assert!(merchant.channel.read_notice(&forged).is_err());
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(fetches().await, 1, "a flood of forged serials");

    // A new certificate within the minute is not known yet; a process that starts now fetches it.
    merchant
        .control("wechat/keys", json!({ "rotate": true }))
        .await;
    assert!(matches!(
        merchant.query("P700001").await,
        Err(ChannelError::Unknown(_))
    ));
    let fresh = channel(&merchant.http, &merchant.sandbox, Keys::PublicKey).await;
    assert!(matches!(
        fresh.query(&reference("P700001")).await,
        Ok(Answer::Paid(_))
    ));
    for sign_with in ["public_key", "certificate"] {
        merchant
            .control("wechat/keys", json!({ "sign_with": sign_with }))
            .await;
        merchant
            .control("wechat/send_notice", json!({ "out_trade_no": "P700001" }))
            .await;
    }
    let by_public_key = merchant.notice().await;
    assert!(fresh.read_notice(&by_public_key).is_ok());
    let by_certificate = merchant.notice().await;
    // The first sight of a certificate refuses, and lets it be fetched.
    assert!(fresh.read_notice(&by_certificate).is_err());
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if fresh.read_notice(&by_certificate).is_ok() {
            return;
        }
    }
    panic!("the certificate is not fetched");
}

#[tokio::test]
async fn the_buyer_is_known_by_a_code_that_is_good_once() {
    let merchant = Merchant::new(Keys::Both).await;
    let page = merchant
        .channel
        .authorise_url("https://shop.example/oauth/wechat/callback?a=1", "s1");
    let answer = merchant.http.get(page.expect("a page")).send().await;
    let answer = answer.expect("an answer");
    let back = answer.headers()["location"].to_str().expect("an address");
    let back = reqwest::Url::parse(back).expect("an address");
    assert_eq!(back.host_str(), Some("shop.example"));
    let told = |wanted: &str| {
        let mut pairs = back.query_pairs().into_owned();
        pairs.find(|(name, _)| name == wanted).expect(wanted).1
    };
    assert_eq!((told("a"), told("state")), ("1".into(), "s1".into()));
    let code = told("code");
    assert_eq!(merchant.channel.payer(&code).await, Ok(OPENID.to_owned()));
    for code in [&code, "0unknown"] {
        let refused = merchant.channel.payer(code).await;
        assert!(
            matches!(refused, Err(ChannelError::Refused(..))),
            "{refused:?}"
        );
    }
}
