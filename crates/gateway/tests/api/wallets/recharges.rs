//! The recharge of our own, after the money.

use contract::{Order, OrderState};
use serde_json::json;

use crate::{
    on_both_databases,
    support::{PRICE, Shop, Wallet},
};

const SEND: &str = "POST /cards/Recharge";
const QUERY: &str = "GET /cards/Recharge";

on_both_databases! {
    /// Row 39: the platform does it and does not say so, fails before or after it, or knows the number already.
    async fn row_39_a_recharge_whose_answer_is_lost_is_asked_for(database: Database) {
        let shop = Shop::open_own(database).await;
        for kind in ["timeout_after_effect", "http_500", "http_502_html", "empty_200", "bad_json"] {
            let order = paid_with_fault(&shop, SEND, json!({ "kind": kind, "times": 1 })).await;
            shop.wait_for(&order, OrderState::Credited).await;
            assert_eq!(shop.recharged(&order).await, 1, "{kind}");
        }
        shop.check_wallets().await;
    }

    /// Row 39: it is known already, though we never heard so.
    async fn row_39_a_duplicate_is_no_failure(database: Database) {
        let shop = Shop::open_own(database).await;
        // The answer is lost, and then the platform says for a while that it knows nothing: it is sent again.
        shop.control("faults", json!({ "route": QUERY, "kind": "business", "code": 404, "times": 4 })).await;
        let order = paid_with_fault(&shop, SEND, json!({ "kind": "timeout_after_effect", "times": 1 })).await;
        shop.wait_for(&order, OrderState::Credited).await;
        assert_eq!(shop.recharged(&order).await, 1);
        shop.check_wallets().await;
    }

    /// Row 39: a query that fails decides nothing.
    async fn row_39_a_failing_query_is_asked_again(database: Database) {
        let shop = Shop::open_own(database).await;
        for kind in ["http_500", "bad_json", "business"] {
            let order = paid_with_fault(&shop, QUERY, json!({ "kind": kind, "times": 3 })).await;
            shop.wait_for(&order, OrderState::Credited).await;
            assert_eq!(shop.recharged(&order).await, 1, "{kind}");
        }
    }

    /// Row 40: refused for good, said by the call and by a query: the money goes back once, and the buyer is told.
    async fn row_40_a_recharge_that_fails_for_good_is_refunded(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            shop.control("credit", json!({ "mode": "fail" })).await;
            let (order, number) = shop.code_shown(wallet).await;
            shop.buyer_pays(wallet, &number).await;
            let refunded = shop.wait_for(&order, OrderState::Refunded).await;
            let states: Vec<&str> = refunded.timeline.iter().map(|entry| entry.state.as_str()).collect();
            assert_eq!(states, ["created", "paying", "paid", "fulfilling", "fulfil_failed", "refunding", "refunded"]);
            assert_eq!(shop.given_back(wallet, &number).await, PRICE, "{wallet:?}");
            assert_eq!(shop.recharged(&order).await, 0);
            shop.control("credit", json!({ "mode": "normal" })).await;
        }
        shop.check_wallets().await;
    }

    /// The operator may also give the money back: then nothing is recharged any more.
    async fn a_held_recharge_can_be_given_back(database: Database) {
        let shop = Shop::open_own(database).await;
        let order = paid_with_fault(&shop, SEND, json!({ "kind": "business", "code": 499, "times": 1 })).await;
        shop.wait_until(&order, "held", |order| order.held).await;
        let path = format!("/admin/orders/{}/refunds", order.number);
        let (status, refund) = shop.admin("POST", &path, json!({ "amount_fen": PRICE })).await;
        assert_eq!(status, 201, "{refund}");
        let refunded = shop.wait_for(&order, OrderState::Refunded).await;
        assert!(!refunded.held);
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        assert_eq!(shop.recharged(&order).await, 0);
        shop.check_wallets().await;
    }

    /// A refusal that the list does not have is a person's: nothing goes back, nothing is sent again.
    async fn an_unlisted_refusal_is_held_and_released_by_the_operator(database: Database) {
        let shop = Shop::open_own(database).await;
        let order = paid_with_fault(&shop, SEND, json!({ "kind": "business", "code": 499, "times": 1 })).await;
        let held = shop.wait_until(&order, "held", |order| order.held).await;
        assert_eq!(held.state, OrderState::Fulfilling);
        let path = format!("/admin/orders/{}/recharge", order.number);
        let (status, answer) = shop.admin("POST", &path, serde_json::Value::Null).await;
        assert_eq!(status, 200, "{answer}");
        shop.wait_for(&order, OrderState::Credited).await;
        assert_eq!(shop.recharged(&order).await, 1);
        assert_eq!(shop.admin("POST", &path, serde_json::Value::Null).await.0, 409);
        let (_, audit) = shop.admin("GET", "/admin/audit", serde_json::Value::Null).await;
        let deeds: Vec<(&str, &str)> = audit.as_array().expect("deeds").iter()
            .map(|deed| (deed["action"].as_str().expect("text"), deed["outcome"].as_str().expect("text"))).collect();
        assert_eq!(&deeds[..2], [("order.recharge", "refused"), ("order.recharge", "done")], "{audit}");
    }
}

/// An order that is paid for while the card platform has a fault.
async fn paid_with_fault(shop: &Shop, route: &str, fault: serde_json::Value) -> Order {
    let mut fault = fault;
    fault["route"] = json!(route);
    shop.control("faults", fault).await;
    let (order, number) = shop.code_shown(Wallet::Wechat).await;
    shop.buyer_pays(Wallet::Wechat, &number).await;
    order
}
