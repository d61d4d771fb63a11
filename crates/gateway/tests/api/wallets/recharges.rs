//! The recharge of our own, after the money.

use contract::{Order, OrderState};
use gateway::jobs::recharge::sent;
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

    /// Row 39: however the platform said that it has the recharge, it is not sent again when it does not know it later;
    /// and when it does know it, the order goes on by itself.
    async fn row_39_what_was_taken_is_never_sent_again(database: Database) {
        let shop = Shop::open_own(database).await;
        let forgets = json!({ "route": QUERY, "kind": "business", "code": 404, "times": 0 });
        for taken in ["by its answer", "as known already", "by a query"] {
            let before = shop.calls(SEND).await;
            shop.control("credit", json!({ "mode": "never" })).await;
            let fault = match taken {
                "as known already" => Some(json!({ "kind": "business", "code": 409 })),
                "by a query" => Some(json!({ "kind": "timeout_after_effect" })),
                _ => None,
            };
            let order = match fault {
                Some(fault) => paid_with_fault(&shop, SEND, fault).await,
                None => paid(&shop).await,
            };
            shop.hurry_until("select count(*) from recharges where accepted_at is not null and missed = 0").await;
            shop.control("faults", forgets.clone()).await;
            shop.hurry_until("select count(*) from orders where held_reason = 'recharge_lost'").await;
            assert_eq!(shop.calls(SEND).await - before, 1, "{taken}");
            shop.control("faults/clear", json!({})).await;
            shop.control("credit", json!({ "mode": "normal" })).await;
            if taken == "as known already" {
                // It said so and did nothing: the operator has found out, and sends it.
                let path = format!("/admin/orders/{}/recharge", order.number);
                assert_eq!(shop.admin("POST", &path, serde_json::Value::Null).await.0, 200);
            }
            shop.hurry_until("select count(*) from orders where state = 'credited' and held_reason is null").await;
            assert_eq!(shop.recharged(&order).await, 1, "{taken}");
            shop.sql("update orders set held_reason = 'seen' where state = 'credited'").await;
            shop.sql("update recharges set missed = 1").await;
        }
    }

    /// Row 39: answers that are lost again and again: sent once and three times again, then a person is asked.
    async fn row_39_a_lost_answer_is_sent_again_three_times_at_most(database: Database) {
        let shop = Shop::open_own(database).await;
        let order = paid_with_fault(&shop, SEND, json!({ "kind": "http_500", "times": 0 })).await;
        shop.hurry_until("select count(*) from orders where held_reason = 'recharge_unanswered'").await;
        assert_eq!(shop.calls(SEND).await, 4);
        assert_eq!(shop.show(&order).await.state, OrderState::Fulfilling);
        // It is asked on, and still not sent.
        let asked = shop.calls(QUERY).await;
        while shop.calls(QUERY).await == asked {
            shop.hurry_until("select count(*) from outbox where state = 'waiting'").await;
            shop.sql("update outbox set next_at = 0 where claimed_until = 0").await;
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(shop.calls(SEND).await, 4);
        shop.control("faults/clear", json!({})).await;
        let path = format!("/admin/orders/{}/recharge", order.number);
        assert_eq!(shop.admin("POST", &path, serde_json::Value::Null).await.0, 200);
        shop.wait_for(&order, OrderState::Credited).await;
        assert_eq!((shop.calls(SEND).await, shop.recharged(&order).await), (5, 1));
        shop.check_wallets().await;
    }

    /// A process that stood still hears late what became of what it sent: by then another one has sent it.
    async fn a_late_sender_changes_nothing(database: Database) {
        let shop = Shop::open_own(database).await;
        shop.control("faults", json!({ "route": SEND, "kind": "hang", "times": 0 })).await;
        let order = paid(&shop).await;
        shop.hurry_until("select count(*) from recharges where sends = 1").await;
        let app = shop.gateway.app();
        let id = order.id.clone();
        let row = async || {
            let mut conn = app.db.pool().acquire().await.expect("a connection");
            gateway::orders::row::find(&mut conn, &id).await.expect("a row").expect("an order")
        };
        let first = sent::find(app, &row().await).await.expect("a row").at;
        let second = sent::begin(app, &row().await, first).await.expect("a sender");
        assert!(second > first);
        assert_eq!(sent::begin(app, &row().await, first).await.expect("no sender"), None);
        let late = first.expect("a sender");
        sent::undo(app, &row().await, late, None).await.expect("nothing");
        sent::refused(app, &row().await, late, 10_201).await.expect("nothing");
        let now = sent::find(app, &row().await).await.expect("a row");
        assert_eq!((now.at, now.sends, now.refused_code), (second, 2, None));
        // That the platform has it is true whoever hears it.
        sent::accepted(app, &row().await).await.expect("written");
        sent::refused(app, &row().await, second.expect("a sender"), 10_201).await.expect("nothing");
        assert_eq!(sent::begin(app, &row().await, second).await.expect("no sender"), None);
        assert_eq!(sent::find(app, &row().await).await.expect("a row").refused_code, None);
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

    /// Row 40: a refusal speaks for what was sent last. What was sent before it, and not answered, is asked for some more.
    async fn row_40_a_refusal_after_a_lost_answer_is_not_believed_at_once(database: Database) {
        let shop = Shop::open_own(database).await;
        shop.control("faults", json!({ "route": SEND, "kind": "http_500", "times": 1 })).await;
        let order = paid_with_fault(&shop, SEND, json!({ "kind": "business", "code": 10_101, "times": 1 })).await;
        shop.hurry_until("select count(*) from orders where state = 'refunded'").await;
        assert!(shop.calls(QUERY).await >= 6, "asked {} times", shop.calls(QUERY).await);
        assert_eq!((shop.calls(SEND).await, shop.recharged(&order).await), (2, 0));
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

async fn paid(shop: &Shop) -> Order {
    let (order, number) = shop.code_shown(Wallet::Wechat).await;
    shop.buyer_pays(Wallet::Wechat, &number).await;
    order
}

/// An order that is paid for while the card platform has a fault.
async fn paid_with_fault(shop: &Shop, route: &str, fault: serde_json::Value) -> Order {
    let mut fault = fault;
    fault["route"] = json!(route);
    shop.control("faults", fault).await;
    paid(shop).await
}
