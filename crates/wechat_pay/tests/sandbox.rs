//! The client against the sandbox's WeChat Pay, which signs, seals and counts by code of its own.

use std::time::{Duration, SystemTime};

use sandbox::Sandbox;
use serde_json::{Value, json};
use wechat_pay::{
    Client, Closing, Config, Error, Fen, NewPayment, NewRefund, OfficialAccount,
    OfficialAccountConfig, Payment, RefundState,
};

const OPENID: &str = "oSandboxBuyer000000000000001";

struct Merchant {
    sandbox: Sandbox,
    http: reqwest::Client,
    setup: Value,
    client: Client,
}

impl Merchant {
    async fn new() -> Merchant {
        let sandbox = sandbox::start(sandbox::Options::default())
            .await
            .expect("a sandbox");
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let url = format!("{}/_control/wechat", sandbox.url());
        let setup = http.get(url).send().await.expect("an answer");
        let setup: Value = setup.json().await.expect("JSON");
        let client = Client::new(config(&setup, sandbox.url())).expect("a client");
        Merchant {
            sandbox,
            http,
            setup,
            client,
        }
    }

    async fn control(&self, what: &str, order: Value) -> Value {
        let url = format!("{}/_control/{what}", self.sandbox.url());
        let answer = self.http.post(url).json(&order).send().await;
        answer.expect("an answer").json().await.expect("JSON")
    }
}

fn config(setup: &Value, base: &str) -> Config {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let public = &setup["platform_public_key"];
    Config {
        mch_id: text(&setup["mch_id"]),
        app_id: text(&setup["app_id"]),
        private_key: text(&setup["private_key"]),
        serial_no: text(&setup["serial_no"]),
        certificate: Some(text(&setup["certificate"])),
        api_v3_key: text(&setup["api_v3_key"]),
        api_v3_key_before: None,
        platform_keys: vec![(text(&public["id"]), text(&public["pem"]))],
        api_base: base.parse().expect("an address"),
        user_agent: "tests".to_owned(),
        timeout: Duration::from_secs(5),
    }
}

fn payment(number: &str) -> NewPayment<'_> {
    NewPayment {
        out_trade_no: number,
        description: "2GB 月清零",
        amount: Fen(1800),
        expires_at: SystemTime::now() + Duration::from_secs(900),
        notify_url: "http://127.0.0.1:1/notify",
    }
}

#[tokio::test]
async fn a_payment_is_made_paid_and_given_back() {
    let merchant = Merchant::new().await;
    let client = &merchant.client;
    assert_eq!(client.query("P100001").await, Ok(Payment::NotFound));
    assert_eq!(client.close("P100001").await, Ok(Closing::NotFound));
    client.native(&payment("P100001")).await.expect("a code");
    assert_eq!(client.query("P100001").await, Ok(Payment::Waiting));
    // The number of a code cannot be used in the bridge.
    let other = client.jsapi(&payment("P100001"), OPENID).await;
    let Err(Error::Refused(refusal)) = &other else {
        panic!("{other:?}");
    };
    assert!(refusal.is_number_used(), "{refusal}");

    let order = json!({ "out_trade_no": "P100001" });
    merchant.control("wechat/pay", order).await;
    let paid = client.query("P100001").await;
    let Ok(Payment::Paid(receipt)) = &paid else {
        panic!("{paid:?}");
    };
    assert_eq!((receipt.amount, receipt.given_back), (Fen(1800), false));
    assert!(receipt.transaction_id.is_some() && receipt.paid_at.is_some());
    assert_eq!(client.close("P100001").await, Ok(Closing::AlreadyPaid));

    let refund = |number, fen| NewRefund {
        out_refund_no: number,
        out_trade_no: "P100001",
        amount: Fen(fen),
        paid: Fen(1800),
        reason: "重复付款",
        notify_url: "http://127.0.0.1:1/notify",
    };
    let whole = refund("F100001", 1800);
    assert_eq!(client.query_refund(&whole).await, Ok(RefundState::NotFound));
    let asked = client.refund(&whole).await;
    assert!(
        matches!(asked, Ok(RefundState::UnderWay | RefundState::Done)),
        "{asked:?}"
    );
    let more = client.refund(&refund("F100002", 1)).await;
    let Err(Error::Refused(refusal)) = &more else {
        panic!("{more:?}");
    };
    assert!(refusal.ends_refund(), "{refusal}");
    let other = client.query_refund(&refund("F100001", 1)).await;
    assert!(matches!(other, Err(Error::Unknown(_))), "{other:?}");
}

#[tokio::test]
async fn a_closed_payment_takes_no_money() {
    let merchant = Merchant::new().await;
    let client = &merchant.client;
    client.native(&payment("P200001")).await.expect("a code");
    assert_eq!(client.close("P200001").await, Ok(Closing::Closed));
    assert_eq!(client.query("P200001").await, Ok(Payment::Closed));
    let order = json!({ "out_trade_no": "P200001" });
    let paid = merchant.control("wechat/pay", order).await;
    assert_eq!(paid["error"], "closed");
}

#[tokio::test]
async fn a_buyer_is_known_by_a_code_that_is_good_once() {
    let merchant = Merchant::new().await;
    let text = |name: &str| merchant.setup[name].as_str().expect(name).to_owned();
    let address = |path: &str| {
        let url = format!("{}{path}", merchant.sandbox.url());
        url.parse().expect("an address")
    };
    let account = OfficialAccount::new(OfficialAccountConfig {
        app_id: text("app_id"),
        app_secret: text("app_secret"),
        authorise_url: address("/connect/oauth2/authorize"),
        api_base: address(""),
        timeout: Duration::from_secs(5),
    })
    .expect("an account");
    let page = account.authorise_page("https://shop.example/callback", "s1");
    let answer = merchant.http.get(page).send().await.expect("an answer");
    let back = answer.headers()["location"].to_str().expect("an address");
    let back = reqwest::Url::parse(back).expect("an address");
    let mut pairs = back.query_pairs();
    let (_, code) = pairs.find(|(name, _)| name == "code").expect("a code");
    assert_eq!(account.openid(&code).await, Ok(OPENID.to_owned()));
    let again = account.openid(&code).await;
    assert!(matches!(again, Err(Error::Refused(_))), "{again:?}");
}
