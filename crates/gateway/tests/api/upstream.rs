//! The card platform's adapter against the sandbox.

use std::{sync::Arc, time::Duration};

use contract::{CardNumber, Carrier, Fen, Method, RealnameState, RealnameSubmission, ResetRule};
use futures_util::future::join_all;
use gateway::{
    clock::now,
    config::{self, Secret},
    upstream::shingsou::{PaymentRequest, PlatformStatus, Shingsou, Trade, UpstreamError, code},
};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

const CARD: &str = "898607B2091701418584";
const TERMINATED_CARD: &str = "89860023152003456707";
const ORDERS: &str = "GET /payment/Order";
const PAYMENT: &str = "POST /payment/Payment";
const TOKEN: &str = "POST /connect/token";

/// A sandbox with an adapter in front.
struct Platform {
    sandbox: Sandbox,
    shingsou: Arc<Shingsou>,
    http: reqwest::Client,
}

impl Platform {
    async fn start() -> Platform {
        Platform::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut config::Shingsou)) -> Platform {
        let sandbox = sandbox::start(Options::default())
            .await
            .expect("the sandbox starts");
        let mut config = config_of(sandbox.url());
        change(&mut config);
        let shingsou = Arc::new(Shingsou::new(&config).expect("a good configuration"));
        Platform {
            sandbox,
            shingsou,
            http: reqwest::Client::new(),
        }
    }

    /// Gives the sandbox an order.
    async fn control(&self, order: &str, body: Value) {
        let url = format!("{}/_control/{order}", self.sandbox.url());
        let answer = self
            .http
            .post(url)
            .json(&body)
            .send()
            .await
            .expect("the sandbox answers");
        assert_eq!(answer.status(), 200, "{order} {body}");
    }

    async fn fault(&self, route: &str, kind: &str, times: u32) {
        self.control(
            "faults",
            json!({ "route": route, "kind": kind, "times": times }),
        )
        .await;
    }

    async fn ledger(&self) -> Value {
        let url = format!("{}/_control/ledger", self.sandbox.url());
        let answer = self
            .http
            .get(url)
            .send()
            .await
            .expect("the sandbox answers");
        answer.json().await.expect("a ledger")
    }

    async fn fetches(&self) -> u64 {
        self.ledger().await["token_fetches"]
            .as_u64()
            .expect("a count")
    }

    async fn calls(&self, route: &str) -> u64 {
        self.ledger().await["calls"][route]
            .as_u64()
            .unwrap_or_default()
    }

    /// The cheapest call that needs a token.
    async fn ask(&self) -> Result<(), UpstreamError> {
        self.shingsou
            .find_order("P0")
            .await
            .map(|order| assert_eq!(order, None))
    }

    async fn ask_at_once(&self, callers: usize) -> Vec<Result<(), UpstreamError>> {
        join_all((0..callers).map(|_| self.ask())).await
    }
}

fn config_of(base: &str) -> config::Shingsou {
    config::Shingsou {
        api_base: base.parse().expect("an address"),
        identity_base: base.parse().expect("an address"),
        client_id: "sandbox-client".into(),
        client_secret: Secret::from("sandbox-secret".to_owned()),
        subscription_key: Secret::from("sandbox-subscription-key".to_owned()),
        client_id_field: "client_Id".into(),
        token_multipart: true,
        api_version: None,
        timeout_ms: 5_000,
        catalog_seconds: 60,
    }
}

fn card(number: &str) -> CardNumber {
    CardNumber::parse(number).expect("a card number")
}

fn payment(number: &str, trade: Trade) -> PaymentRequest {
    PaymentRequest {
        out_trade_no: number.into(),
        card: card(CARD),
        package_id: "1103".into(),
        method: Method::Wechat,
        trade,
        return_url: "http://127.0.0.1:9/orders/1".into(),
        notify_url: "http://127.0.0.1:9/notify".into(),
        expires_at: now().plus_ms(900_000),
    }
}

fn is_unreachable(result: &Result<(), UpstreamError>) -> bool {
    matches!(result, Err(UpstreamError::Unreachable(_)))
}

fn is_unknown(result: &Result<(), UpstreamError>) -> bool {
    matches!(result, Err(UpstreamError::Unknown(_)))
}

#[tokio::test]
async fn row_50_a_hundred_callers_fetch_one_token() {
    let platform = Platform::start().await;
    platform
        .control(
            "faults",
            json!({ "route": TOKEN, "kind": "delay", "ms": 200 }),
        )
        .await;
    for result in platform.ask_at_once(100).await {
        assert_eq!(result, Ok(()));
    }
    assert_eq!(
        (platform.fetches().await, platform.calls(ORDERS).await),
        (1, 100)
    );
}

#[tokio::test]
async fn row_50_a_hundred_callers_share_a_token_that_is_already_over() {
    let platform = Platform::start().await;
    platform.control("token", json!({ "expires_in": 0 })).await;
    platform
        .control(
            "faults",
            json!({ "route": TOKEN, "kind": "delay", "ms": 200 }),
        )
        .await;
    for result in platform.ask_at_once(100).await {
        assert_eq!(result, Ok(()));
    }
    assert_eq!(platform.fetches().await, 1);
}

#[tokio::test]
async fn row_50_a_hundred_callers_share_a_failure() {
    let platform = Platform::start_with(|config| config.timeout_ms = 300).await;
    platform.fault(TOKEN, "hang", 0).await;
    let results = platform.ask_at_once(100).await;
    assert!(results.iter().all(is_unreachable), "{results:?}");
    assert_eq!(
        (platform.calls(TOKEN).await, platform.calls(ORDERS).await),
        (1, 0)
    );
    platform.control("faults/clear", json!({})).await;
    assert_eq!(platform.ask().await, Ok(()));
}

#[tokio::test]
async fn row_50_every_spelling_of_the_token() {
    for multipart in [true, false] {
        for field in ["client_Id", "client_id"] {
            for spelling in ["expires_in", "expire_in"] {
                let platform = Platform::start_with(|config| {
                    config.token_multipart = multipart;
                    config.client_id_field = field.into();
                })
                .await;
                platform
                    .control(
                        "token",
                        json!({ "spelling": spelling, "token_type": "bEARER" }),
                    )
                    .await;
                assert_eq!(
                    platform.ask().await,
                    Ok(()),
                    "{multipart} {field} {spelling}"
                );
                assert_eq!(
                    platform.ask().await,
                    Ok(()),
                    "{multipart} {field} {spelling}"
                );
                assert_eq!(
                    platform.fetches().await,
                    1,
                    "{multipart} {field} {spelling}"
                );
            }
        }
    }
}

#[tokio::test]
async fn row_50_a_lifetime_that_makes_no_sense_stops_nothing() {
    let check = async |expires_in: Value, fetches: u64| {
        let platform = Platform::start().await;
        platform
            .control("token", json!({ "expires_in": expires_in }))
            .await;
        for _ in 0..3 {
            assert_eq!(platform.ask().await, Ok(()), "{expires_in}");
        }
        assert_eq!(platform.fetches().await, fetches, "{expires_in}");
    };
    check(json!(0), 3).await;
    check(json!(-1), 3).await;
    check(json!(null), 3).await;
    check(json!("soon"), 3).await;
    check(json!(u64::MAX), 1).await;
    check(json!(1e300), 1).await;
    check(json!("7200"), 1).await;
}

#[tokio::test]
async fn row_50_a_token_is_replaced_before_its_end() {
    let platform = Platform::start().await;
    platform.control("token", json!({ "expires_in": 2 })).await;
    assert_eq!(platform.ask().await, Ok(()));
    assert_eq!(platform.ask().await, Ok(()));
    assert_eq!(platform.fetches().await, 1);
    tokio::time::sleep(Duration::from_millis(1700)).await;
    assert_eq!(platform.ask().await, Ok(()));
    assert_eq!(platform.fetches().await, 2);
    // The second token is due again, but the endpoint is down: what is still good is used.
    tokio::time::sleep(Duration::from_millis(1650)).await;
    platform.fault(TOKEN, "http_500", 0).await;
    assert_eq!(platform.ask().await, Ok(()));
    assert_eq!(
        (platform.fetches().await, platform.calls(TOKEN).await),
        (2, 3)
    );
}

#[tokio::test]
async fn row_50_a_401_costs_one_refresh_and_one_retry() {
    let platform = Platform::start().await;
    assert_eq!(platform.ask().await, Ok(()));
    platform.fault(ORDERS, "unauthorized", 1).await;
    assert_eq!(platform.ask().await, Ok(()));
    assert_eq!(
        (platform.fetches().await, platform.calls(ORDERS).await),
        (2, 3)
    );
    platform.fault(ORDERS, "unauthorized", 0).await;
    assert!(is_unreachable(&platform.ask().await));
    assert_eq!(
        (platform.fetches().await, platform.calls(ORDERS).await),
        (3, 5)
    );
}

#[tokio::test]
async fn row_50_a_payment_that_met_a_401_is_made_once() {
    let platform = Platform::start().await;
    platform.fault(PAYMENT, "unauthorized", 1).await;
    platform
        .shingsou
        .create_payment(&payment("P1", Trade::Link))
        .await
        .expect("a payment");
    let ledger = platform.ledger().await;
    assert_eq!(ledger["payments"].as_array().map(Vec::len), Some(1));
    assert_eq!(ledger["calls"][PAYMENT], 2);
}

#[tokio::test]
async fn row_50_a_hundred_callers_with_a_revoked_token_refresh_once() {
    let platform = Platform::start().await;
    assert_eq!(platform.ask().await, Ok(()));
    platform
        .control("token", json!({ "revoke_all": true }))
        .await;
    for result in platform.ask_at_once(100).await {
        assert_eq!(result, Ok(()));
    }
    assert_eq!(platform.fetches().await, 2);
}

#[tokio::test]
async fn row_50_no_token_no_call() {
    let check = async |kind: &str| {
        let platform = Platform::start_with(|config| config.timeout_ms = 300).await;
        platform.fault(TOKEN, kind, 0).await;
        let result = platform
            .shingsou
            .create_payment(&payment("P1", Trade::Link))
            .await
            .map(drop);
        assert!(is_unreachable(&result), "{kind}: {result:?}");
        assert_eq!(platform.calls(PAYMENT).await, 0, "{kind}");
    };
    for kind in [
        "http_500",
        "http_502_html",
        "empty_200",
        "bad_json",
        "unauthorized",
        "hang",
    ] {
        check(kind).await;
    }
    let platform = Platform::start().await;
    platform
        .control("token", json!({ "token_type": "mac" }))
        .await;
    assert!(is_unreachable(&platform.ask().await));
    assert_eq!(platform.calls(ORDERS).await, 0);
}

#[tokio::test]
async fn row_50_wrong_credentials_are_told_without_showing_them() {
    let check = async |expected: &str, change: fn(&mut config::Shingsou)| {
        let platform = Platform::start_with(change).await;
        let error = platform.ask().await.expect_err("a failure");
        assert_eq!(
            error.to_string(),
            format!("the card platform cannot be reached: {expected}")
        );
    };
    check("no token: HTTP 400 (invalid_client)", |config| {
        config.client_secret = Secret::from("wrong".to_owned());
    })
    .await;
    check("HTTP 401", |config| {
        config.subscription_key = Secret::from("wrong".to_owned());
    })
    .await;
    check("HTTP 404", |config| {
        config.api_base = config.api_base.join("elsewhere/").expect("an address");
    })
    .await;
    check("no connection", |config| {
        config.api_base = "http://127.0.0.1:1".parse().expect("an address");
    })
    .await;
    check("no token: no connection", |config| {
        config.identity_base = "http://127.0.0.1:1".parse().expect("an address");
    })
    .await;
}

#[tokio::test]
async fn row_50_an_answer_that_is_none_leaves_the_effect_unknown() {
    for kind in [
        "http_500",
        "http_502_html",
        "empty_200",
        "bad_json",
        "hang",
        "timeout_after_effect",
        "business",
    ] {
        let platform = Platform::start_with(|config| config.timeout_ms = 500).await;
        platform.fault(PAYMENT, kind, 1).await;
        let request = payment("P1", Trade::Link);
        let result = platform.shingsou.create_payment(&request).await.map(drop);
        assert!(is_unknown(&result), "{kind}: {result:?}");
        assert_eq!(platform.calls(PAYMENT).await, 1, "{kind}");
        let found = platform.shingsou.find_order("P1").await.expect("an answer");
        assert_eq!(found.is_some(), kind == "timeout_after_effect", "{kind}");
    }
}

#[tokio::test]
async fn row_50_a_refusal_is_told_by_its_code() {
    let platform = Platform::start().await;
    let fault = json!({ "route": ORDERS, "kind": "business", "code": 10_999, "message": "坏了" });
    platform.control("faults", fault).await;
    let refused = UpstreamError::Refused {
        code: 10_999,
        message: "坏了".into(),
    };
    assert_eq!(platform.ask().await, Err(refused));

    let unknown = platform
        .shingsou
        .card(&card("89860000000000000000"))
        .await
        .expect_err("a refusal");
    assert!(unknown.is_refusal(code::NOT_FOUND), "{unknown}");

    let request = PaymentRequest {
        card: card(TERMINATED_CARD),
        ..payment("P1", Trade::Link)
    };
    let terminated = platform
        .shingsou
        .create_payment(&request)
        .await
        .expect_err("a refusal");
    assert!(terminated.is_refusal(code::CARD_TERMINATED), "{terminated}");

    platform
        .control("product", json!({ "productId": "1103", "onSale": false }))
        .await;
    let gone = platform
        .shingsou
        .create_payment(&payment("P2", Trade::Link))
        .await;
    assert!(
        gone.expect_err("a refusal")
            .is_refusal(code::PRODUCT_NOT_ON_SALE)
    );
}

#[tokio::test]
async fn the_catalog_is_read_exactly() {
    let platform = Platform::start().await;
    platform
        .control("product", json!({ "productId": "1101", "onSale": false }))
        .await;
    let categories = platform
        .shingsou
        .categories_and_packages()
        .await
        .expect("a catalog");
    let ids: Vec<&str> = categories
        .iter()
        .map(|category| category.id.as_str())
        .collect();
    assert_eq!(ids, ["11", "12", "21", "22", "31", "32"]);
    assert_eq!(
        (categories[0].carrier, categories[0].reset_rule),
        (Carrier::Mobile, ResetRule::Monthly)
    );
    assert_eq!(
        (categories[5].carrier, categories[5].reset_rule),
        (Carrier::Telecom, ResetRule::Cumulative)
    );
    let prices: Vec<i64> = categories[0]
        .packages
        .iter()
        .map(|package| package.price_fen.0)
        .collect();
    assert_eq!(prices, [1800, 2410, 3000, 4100, 5300]);
    let third = &categories[1].packages[2];
    assert!(
        third.sold_out && !categories[1].packages[0].sold_out,
        "{third:?}"
    );
    assert_eq!(categories[1].packages[1].original_fen, Some(Fen(11_800)));
}

#[tokio::test]
async fn a_card_is_read_from_three_answers() {
    let platform = Platform::start().await;
    let known = platform.shingsou.card(&card(CARD)).await.expect("a card");
    assert_eq!(
        known.usage.map(|usage| (usage.used_mb, usage.total_mb)),
        Some((1557, 2048))
    );
    assert_eq!(
        (known.carrier, known.state.code.as_str()),
        (Carrier::Mobile, "0")
    );
    assert_eq!(known.realname.state, RealnameState::Passed);
    let silent = platform
        .shingsou
        .card(&card("89861120220045678016"))
        .await
        .expect("a card");
    assert_eq!((silent.carrier, silent.usage), (Carrier::Telecom, None));
    platform
        .fault("GET /cards/FlowCard/Status", "http_500", 1)
        .await;
    assert!(is_unknown(
        &platform.shingsou.card(&card(CARD)).await.map(drop)
    ));
}

#[tokio::test]
async fn a_registration_and_the_announcements() {
    let platform = Platform::start().await;
    let submission = RealnameSubmission {
        number: card("89861120220045678008"),
        name: "张三".into(),
        id_number: "11010519491231002x".into(),
        phone: "13800138000".into(),
    };
    let state = platform.shingsou.submit_realname(&submission).await;
    assert_eq!(state, Ok(RealnameState::Pending));
    let notices = platform.shingsou.notices().await.expect("announcements");
    assert!(!notices.is_empty());
    assert!(notices.is_sorted_by_key(|notice| std::cmp::Reverse(notice.published_at)));
}

#[tokio::test]
async fn a_payment_is_created_and_found() {
    let platform = Platform::start().await;
    let by_link = platform
        .shingsou
        .create_payment(&payment("P1", Trade::Link))
        .await
        .expect("a link");
    assert_eq!(by_link.total, Fen(2410));
    assert!(
        by_link.url.starts_with(platform.sandbox.url()),
        "{}",
        by_link.url
    );
    let by_code = platform
        .shingsou
        .create_payment(&payment("P1", Trade::Code))
        .await
        .expect("a code");
    assert_eq!(by_code.total, Fen(2410));

    let found = platform
        .shingsou
        .find_order("P1")
        .await
        .expect("an answer")
        .expect("an order");
    assert_eq!(
        (found.status, found.total, found.paid_at),
        (PlatformStatus::Unpaid, Fen(2410), None)
    );
    assert_eq!(found.product_id.as_deref(), Some("1103"));

    platform.control("credit", json!({ "mode": "never" })).await;
    platform.control("pay", json!({ "outTradeNo": "P1" })).await;
    let paid = platform
        .shingsou
        .find_order("P1")
        .await
        .expect("an answer")
        .expect("an order");
    assert!(
        matches!(
            paid.status,
            PlatformStatus::Paid | PlatformStatus::Crediting
        ),
        "{paid:?}"
    );
    assert_eq!(paid.transaction_id.map(|id| id.len()), Some(28));
    assert!(paid.paid_at.is_some());
}
