use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{CARD, PACKAGE, Partner};

#[tokio::test]
async fn the_catalog_and_the_cards_can_be_changed_and_put_back() {
    let partner = Partner::new().await;
    let product =
        || async { partner.get("/payment/Product?take=1&skip=1").await["data"][0].clone() };
    let before = product().await;
    for price in [json!("19.9"), json!(19.9)] {
        partner
            .control("price", json!({ "productId": PACKAGE, "price": price }))
            .await;
        assert_eq!(product().await["price"], 19.9);
        partner
            .control("price", json!({ "productId": PACKAGE, "price": 18 }))
            .await;
    }
    partner
        .control(
            "product",
            json!({ "productId": PACKAGE, "onSale": false, "stock": 3 }),
        )
        .await;
    assert_eq!(
        (&product().await["onSale"], &product().await["stock"]),
        (&json!(false), &json!(3))
    );
    let answer = partner
        .post("/payment/Payment", partner.request("A1"))
        .await;
    assert_eq!(answer["code"], 10102);
    partner
        .control("product", json!({ "productId": PACKAGE, "stock": null }))
        .await;
    assert_eq!(
        (&product().await["onSale"], &product().await["stock"]),
        (&json!(false), &Value::Null)
    );

    let card = json!({ "cardNo": CARD, "status": "4", "used": 1.5, "realityStatus": "rejected" });
    partner.control("card", card).await;
    let read = |call: &str| partner.url(&format!("/cards/FlowCard/{call}?cardNo={CARD}"));
    let get = async |call: &str| {
        let answer = partner
            .signed(partner.http.get(read(call)))
            .send()
            .await
            .unwrap();
        answer.json::<Value>().await.unwrap()["data"].clone()
    };
    assert_eq!(get("Status").await["status"], "4");
    assert_eq!(get("Data").await["used"], 1.5);
    assert_eq!(get("Detail").await["realityStatus"], "rejected");

    for (path, order) in [
        ("price", json!({ "productId": "nothing", "price": 1 })),
        ("card", json!({ "cardNo": "nobody" })),
        ("pay", json!({ "outTradeNo": "nobody" })),
    ] {
        assert_eq!(partner.control(path, order).await.0, 404, "{path}");
    }
    let order = json!({ "productId": PACKAGE, "price": "1.234" });
    assert_eq!(partner.control("price", order).await.0, 422);

    let mut partner = partner;
    partner.control("reset", json!({})).await;
    partner.renew_token().await;
    let after = partner.get("/payment/Product?take=1&skip=1").await["data"][0].clone();
    assert_eq!(after, before);
}

#[tokio::test]
async fn another_amount_can_be_reported() {
    let partner = Partner::new().await;
    partner.open("B1").await;
    let order = json!({ "outTradeNo": "B1", "total": "17.99", "lose_notice": true });
    let (status, row) = partner.control("pay", order).await;
    assert_eq!((status, &row["total_fen"]), (200, &json!(1799)));
    assert_eq!(partner.order("B1").await["total"], 17.99);
    assert_eq!(
        partner
            .control("pay", json!({ "outTradeNo": "B1" }))
            .await
            .0,
        409
    );
}

#[tokio::test]
async fn the_queue_waits_while_it_is_told_to() {
    let partner = Partner::new().await;
    partner.control("credit", json!({ "mode": "never" })).await;
    partner.open("C1").await;
    partner.control("pay", json!({ "outTradeNo": "C1" })).await;
    partner.order_when("C1", "crediting").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(partner.ledger().await["credits"], json!([]));
    partner.control("credit", json!({ "mode": "normal" })).await;
    partner.order_when("C1", "credited").await;
    assert_eq!(partner.ledger().await["credits"][0]["times"], 1);
}

#[tokio::test]
async fn the_page_shows_the_ledger_and_other_pages_cannot_give_orders() {
    let partner = Partner::new().await;
    partner.open("D1").await;
    let page = partner.text(&partner.url("/_control")).await;
    assert!(page.contains("D1") && page.contains("接口故障"));
    let forged = partner
        .http
        .post(partner.url("/_control/reset"))
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 415);
    assert_eq!(partner.text(&partner.url("/healthz")).await, "ok");
}

#[tokio::test]
async fn what_is_not_served_is_not_found() {
    let partner = Partner::new().await;
    for request in [
        partner.http.get(partner.url("/payment/Nothing")),
        partner.http.delete(partner.url("/payment/Order")),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 404);
        assert_eq!(answer.json::<Value>().await.unwrap()["statusCode"], 404);
    }
}

#[tokio::test]
async fn several_run_at_once_and_a_dropped_one_is_gone() {
    let (one, other) = (Partner::new().await, Partner::new().await);
    one.open("E1").await;
    assert_eq!(other.ledger().await["payments"], json!([]));
    let address = one.url("/healthz");
    let http = one.http.clone();
    one.sandbox.shutdown();
    for _ in 0..100 {
        if http.get(&address).send().await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it still answers");
}
