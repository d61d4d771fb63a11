use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::{Value, json};

use crate::client::Partner;

const ROUTE: &str = "POST /payment/Payment";

async fn fault(partner: &Partner, fault: Value) {
    let mut order = fault;
    order["route"] = ROUTE.into();
    assert_eq!(partner.control("faults", order).await.0, 200);
}

async fn ask(partner: &Partner, number: &str, patience: u64) -> reqwest::Result<Response> {
    partner
        .signed(partner.http.post(partner.url("/payment/Payment")))
        .json(&partner.request(number))
        .timeout(Duration::from_millis(patience))
        .send()
        .await
}

async fn payments(partner: &Partner) -> usize {
    partner.ledger().await["payments"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_answer_is_spoilt_once() {
    let partner = Partner::new().await;
    for (kind, status, body) in [
        ("http_500", 500, "statusCode"),
        ("http_502_html", 502, "<html>"),
        ("empty_200", 200, ""),
        ("bad_json", 200, "\"data\":{"),
        ("business", 200, "\"code\":10102"),
        ("unauthorized", 401, "statusCode"),
    ] {
        let order = json!({ "kind": kind, "code": 10102, "message": "已下架" });
        fault(&partner, order).await;
        let answer = ask(&partner, "A1", 1_000).await.unwrap();
        assert_eq!(answer.status(), status, "{kind}");
        let text = answer.text().await.unwrap();
        assert!(
            text.contains(body) && text.is_empty() == body.is_empty(),
            "{kind}: {text}"
        );
        assert_eq!(payments(&partner).await, 0, "{kind}");
    }
    assert_eq!(ask(&partner, "A1", 1_000).await.unwrap().status(), 200);
    assert_eq!(payments(&partner).await, 1);
    assert_eq!(partner.ledger().await["calls"][ROUTE], 7);
}

#[tokio::test]
async fn a_call_is_late_or_hangs() {
    let partner = Partner::new().await;
    fault(&partner, json!({ "kind": "delay", "ms": 120 })).await;
    let asked = Instant::now();
    assert_eq!(ask(&partner, "B1", 2_000).await.unwrap().status(), 200);
    assert!(asked.elapsed() >= Duration::from_millis(120));

    fault(&partner, json!({ "kind": "hang" })).await;
    assert!(ask(&partner, "B2", 100).await.unwrap_err().is_timeout());
    assert_eq!(payments(&partner).await, 1);

    fault(&partner, json!({ "kind": "timeout_after_effect" })).await;
    assert!(ask(&partner, "B3", 100).await.unwrap_err().is_timeout());
    assert_eq!(partner.order("B3").await["status"], "unpaid");
}

#[tokio::test]
async fn faults_wait_in_line_until_they_are_cleared() {
    let partner = Partner::new().await;
    fault(&partner, json!({ "kind": "http_500", "times": 2 })).await;
    fault(&partner, json!({ "kind": "unauthorized", "times": 0 })).await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(ask(&partner, "C1", 1_000).await.unwrap().status().as_u16());
    }
    assert_eq!(seen, [500, 500, 401, 401, 401]);
    partner.control("faults/clear", json!({})).await;
    assert_eq!(ask(&partner, "C1", 1_000).await.unwrap().status(), 200);

    partner
        .control(
            "faults",
            json!({ "route": "*", "kind": "http_500", "times": 0 }),
        )
        .await;
    assert_eq!(ask(&partner, "C1", 1_000).await.unwrap().status(), 500);
    let answer = partner
        .control("faults", json!({ "route": "GET /nowhere", "kind": "hang" }))
        .await;
    assert_eq!(answer.0, 422);
    let answer = partner
        .control("faults", json!({ "route": ROUTE, "kind": "explode" }))
        .await;
    assert_eq!(answer.0, 422);
}
