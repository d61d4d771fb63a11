//! The recharge call for money that the partner took itself.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{CARD, PACKAGE, Partner};

const TERMINATED: &str = "89860023152003456707";

fn order(number: &str) -> Value {
    json!({ "outRechargeNo": number, "cardNo": CARD, "productId": PACKAGE })
}

async fn query(partner: &Partner, number: &str) -> Value {
    partner
        .get(&format!("/cards/Recharge?outRechargeNo={number}"))
        .await
}

async fn ended(partner: &Partner, number: &str) -> Value {
    for _ in 0..300 {
        let answer = query(partner, number).await;
        if answer["data"]["status"].as_u64() > Some(1) {
            return answer["data"].clone();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{number} does not end");
}

async fn total(partner: &Partner) -> f64 {
    let data = partner
        .get(&format!("/cards/FlowCard/Data?cardNo={CARD}"))
        .await;
    data["data"]["total"].as_f64().unwrap()
}

#[tokio::test]
async fn the_card_is_credited_once_however_often_it_is_ordered() {
    let partner = Partner::with_delay(Duration::from_millis(200)).await;
    let before = total(&partner).await;
    let answer = partner.post("/cards/Recharge", order("R1")).await;
    assert_eq!(
        (&answer["code"], &answer["data"]["status"]),
        (&json!(200), &json!(0))
    );
    for _ in 0..3 {
        let again = partner.post("/cards/Recharge", order("R1")).await;
        assert_eq!(again["code"], 409);
    }
    let done = ended(&partner, "R1").await;
    assert_eq!(
        done,
        json!({
            "outRechargeNo": "R1", "cardNo": CARD, "productId": PACKAGE, "status": 2, "failCode": null,
        })
    );
    assert_eq!(total(&partner).await, before + 2048.0);
    assert_eq!(
        partner.post("/cards/Recharge", order("R1")).await["code"],
        409
    );
    let ledger = partner.ledger().await;
    assert_eq!(
        ledger["recharges"],
        json!([{
            "outRechargeNo": "R1", "cardNo": CARD, "productId": PACKAGE, "status": "credited",
            "credits": 1,
        }])
    );
    assert_eq!(ledger["calls"]["POST /cards/Recharge"], 5);
    assert_eq!(ledger["payments"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_recharged_is_refused_by_its_code() {
    let partner = Partner::new().await;
    partner.post("/cards/Recharge", order("R1")).await;
    for (change, expected) in [
        (json!({ "productId": "1103" }), 422),
        (json!({ "cardNo": "89860403101872720478" }), 422),
        (json!({ "outRechargeNo": "R2", "cardNo": "nobody" }), 404),
        (
            json!({ "outRechargeNo": "R2", "cardNo": TERMINATED }),
            10101,
        ),
        (json!({ "outRechargeNo": "R2", "productId": "9999" }), 10102),
        (json!({ "outRechargeNo": "R2", "productId": "1203" }), 10102),
        (json!({ "outRechargeNo": "R2", "productId": "2101" }), 422),
        (json!({ "outRechargeNo": "R 2" }), 422),
        (json!({ "outRechargeNo": null }), 422),
    ] {
        let mut changed = order("R1");
        for (name, value) in change.as_object().unwrap() {
            changed[name] = value.clone();
        }
        let answer = partner.post("/cards/Recharge", changed).await;
        assert_eq!(answer["code"], expected, "{change}");
    }
    assert_eq!(query(&partner, "R2").await["code"], 404);
    assert_eq!(query(&partner, "").await["code"], 404);
    let url = partner.url("/cards/Recharge?outRechargeNo=R1");
    let stranger = partner.http.get(url).send().await.unwrap();
    assert_eq!(stranger.status(), 401);
}

#[tokio::test]
async fn it_fails_or_waits_as_the_control_says() {
    let partner = Partner::new().await;
    partner.control("credit", json!({ "mode": "never" })).await;
    partner.post("/cards/Recharge", order("R1")).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(query(&partner, "R1").await["data"]["status"], 1);

    partner.control("credit", json!({ "mode": "fail" })).await;
    let failed = ended(&partner, "R1").await;
    assert_eq!(
        (&failed["status"], &failed["failCode"]),
        (&json!(3), &json!(10201))
    );
    partner
        .control("credit", json!({ "mode": "fail", "fail_code": 10999 }))
        .await;
    partner.post("/cards/Recharge", order("R2")).await;
    assert_eq!(ended(&partner, "R2").await["failCode"], 10999);
    let credits = |row: &Value| row["credits"] == 0;
    let ledger = partner.ledger().await;
    assert!(ledger["recharges"].as_array().unwrap().iter().all(credits));
}

#[tokio::test]
async fn an_answer_may_be_lost_after_the_order_was_taken() {
    let partner = Partner::new().await;
    let fault = json!({
        "route": "POST /cards/Recharge", "kind": "timeout_after_effect", "ms": 1,
    });
    partner.control("faults", fault).await;
    let url = partner.url("/cards/Recharge");
    let lost = partner.signed(partner.http.post(url)).json(&order("R1"));
    assert_eq!(lost.send().await.unwrap().status(), 504);
    assert_eq!(ended(&partner, "R1").await["status"], 2);
}
