use std::time::Duration;

use reqwest::header::LOCATION;
use serde_json::{Value, json};

use crate::client::{CARD, Partner};

#[tokio::test]
async fn paying_by_link_leads_back_to_the_shop_and_credits_once() {
    let partner = Partner::new().await;
    let page = partner.open("A1").await;
    let text = partner.text(&page).await;
    for shown in [
        "¥18.00",
        "2GB 月清零",
        "支付宝",
        "确认付款",
        "取消付款",
        "付款但丢失通知",
    ] {
        assert!(text.contains(shown), "{shown}");
    }
    assert!(!text.contains(CARD), "the whole card number is shown");

    for _ in 0..2 {
        let answer = partner.press(&page, "pay", "link").await;
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers()[LOCATION], "http://127.0.0.1:1/back?a=1");
    }
    let order = partner.order_when("A1", "credited").await;
    assert_eq!(order["transactionId"].as_str().unwrap().len(), 28);
    assert!(order["payTime"].is_string() && order["creditTime"].is_string());
    let ledger = partner.ledger().await;
    assert_eq!(
        ledger["credits"],
        json!([{ "outTradeNo": "A1", "cardNo": CARD, "dataVolume": 2048, "times": 1 }])
    );
    let data = partner
        .get(&format!("/cards/FlowCard/Data?cardNo={CARD}"))
        .await;
    assert_eq!(data["data"]["total"], 4096.0);
    let text = partner.text(&page).await;
    assert!(
        text.contains("付款成功") && text.contains(r#"class="outcome good""#),
        "{text}"
    );
}

#[tokio::test]
async fn paying_by_code_says_so_on_the_page() {
    let partner = Partner::new().await;
    let page = format!("{}?via=code", partner.open("B1").await);
    assert!(partner.text(&page).await.contains("确认付款"));
    let answer = partner.press(&page, "pay", "code").await;
    assert_eq!(answer.status(), 303);
    let next = partner.url(answer.headers()[LOCATION].to_str().unwrap());
    let text = partner.text(&next).await;
    assert!(
        text.contains("付款成功") && !text.contains("返回商家"),
        "{text}"
    );
}

#[tokio::test]
async fn a_cancelled_payment_stays_unpaid() {
    let partner = Partner::new().await;
    let page = partner.open("C1").await;
    let answer = partner.press(&page, "cancel", "link").await;
    assert_eq!(answer.headers()[LOCATION], "http://127.0.0.1:1/back?a=1");
    assert_eq!(partner.order("C1").await["status"], "closed");
    assert!(partner.text(&page).await.contains("已取消"));
    partner.press(&page, "pay", "link").await;
    assert_eq!(partner.order("C1").await["transactionId"], Value::Null);

    let answer = partner.control("pay", json!({ "outTradeNo": "C1" })).await;
    assert_eq!(answer.0, 409);
    let answer = partner
        .control("pay", json!({ "outTradeNo": "C1", "force": true }))
        .await;
    assert_eq!((answer.0, &answer.1["status"]), (200, &json!("paid")));
}

#[tokio::test]
async fn an_expired_payment_can_only_be_forced() {
    let partner = Partner::new().await;
    let soon = std::time::SystemTime::now() + Duration::from_millis(400);
    let soon = time::OffsetDateTime::from(soon);
    let format = &time::format_description::well_known::Rfc3339;
    let mut request = partner.request("D1");
    request["timeExpire"] = soon.format(format).unwrap().into();
    let answer = partner.post("/payment/Payment", request).await;
    let page = answer["data"]["payUrl"].as_str().unwrap();
    assert!(partner.text(page).await.contains("确认付款"));
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert!(partner.text(page).await.contains("付款已过期"));
    partner.press(page, "pay", "link").await;
    assert_eq!(partner.order("D1").await["status"], "closed");
    partner
        .control("pay", json!({ "outTradeNo": "D1", "force": true }))
        .await;
    partner.order_when("D1", "credited").await;
}

#[tokio::test]
async fn two_payments_of_one_card_are_both_paid() {
    let partner = Partner::new().await;
    for number in ["E1", "E2"] {
        let page = partner.open(number).await;
        partner.press(&page, "pay", "link").await;
    }
    for number in ["E1", "E2"] {
        partner.order_when(number, "credited").await;
    }
    assert_eq!(
        partner.ledger().await["credits"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn an_unknown_payment_has_a_page_too() {
    let partner = Partner::new().await;
    let answer = partner
        .http
        .get(partner.url("/pay/nobody"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 404);
    assert!(answer.text().await.unwrap().contains("付款不存在"));
}
