//! Asking twice is asking once.

use std::collections::HashSet;

use contract::{ErrorCode, Order, routes};
use futures_util::future::join_all;
use serde_json::json;

use crate::{
    on_both_databases,
    support::{CARD, PACKAGE, PRICE, Shop, shop::problem},
};

on_both_databases! {
    /// Row 31: a hundred repeats at once make one order.
    async fn row_31_a_hundred_repeats_make_one_order(database: Database) {
        let shop = Shop::open(database).await;
        let answers = join_all((0..100).map(|_| shop.order_request("one-purchase-one-key", CARD, PACKAGE, PRICE).send())).await;
        let mut ids = HashSet::new();
        for answer in answers {
            let answer = answer.expect("an answer");
            assert_eq!(answer.status(), 201);
            ids.insert(answer.json::<Order>().await.expect("an order").id);
        }
        assert_eq!(ids.len(), 1);
        let count: i64 = sqlx::query_scalar("select count(*) from orders")
            .fetch_one(shop.gateway.app().db.pool()).await.expect("a count");
        assert_eq!(count, 1);
    }

    /// Row 31: a key that was used for something else.
    async fn row_31_another_request_under_the_same_key_is_refused(database: Database) {
        let shop = Shop::open(database).await;
        let key = "one-key-two-requests";
        assert_eq!(shop.order_request(key, CARD, PACKAGE, PRICE).send().await.expect("an answer").status(), 201);
        for (card, package, price) in [(CARD, "1101", 1200), ("898607B2091701418585", PACKAGE, PRICE), (CARD, PACKAGE, 1)] {
            let answer = shop.order_request(key, card, package, price).send().await.expect("an answer");
            assert_eq!(problem(answer).await.code, ErrorCode::IdempotencyConflict);
        }
        // Typed otherwise, it is the same card.
        let spaced = "8986 07b2 0917 0141 8584";
        assert_eq!(shop.order_request(key, spaced, PACKAGE, PRICE).send().await.expect("an answer").status(), 201);
    }

    /// Row 31: keys that are none.
    async fn row_31_a_bad_key_is_refused(database: Database) {
        let shop = Shop::open(database).await;
        for key in ["", "short", "has a blank in it", &"k".repeat(10_000)] {
            let answer = shop.order_request(key, CARD, PACKAGE, PRICE).send().await.expect("an answer");
            assert_eq!(answer.status(), 400, "{} characters", key.len());
        }
        let body = json!({ "card_number": CARD, "package_id": PACKAGE, "quoted_fen": PRICE });
        let answer = shop.post(routes::ORDERS, &body).send().await.expect("an answer");
        assert_eq!(problem(answer).await.code, ErrorCode::IdempotencyKeyInvalid);
    }

    /// Row 32, on the gateway's side: taps at once make one payment.
    async fn row_32_taps_at_once_make_one_payment(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let body = json!({ "method": "alipay", "host": "mobile_browser" });
        let answers = join_all((0..20).map(|_| shop.post(&routes::order_payments(&order.id), &body).send())).await;
        for answer in answers {
            assert_eq!(answer.expect("an answer").status(), 200);
        }
        assert_eq!(shop.out_trade_nos(&order).await.len(), 1);
        assert_eq!(shop.ledger().await["payments"].as_array().map(Vec::len), Some(1));
    }

    async fn the_same_package_minutes_later_asks_first(database: Database) {
        let shop = Shop::open(database).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        // An order that nobody paid is no purchase.
        let answer = shop.order_request("second-purchase-key-0", CARD, PACKAGE, PRICE).send().await.expect("an answer");
        assert_eq!(answer.status(), 201);
        shop.control("pay", json!({ "outTradeNo": out_trade_no })).await;
        shop.wait_for(&order, contract::OrderState::Credited).await;
        let answer = shop.order_request("second-purchase-key-1", CARD, PACKAGE, PRICE).send().await.expect("an answer");
        assert_eq!(problem(answer).await.code, ErrorCode::RecentlyBought);
        // Whoever wants to be asked is asked, which is no failed request.
        let asking = |price: i64| json!({ "card_number": CARD, "package_id": PACKAGE, "quoted_fen": price, "ask": true });
        for (price, question) in [
            (PRICE, json!({ "asks": "recently_bought" })),
            (PRICE - 1, json!({ "asks": "price_changed", "price_fen": PRICE })),
        ] {
            let answer = shop.post(routes::ORDERS, &asking(price)).header(routes::IDEMPOTENCY_KEY, "second-purchase-key-1");
            let answer = answer.send().await.expect("an answer");
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.json::<serde_json::Value>().await.expect("a question"), question);
        }
        // Confirmed under the same key, it is made.
        let body = json!({ "card_number": CARD, "package_id": PACKAGE, "quoted_fen": PRICE, "repeat": true });
        let answer = shop.post(routes::ORDERS, &body).header(routes::IDEMPOTENCY_KEY, "second-purchase-key-1");
        assert_eq!(answer.send().await.expect("an answer").status(), 201);
    }
}
