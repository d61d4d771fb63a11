//! Money that is wrong, late, or too much.

use std::time::Duration;

use contract::{ErrorCode, OrderState};
use serde_json::json;

use crate::{
    on_both_databases,
    support::{Settings, Shop, shop::problem},
};

on_both_databases! {
    /// Row 10: an amount that is off by a fen, or is none, is held and never fulfilled.
    async fn row_10_another_amount_is_held_and_never_fulfilled(database: Database) {
        let shop = Shop::open(database).await;
        for total in ["18.01", "17.99", "0", "1800"] {
            let (order, out_trade_no) = shop.order_being_paid().await;
            shop.control("credit", json!({ "mode": "never" })).await;
            shop.control("pay", json!({ "outTradeNo": out_trade_no, "total": total })).await;
            let held = shop.wait_until(&order, "held", |order| order.held).await;
            assert_eq!(held.state, OrderState::Paying, "{total}");
            assert_eq!(held.payment.and_then(|payment| payment.launch), None, "{total}");
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert_eq!(shop.show(&order).await.state, OrderState::Paying, "{total}");
            assert_eq!(shop.credits(&out_trade_no).await, 0);
        }
    }

    /// Row 17: the money comes after the order ended. The platform recharges by itself, so the order follows it.
    async fn row_17_money_for_an_expired_order_is_not_lost(database: Database) {
        let shop = Shop::open_with(database, Settings { lifetime: 3, ..Settings::default() }).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        shop.wait_for(&order, OrderState::Expired).await;
        shop.control("pay", json!({ "outTradeNo": out_trade_no, "force": true })).await;
        let credited = shop.wait_for(&order, OrderState::Credited).await;
        assert!(credited.timeline.iter().any(|entry| entry.state == OrderState::Expired));
        assert_eq!(shop.credits(&out_trade_no).await, 1);
        shop.check_invariants().await;
    }

    /// Row 17: the same after the buyer cancelled.
    async fn row_17_money_for_a_cancelled_order_is_not_lost(database: Database) {
        let shop = Shop::open(database).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        let answer = shop.post(&contract::routes::order_cancel(&order.id), &json!({})).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        assert_eq!(shop.show(&order).await.state, OrderState::Cancelled);
        shop.control("pay", json!({ "outTradeNo": out_trade_no, "force": true })).await;
        shop.wait_for(&order, OrderState::Credited).await;
        shop.check_invariants().await;
    }

    /// Row 18, as far as the platform knows it: an order that was paid a moment ago is not cancelled.
    async fn row_18_a_paid_order_is_not_cancelled(database: Database) {
        let shop = Shop::open(database).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        shop.control("pay", json!({ "outTradeNo": out_trade_no, "lose_notice": true })).await;
        let answer = shop.post(&contract::routes::order_cancel(&order.id), &json!({})).send().await.expect("an answer");
        assert_eq!(answer.status(), 409);
        shop.wait_for(&order, OrderState::Credited).await;
    }

    /// A buyer who presses cancel on and on while the channel errs makes no more questions than one who presses slowly.
    async fn cancelling_is_limited_while_the_channel_errs(database: Database) {
        let shop = Shop::open(database).await;
        let (order, _) = shop.order_being_paid().await;
        shop.control("faults", json!({ "route": "GET /payment/Order", "kind": "http_500", "times": 0 })).await;
        let before = shop.calls("GET /payment/Order").await;
        let mut limited = 0;
        for _ in 0..45 {
            let answer = shop.post(&contract::routes::order_cancel(&order.id), &json!({})).send().await.expect("an answer");
            assert!([503, 429].contains(&answer.status().as_u16()), "{}", answer.status());
            limited += u32::from(answer.status() == 429);
        }
        assert!(limited >= 10, "{limited}");
        assert!(shop.calls("GET /payment/Order").await - before <= 40);
        assert_eq!(shop.show(&order).await.state, OrderState::Paying);
    }

    /// A payment that was paid a moment ago is neither sent again for another device nor followed by a second one.
    async fn a_paid_payment_is_not_started_again(database: Database) {
        let shop = Shop::open(database).await;
        for (method, host) in [("alipay", "desktop"), ("wechat", "mobile_browser")] {
            let (order, out_trade_no) = shop.order_being_paid().await;
            shop.control("pay", json!({ "outTradeNo": out_trade_no, "lose_notice": true })).await;
            let body = json!({ "method": method, "host": host });
            let answer = shop.post(&contract::routes::order_payments(&order.id), &body).send().await.expect("an answer");
            assert_eq!(problem(answer).await.code, ErrorCode::OrderNotPayable, "{method}");
            shop.wait_for(&order, OrderState::Credited).await;
            assert_eq!(shop.out_trade_nos(&order).await, [out_trade_no], "{method}");
        }
        let asked: i64 = sqlx::query_scalar("select count(*) from payments where next_ask_at is not null")
            .fetch_one(shop.gateway.app().db.pool()).await.expect("a count");
        assert_eq!(asked, 0, "a payment that succeeded is still to be asked for");
        shop.check_invariants().await;
    }

    /// Each payment is asked for until a day after its end, so that an order has no end of them.
    async fn an_order_has_a_bounded_number_of_payments(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        for method in ["alipay", "wechat"].into_iter().cycle().take(20) {
            shop.pay_with(&order, method, "mobile_browser").await;
        }
        let body = json!({ "method": "alipay", "host": "mobile_browser" });
        let answer = shop.post(&contract::routes::order_payments(&order.id), &body).send().await.expect("an answer");
        assert_eq!(problem(answer).await.code, ErrorCode::OrderNotPayable);
        assert_eq!(shop.out_trade_nos(&order).await.len(), 20);
    }

    /// Row 38: asked while nothing is paid, then again when it is.
    async fn row_38_unpaid_is_not_final(database: Database) {
        let shop = Shop::open(database).await;
        shop.control("notices", json!({ "mode": "lose" })).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        shop.post(&contract::routes::order_submitted(&order.id), &json!({})).send().await.expect("an answer");
        assert_eq!(shop.show(&order).await.state, OrderState::Paying);
        tokio::time::sleep(Duration::from_secs(1)).await;
        shop.control("pay", json!({ "outTradeNo": out_trade_no })).await;
        shop.wait_for(&order, OrderState::Credited).await;
    }

    /// Row 37, as far as the platform knows it: whatever becomes of the send, there is one number.
    async fn row_37_an_unknown_outcome_is_asked_for_under_the_same_number(database: Database) {
        let shop = Shop::open(database).await;
        for kind in ["timeout_after_effect", "hang", "http_500", "http_502_html", "empty_200", "bad_json"] {
            let order = shop.order().await;
            shop.control("faults", json!({ "route": "POST /payment/Payment", "kind": kind, "times": 1 })).await;
            let body = json!({ "method": "alipay", "host": "mobile_browser" });
            let path = contract::routes::order_payments(&order.id);
            let first = shop.post(&path, &body).send().await.expect("an answer");
            assert!([200, 503].contains(&first.status().as_u16()), "{kind}: {}", first.status());
            let again = shop.post(&path, &body).send().await.expect("an answer");
            assert_eq!(again.status(), 200, "{kind}");
            let numbers = shop.out_trade_nos(&order).await;
            assert_eq!(numbers.len(), 1, "{kind}");
            shop.control("pay", json!({ "outTradeNo": numbers[0] })).await;
            shop.wait_for(&order, OrderState::Credited).await;
        }
        shop.check_invariants().await;
    }

    /// The platform takes longer than a day to give the money back: a person is asked to press it, and it is asked on.
    async fn a_held_order_is_asked_about_until_its_money_is_back(database: Database) {
        let slow = Settings { credit_delay: Duration::from_secs(3), ..Settings::default() };
        let shop = Shop::open_with(database, slow).await;
        shop.control("notices", json!({ "mode": "lose" })).await;
        shop.control("credit", json!({ "mode": "refund_after_fail" })).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        let (other, other_no) = shop.order_being_paid().await;
        for number in [&out_trade_no, &other_no] {
            shop.control("pay", json!({ "outTradeNo": number })).await;
        }
        for order in [&order, &other] {
            let path = contract::routes::order_submitted(&order.id);
            shop.post(&path, &json!({})).send().await.expect("an answer");
        }
        shop.sql("update outbox set attempts = 1489, next_at = 0").await;
        shop.hurry_until("select count(*) from orders where held_reason = 'recharge_overdue'").await;
        // Whatever it is held for, money that is back is back.
        let pool = shop.gateway.app().db.pool();
        sqlx::query("update orders set held_reason = 'paid_twice' where id = $1")
            .bind(other.id.as_str()).execute(pool).await.expect("held for another reason");
        shop.hurry_until("select count(*) / 2 from orders where state = 'refunded'").await;
        assert_eq!(shop.held_reason(&other).await.as_deref(), Some("paid_twice"));
        shop.hurry_until("select count(*) / 2 from outbox where state = 'done'").await;
        assert_eq!(shop.credits(&out_trade_no).await, 0);
    }

    /// What was held because nothing was heard goes on when something is.
    async fn an_overdue_recharge_that_is_credited_goes_on_by_itself(database: Database) {
        let shop = Shop::open(database).await;
        shop.control("notices", json!({ "mode": "lose" })).await;
        shop.control("credit", json!({ "mode": "never" })).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        shop.control("pay", json!({ "outTradeNo": out_trade_no })).await;
        shop.wait_for(&order, OrderState::Fulfilling).await;
        shop.sql("update outbox set attempts = 1489").await;
        shop.hurry_until("select count(*) from orders where held_reason = 'recharge_overdue'").await;
        shop.control("credit", json!({ "mode": "normal" })).await;
        shop.hurry_until("select count(*) from orders where state = 'credited' and held_reason is null").await;
        shop.check_invariants().await;
    }

    /// Row 39, as far as the platform knows it: a query that fails after the money came decides nothing.
    async fn row_39_a_failing_query_is_asked_again(database: Database) {
        let shop = Shop::open(database).await;
        for kind in ["http_500", "bad_json", "business"] {
            let (order, out_trade_no) = shop.order_being_paid().await;
            shop.control("faults", json!({ "route": "GET /payment/Order", "kind": kind, "times": 3 })).await;
            shop.control("pay", json!({ "outTradeNo": out_trade_no })).await;
            shop.wait_for(&order, OrderState::Credited).await;
            assert_eq!(shop.credits(&out_trade_no).await, 1, "{kind}");
        }
        shop.check_invariants().await;
    }
}
