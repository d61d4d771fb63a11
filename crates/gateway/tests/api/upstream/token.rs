//! One token for all callers, fetched once and replaced in time.

use std::time::Duration;

use gateway::upstream::shingsou::Trade;
use serde_json::{Value, json};

use super::{ORDERS, PAYMENT, Platform, TOKEN, is_unreachable, payment};

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
