//! The client against the sandbox's Alipay, which shares no code with it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use alipay::{
    Cancelled, Client, Closing, Config, Error, Fen, HeaderMap, Keys, Listener, NewRefund, NewTrade,
    Receipt, Refund, RefundState, StatusCode, Trade,
};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

struct Account {
    sandbox: Sandbox,
    http: reqwest::Client,
    client: Client,
}

impl Account {
    async fn new(keys: &str) -> Account {
        let sandbox = sandbox::start(Options::default())
            .await
            .expect("the sandbox starts");
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let account = post(&http, &sandbox, "alipay/account", json!({ "keys": keys })).await;
        Account {
            client: Client::new(config(&account)).expect("a client"),
            sandbox,
            http,
        }
    }

    async fn control(&self, what: &str, order: Value) -> Value {
        post(&self.http, &self.sandbox, what, order).await
    }

    async fn pay(&self, number: &str) {
        self.control("alipay/pay", json!({ "out_trade_no": number }))
            .await;
    }
}

async fn post(http: &reqwest::Client, sandbox: &Sandbox, what: &str, order: Value) -> Value {
    let url = format!("{}/_control/{what}", sandbox.url());
    let answer = http.post(url).json(&order).send().await;
    let answer = answer.expect("an answer");
    assert!(answer.status().is_success(), "{what}");
    answer.json().await.unwrap_or_default()
}

fn config(account: &Value) -> Config {
    let settings = &account["settings"];
    let given = |name: &str| settings[name].as_str().map(str::to_owned);
    let text = |name: &str| given(name).expect(name);
    let private_key = account["secrets"]["private_key"].as_str().expect("a key");
    Config {
        app_id: text("app_id"),
        seller_id: text("seller_id"),
        private_key: private_key.to_owned(),
        keys: match given("root_cert") {
            Some(root_cert) => Keys::Certificate {
                app_cert: text("app_cert"),
                alipay_cert: text("alipay_cert"),
                root_cert,
            },
            None => Keys::PublicKey {
                alipay_public_key: text("alipay_public_key"),
                alipay_public_key_before: given("alipay_public_key_before"),
            },
        },
        gateway_url: text("gateway_url").parse().expect("an address"),
        authorise_url: given("authorise_url").map(|url| url.parse().expect("an address")),
        timeout: Duration::from_secs(5),
    }
}

fn trade(number: &str) -> NewTrade<'_> {
    NewTrade {
        out_trade_no: number,
        subject: "2GB + 月清零",
        amount: Fen(1800),
        expires_at: SystemTime::now() + Duration::from_secs(900),
        notify_url: "http://127.0.0.1:1/notify",
    }
}

fn receipt(trade: Trade) -> Receipt {
    match trade {
        Trade::Paid(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_trade_is_made_paid_and_given_back_with_either_kind_of_keys() {
    for keys in ["public_key", "certificate"] {
        let account = Account::new(keys).await;
        let client = &account.client;
        let made = client.create(&trade("P1"), "2088622000000001").await;
        let made = made.expect("a trade");
        assert_eq!(client.query("P1").await, Ok(Trade::Waiting));
        account.pay("P1").await;
        let paid = receipt(client.query("P1").await.expect("an answer"));
        assert_eq!(paid.amount, Fen(1800));
        assert_eq!(paid.trade_no, Some(made));
        let ago = SystemTime::now().duration_since(paid.paid_at.expect("a time"));
        assert!(ago.is_ok_and(|ago| ago < Duration::from_secs(60)));
        assert_eq!(client.close("P1").await, Ok(Closing::NotWaiting));

        let refund = |number, fen| NewRefund {
            out_trade_no: "P1",
            out_request_no: number,
            amount: Fen(fen),
            reason: "充值失败",
        };
        let whole = refund("R1", 1800);
        assert_eq!(client.query_refund(&whole).await, Ok(RefundState::NotFound));
        assert_eq!(client.refund(&whole).await, Ok(Refund::Done));
        assert_eq!(client.refund(&whole).await, Ok(Refund::Unchanged));
        assert_eq!(client.query_refund(&whole).await, Ok(RefundState::Done));
        assert_eq!(
            client.query_refund(&refund("R1", 600)).await,
            Ok(RefundState::AmountDiffers(Fen(1800)))
        );
        let more = client.refund(&refund("R2", 1)).await;
        assert!(matches!(more, Err(Error::Refused(_))), "{more:?}");
        let paid = receipt(client.query("P1").await.expect("an answer"));
        assert!(paid.given_back);
    }
}

#[tokio::test]
async fn a_cancelled_trade_takes_no_money_and_gives_back_what_came() {
    let account = Account::new("public_key").await;
    let client = &account.client;
    client.precreate(&trade("P2")).await.expect("a code");
    assert_eq!(client.cancel("P2").await, Ok(Cancelled::Closed));
    assert_eq!(client.cancel("P9").await, Ok(Cancelled::Nothing));
    client.precreate(&trade("P3")).await.expect("a code");
    account.pay("P3").await;
    assert_eq!(client.cancel("P3").await, Ok(Cancelled::Refunded));
    // All of it went back, and it was paid all the same.
    let paid = receipt(client.query("P3").await.expect("an answer"));
    assert_eq!((paid.amount, paid.given_back), (Fen(1800), true));
}

#[tokio::test]
async fn whoever_listens_hears_every_answer() {
    #[derive(Default)]
    struct Counter(AtomicUsize, AtomicUsize);

    impl Listener for Counter {
        fn answered(&self, status: StatusCode, _headers: &HeaderMap) {
            self.0.fetch_add(1, Ordering::Relaxed);
            let is_failure = status.is_server_error();
            self.1.fetch_add(usize::from(is_failure), Ordering::Relaxed);
        }

        fn too_often(&self) {}
    }

    let account = Account::new("public_key").await;
    let counter = Arc::new(Counter::default());
    let client = account.client.heard_by(counter.clone());
    let fault = json!({ "route": "alipay.trade.query", "kind": "http_500" });
    post(&account.http, &account.sandbox, "faults", fault).await;
    let failed = client.query("P1").await;
    assert!(matches!(failed, Err(Error::Unknown(_))), "{failed:?}");
    assert_eq!(client.query("P1").await, Ok(Trade::NotFound));
    assert_eq!(counter.0.load(Ordering::Relaxed), 2);
    assert_eq!(counter.1.load(Ordering::Relaxed), 1);
}
