use serde_json::{Value, json};

use crate::client::{CARD, Partner};

#[tokio::test]
async fn the_catalog_is_paged() {
    let partner = Partner::new().await;
    let categories = partner.get("/payment/Product/Categories").await;
    assert_eq!(categories["data"].as_array().unwrap().len(), 6);
    assert_eq!(categories["data"][4]["name"], "电信 - 月清零");

    let page = partner.get("/payment/Product").await;
    assert_eq!(
        (&page["take"], &page["skip"], &page["total"]),
        (&json!(10), &json!(0), &json!(30))
    );
    let page = partner
        .get("/payment/Product?q.categoryId=11&skip=2&take=2")
        .await;
    assert_eq!(
        (&page["take"], &page["skip"], &page["total"]),
        (&json!(2), &json!(2), &json!(6))
    );
    let ids: Vec<_> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["id"])
        .collect();
    assert_eq!(ids, ["1103", "1104"]);
    assert_eq!(page["data"][1]["originalPrice"], 36);

    for query in [
        "take=0",
        "take=2001",
        "skip=-1",
        "take=x",
        "asc=maybe",
        "startTime=1.1.2026",
    ] {
        assert_eq!(
            partner.get(&format!("/payment/Product?{query}")).await["code"],
            422,
            "{query}"
        );
    }
}

#[tokio::test]
async fn money_is_a_decimal_number_of_yuan() {
    let partner = Partner::new().await;
    let answer = partner.signed(
        partner
            .http
            .get(partner.url("/payment/Product?q.categoryId=11")),
    );
    let text = answer.send().await.unwrap().text().await.unwrap();
    for price in [r#""price":18,"#, r#""price":24.1,"#] {
        assert!(text.contains(price), "{text}");
    }
}

#[tokio::test]
async fn the_same_number_is_the_same_payment() {
    let partner = Partner::new().await;
    let first = partner
        .post("/payment/Payment", partner.request("A1"))
        .await["data"]
        .clone();
    assert_eq!(first["total"], 18);
    assert_eq!(
        first["payUrl"].as_str().unwrap(),
        partner.url(&format!("/pay/{}", first["paymentId"].as_str().unwrap()))
    );

    let mut by_code = partner.request("A1");
    by_code["tradeType"] = "code".into();
    by_code["cardNo"] = "1064912345678".into();
    let again = partner.post("/payment/Payment", by_code).await["data"].clone();
    assert_eq!(again["paymentId"], first["paymentId"]);
    assert_eq!(again["payUrl"], Value::Null);
    assert!(again["codeUrl"].as_str().unwrap().ends_with("?via=code"));

    for (field, value) in [
        ("productId", "1103"),
        ("channel", "wechat"),
        ("cardNo", "898607B2091701418585"),
    ] {
        let mut other = partner.request("A1");
        other[field] = value.into();
        let answer = partner.post("/payment/Payment", other).await;
        assert_eq!(
            (&answer["code"], &answer["message"]),
            (&json!(422), &json!("outTradeNo已存在"))
        );
    }
    assert_eq!(
        partner.ledger().await["payments"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn what_cannot_be_sold_is_refused() {
    let partner = Partner::new().await;
    for (field, value, code) in [
        ("cardNo", json!("89860000000000000000"), 404),
        ("cardNo", json!("89860023152003456707"), 10101),
        ("productId", json!("9999"), 10102),
        ("productId", json!("1203"), 10102),
        ("productId", json!("2101"), 422),
        ("outTradeNo", json!("A-1"), 422),
        ("outTradeNo", json!("A".repeat(33)), 422),
        ("outTradeNo", json!(""), 422),
        ("channel", json!("cash"), 422),
        ("returnUrl", json!("javascript:alert(1)"), 422),
        ("returnUrl", Value::Null, 422),
        ("notifyUrl", json!("/notify"), 422),
        ("timeExpire", json!("2020-01-01T00:00:00+08:00"), 422),
        ("timeExpire", json!("tomorrow"), 422),
    ] {
        let mut request = partner.request("B1");
        request[field] = value;
        let answer = partner.post("/payment/Payment", request.clone()).await;
        assert_eq!(answer["code"], code, "{request}");
        assert_eq!(answer["data"], Value::Null);
    }
    assert_eq!(partner.ledger().await["payments"], json!([]));
}

#[tokio::test]
async fn orders_are_found_by_number_and_by_card() {
    let partner = Partner::new().await;
    partner.open("C1").await;
    partner.open("C2").await;
    let order = partner.order("C1").await;
    assert_eq!(order["iccid"], CARD);
    assert_eq!(order["productName"], "2GB 月清零");
    assert_eq!(
        (&order["status"], &order["transactionId"]),
        (&json!("unpaid"), &Value::Null)
    );
    assert!(order["createTime"].as_str().unwrap().ends_with("+08:00"));

    let nobody = partner.get("/payment/Order?q.outTradeNo=C3").await;
    assert_eq!(
        (&nobody["code"], &nobody["total"], &nobody["data"]),
        (&json!(200), &json!(0), &json!([]))
    );
    let of_card = partner.get("/payment/Order?q.cardNo=1064912345678").await;
    let numbers: Vec<_> = of_card["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["outTradeNo"])
        .collect();
    assert_eq!(numbers, ["C2", "C1"]);
    assert_eq!(partner.get("/payment/Order?q.cardNo=1").await["total"], 0);
    assert_eq!(
        partner.get("/payment/Order?endTime=2020-01-01").await["total"],
        0
    );
}
