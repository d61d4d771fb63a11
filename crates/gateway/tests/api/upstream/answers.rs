//! What is made of an answer that is none, and of a refusal.

use gateway::{
    config::{self, Secret},
    upstream::shingsou::{PaymentRequest, Trade, UpstreamError, code},
};
use serde_json::json;

use super::{
    ORDERS, PAYMENT, Platform, TERMINATED_CARD, TOKEN, card, is_unknown, is_unreachable, payment,
};

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
        card_no: TERMINATED_CARD.into(),
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
