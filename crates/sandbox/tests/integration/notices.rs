use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Partner;

#[tokio::test]
async fn a_payment_and_its_credit_are_noticed() {
    let partner = Partner::new().await;
    let page = partner.open("A1").await;
    partner.press(&page, "pay", "link").await;
    let notices = partner.notices(2).await;
    let order = partner.order("A1").await;
    let mut statuses: Vec<_> = notices
        .iter()
        .map(|n| n["status"].as_str().unwrap())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["credited", "paid"]);
    for notice in &notices {
        assert_eq!(notice["transactionId"], order["transactionId"]);
        assert_eq!(notice["total"], 18);
        assert_eq!(notice["payTime"], order["payTime"]);
    }
    assert_ne!(notices[0]["noticeId"], notices[1]["noticeId"]);
}

#[tokio::test]
async fn a_notice_that_is_not_accepted_comes_again() {
    let partner = Partner::new().await;
    partner.control("credit", json!({ "mode": "never" })).await;
    partner.answer_notices("SUCCESS");
    let page = partner.open("B1").await;
    partner.press(&page, "pay", "link").await;
    assert_eq!(partner.notices(1).await.len(), 1);
    partner.answer_notices("success");
    tokio::time::sleep(Duration::from_millis(1_900)).await;
    let notices = partner.notices(2).await;
    assert_eq!(notices[0], notices[1]);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let row = partner.ledger().await["payments"][0].clone();
    assert_eq!(
        (&row["notices_sent"], &row["notices_accepted"]),
        (&json!(2), &json!(1))
    );
}

#[tokio::test]
async fn notices_are_lost_doubled_and_flooded() {
    let partner = Partner::new().await;
    partner.control("credit", json!({ "mode": "never" })).await;
    let page = partner.open("C1").await;
    partner.press(&page, "pay_unnoticed", "link").await;
    partner.control("notices", json!({ "mode": "lose" })).await;
    partner.open("C2").await;
    partner.control("pay", json!({ "outTradeNo": "C2" })).await;
    assert_eq!(partner.order("C1").await["status"], "crediting");

    partner
        .control("notices", json!({ "mode": "double" }))
        .await;
    partner.open("C3").await;
    partner.control("pay", json!({ "outTradeNo": "C3" })).await;
    let notices = partner.notices(2).await;
    assert!(
        notices.iter().all(|notice| notice["outTradeNo"] == "C3"),
        "{notices:?}"
    );

    partner
        .control("notices", json!({ "mode": "flood", "count": 70 }))
        .await;
    partner.open("C4").await;
    partner.control("pay", json!({ "outTradeNo": "C4" })).await;
    let notices = partner.notices(72).await;
    assert_eq!(notices.len(), 72);
}

#[tokio::test]
async fn a_notice_is_sent_by_hand() {
    let partner = Partner::new().await;
    partner.open("D1").await;
    let order = json!({
        "outTradeNo": "D1", "times": 20, "concurrency": 8,
        "body": { "total": 17.99, "status": "paid", "payTime": null },
    });
    let (status, sent) = partner.control("send_notice", order).await;
    assert_eq!((status, &sent["accepted"]), (200, &json!(20)));
    assert_eq!(
        sent["answers"][19],
        json!({ "status": 200, "body": "success" })
    );
    let notices = partner.notices(20).await;
    assert_eq!(notices[0]["total"], 17.99);
    assert!(
        notices[0]
            .as_object()
            .unwrap()
            .contains_key("transactionId")
    );
    assert!(!notices[0].as_object().unwrap().contains_key("payTime"));

    partner
        .control(
            "send_notice",
            json!({ "outTradeNo": "D1", "body": "not json" }),
        )
        .await;
    assert_eq!(
        partner.notices(21).await[20],
        Value::String("not json".into())
    );
    assert_eq!(
        partner
            .control("send_notice", json!({ "outTradeNo": "D2" }))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_failed_credit_is_refunded() {
    let partner = Partner::new().await;
    partner.control("credit", json!({ "mode": "fail" })).await;
    partner.open("E1").await;
    partner.control("pay", json!({ "outTradeNo": "E1" })).await;
    partner.order_when("E1", "failed").await;
    partner
        .control("credit", json!({ "mode": "refund_after_fail" }))
        .await;
    partner.open("E2").await;
    partner.control("pay", json!({ "outTradeNo": "E2" })).await;
    partner.order_when("E2", "refunded").await;
    assert_eq!(partner.order("E1").await["status"], "failed");
    let statuses: Vec<_> = partner
        .notices(5)
        .await
        .iter()
        .map(|n| n["status"].as_str().unwrap().to_owned())
        .collect();
    assert!(statuses.contains(&"refunded".to_owned()), "{statuses:?}");
    assert_eq!(partner.ledger().await["credits"], json!([]));
}
