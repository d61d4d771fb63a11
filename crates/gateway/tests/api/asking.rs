//! How the channels are asked: soon for those who wait, seldom for everybody else, never more than they bear.

use std::time::{Duration, Instant};

use contract::{ErrorCode, Order, OrderState, routes};
use futures_util::{StreamExt, stream};
use gateway::Config;
use serde_json::json;

use crate::{
    on_both_databases,
    support::{
        CARD, PACKAGE, PRICE, Settings, Shop, Wallet,
        shop::{patience, problem},
    },
};

const QUERY: &str = "GET /payment/Order";
/// Another usable card of the same carrier.
const OTHER_CARD: &str = "898607B2091701418585";

on_both_databases! {
    /// A state that no list has is no silence: it is counted, stands in the way of cancelling, and at the order's end a
    /// person looks.
    async fn an_unlisted_state_is_held_at_the_end(database: Database) {
        let shop = Shop::open_own_with(database, Settings { lifetime: 5, ..Settings::default() }).await;
        let mut orders = Vec::new();
        for (wallet, word) in [
            (Wallet::Alipay, json!({ "trade_status": "TRADE_FROZEN" })),
            (Wallet::Wechat, json!({ "trade_state": "PARTIAL_REFUND" })),
        ] {
            let (order, number) = shop.code_shown(wallet).await;
            shop.buyer_pays_with(wallet, &number, json!({ "lose_notice": true, "says": word })).await;
            orders.push(order);
        }
        for order in &orders {
            let answer = shop.post(&routes::order_cancel(&order.id), &json!({})).send().await.expect("an answer");
            assert_eq!(problem(answer).await.code, ErrorCode::OrderNotCancellable);
        }
        is_held(&shop, &orders).await;
    }

    /// The same at the card platform, whose words are guesses; whatever it calls it, and silent at the very end too.
    async fn an_unlisted_word_of_the_platform_is_held_at_the_end(database: Database) {
        let shop = Shop::open_with(database, Settings { lifetime: 5, ..Settings::default() }).await;
        let mut orders = Vec::new();
        for word in ["success", "PAID_OFFLINE", "7"] {
            let (order, number) = shop.order_being_paid().await;
            let pay = json!({ "outTradeNo": number, "lose_notice": true, "word": word });
            shop.control("pay", pay).await;
            shop.post(&routes::order_submitted(&order.id), &json!({})).send().await.expect("an answer");
            let another = json!({ "method": "wechat", "host": "mobile_browser" });
            let answer = shop.post(&routes::order_payments(&order.id), &another).send().await.expect("an answer");
            assert_eq!(problem(answer).await.code, ErrorCode::PaymentUnknown, "{word}");
            orders.push(order);
        }
        shop.control("faults", json!({ "route": QUERY, "kind": "http_500", "times": 0 })).await;
        is_held(&shop, &orders).await;
        let figures = shop.get("/metrics").send().await.expect("an answer").text().await.expect("text");
        assert!(figures.contains("unlisted_states_total{channel=\"platform\",of=\"payment\"}"), "{figures}");
    }

    /// What a channel closed is never asked for again.
    async fn a_definite_answer_ends_the_asking(database: Database) {
        let shop = Shop::open_with(database, Settings { lifetime: 2, ..Settings::default() }).await;
        let (order, _) = shop.order_being_paid().await;
        shop.wait_for(&order, OrderState::Expired).await;
        shop.due_now().await;
        shop.wait_asked_for_nothing().await;
    }

    /// Cancelled, replaced and left open, each is closed at its wallet, and then it is never asked for again.
    async fn what_is_given_up_here_is_closed_at_the_wallet(database: Database) {
        let shop = Shop::open_own_with(database, Settings { lifetime: 4, ..Settings::default() }).await;
        let (cancelled, one) = shop.code_shown(Wallet::Wechat).await;
        let answer = shop.post(&routes::order_cancel(&cancelled.id), &json!({})).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let close = json!({ "route": Wallet::Wechat.route("close"), "kind": "http_500", "times": 1 });
        shop.control("faults", close).await;
        let (expired, two) = shop.code_shown(Wallet::Wechat).await;
        shop.wait_for(&expired, OrderState::Expired).await;
        // Another payment of the order is paid while this one is open.
        let paid = shop.order().await;
        let before = shop.pay_with(&paid, "alipay", "desktop").await;
        let three = shop.pay_with(&paid, "wechat", "desktop").await;
        shop.buyer_pays_with(Wallet::Alipay, &before, json!({ "force": true })).await;
        shop.wait_for(&paid, OrderState::Credited).await;
        shop.due_now().await;
        for number in [&one, &two, &three] {
            shop.wait_closed(number).await;
        }
        shop.wait_asked_for_nothing().await;
        shop.check_wallets().await;
    }

    /// Too many requests: nobody is asked until the time that the channel named is over.
    async fn a_channel_that_wants_a_rest_gets_it(database: Database) {
        let shop = Shop::open(database).await;
        shop.control("notices", json!({ "mode": "lose" })).await;
        let mut orders = Vec::new();
        for _ in 0..3 {
            let (order, number) = shop.order_being_paid().await;
            shop.ask_no_more(&number).await;
            orders.push((order, number));
        }
        shop.control("faults", json!({ "route": QUERY, "kind": "http_429", "ms": 3000, "times": 1 })).await;
        let submit = |order: &Order| shop.post(&routes::order_submitted(&order.id), &json!({})).send();
        let before = shop.calls(QUERY).await;
        submit(&orders[0].0).await.expect("an answer");
        let refused_at = Instant::now();
        for (order, number) in &orders {
            shop.control("pay", json!({ "outTradeNo": number })).await;
            submit(order).await.expect("an answer");
        }
        sqlx::query("update payments set next_ask_at = 1").execute(shop.gateway.app().db.pool()).await.expect("due");
        while refused_at.elapsed() < Duration::from_millis(2500) {
            assert_eq!(shop.calls(QUERY).await, before + 1, "it is asked while it rests");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        for (order, _) in &orders {
            shop.wait_for(order, OrderState::Credited).await;
        }
        shop.check_invariants().await;
    }

    /// A crowd of unpaid payments: the budget holds, and whoever came last is asked for first.
    async fn a_crowd_of_unpaid_payments_is_asked_for_within_the_budget(database: Database) {
        let shop = Shop::open(database).await;
        let begun = Instant::now();
        let before = shop.calls(QUERY).await;
        crowd(&shop, 600).await;
        let (order, number) = shop.order_being_paid().await;
        shop.control("pay", json!({ "outTradeNo": number, "lose_notice": true })).await;
        sqlx::query("update payments set next_ask_at = 2 where out_trade_no = $1").bind(&number)
            .execute(shop.gateway.app().db.pool()).await.expect("due");
        shop.wait_for(&order, OrderState::Credited).await;
        let waiting: i64 = sqlx::query_scalar("select count(*) from payments where asks = 0")
            .fetch_one(shop.gateway.app().db.pool()).await.expect("a count");
        assert!(waiting > 100, "the newest was not asked for first: {waiting} wait");
        let calls = shop.calls(QUERY).await - before;
        let most = 45 + 21 * i64::try_from(begun.elapsed().as_secs() + 1).expect("seconds");
        // The paid one is asked for by its recharge, beside the budget of the jobs.
        assert!(calls < most + 20, "{calls} questions, {most} allowed");
    }

    /// A card, and an address, have a bounded number of unpaid orders at once, even where all are asked for at once.
    async fn unpaid_orders_are_limited(database: Database) {
        let few = |config: &mut Config| {
            config.limits.open_orders_per_card = 3.try_into().expect("three");
            config.limits.open_orders_per_address = 5.try_into().expect("five");
        };
        let (shop, _) = Shop::open(database).await.start_again(&[&few]).await;
        for (card, expected) in [(CARD, 3), (OTHER_CARD, 2)] {
            let made: Vec<u16> = stream::iter(0..12)
                .map(|_| async { order_for(&shop, card).await.status().as_u16() })
                .buffer_unordered(12)
                .collect()
                .await;
            assert_eq!(made.iter().filter(|status| **status == 201).count(), expected, "{card}: {made:?}");
            assert_eq!(made.iter().filter(|status| **status == 429).count(), 12 - expected, "{card}: {made:?}");
        }
        let refused = order_for(&shop, CARD).await;
        let wait: u32 = refused.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
        assert!((1..=900).contains(&wait), "{wait}");
        assert_eq!(problem(refused).await.code, ErrorCode::RateLimited);

        let pool = shop.gateway.app().db.pool();
        let first: String = sqlx::query_scalar("select id from orders where card_number = $1 limit 1")
            .bind(CARD).fetch_one(pool).await.expect("an order");
        let answer = shop.post(&format!("/api/v1/orders/{first}/cancel"), &json!({})).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let kept: Vec<(String, Option<String>)> = sqlx::query_as("select state, client from orders order by created_at")
            .fetch_all(pool).await.expect("orders");
        for (state, client) in kept {
            assert_eq!(client.is_some(), state == "created", "the address is kept while the order is open");
        }
        assert_eq!(order_for(&shop, CARD).await.status(), 201);
    }

    /// Gateways that find the same orders at their end share them out: each is asked for once.
    async fn each_order_is_ended_by_one_gateway(database: Database) {
        let shop = Shop::open(database).await;
        let mut others = Vec::new();
        if !shop.database.is_sqlite() {
            others.push(shop.beside().await);
            others.push(shop.beside().await);
        }
        let mut orders = Vec::new();
        for _ in 0..20 {
            let (order, number) = shop.order_being_paid().await;
            shop.ask_no_more(&number).await;
            orders.push(order);
        }
        // A slow answer, so that they meet.
        shop.control("faults", json!({ "route": QUERY, "kind": "delay", "ms": 400, "times": 0 })).await;
        let before = shop.calls(QUERY).await;
        sqlx::query("update orders set expires_at = 5").execute(shop.gateway.app().db.pool()).await.expect("over");
        for order in &orders {
            shop.wait_for(order, OrderState::Expired).await;
        }
        assert_eq!(shop.calls(QUERY).await - before, 20);
        for other in others {
            other.shutdown().await.expect("a clean end");
        }
    }

    /// Paid before the order's end, learnt after it: not late, whatever the package costs by then.
    async fn paid_in_time_is_not_late_however_late_it_is_learnt(database: Database) {
        let shop = Shop::open_own_with(database, Settings { lifetime: 5, ..Settings::default() }).await;
        let mut orders = Vec::new();
        for wallet in Wallet::BOTH {
            let (order, number) = shop.code_shown(wallet).await;
            shop.buyer_pays_with(wallet, &number, json!({ "lose_notice": true })).await;
            for call in ["query", "close"] {
                shop.control("faults", json!({ "route": wallet.route(call), "kind": "hang", "ms": 100, "times": 0 })).await;
            }
            orders.push((wallet, order));
        }
        shop.control("price", json!({ "productId": PACKAGE, "price": "19.00" })).await;
        for (_, order) in &orders {
            shop.wait_for(order, OrderState::Expired).await;
        }
        shop.control("faults/clear", json!({})).await;
        let begun = Instant::now();
        for (wallet, order) in &orders {
            while shop.show(order).await.state != OrderState::Credited {
                assert!(begun.elapsed() < patience(), "{wallet:?}: {:?}", shop.show(order).await);
                shop.post(&routes::order_submitted(&order.id), &json!({})).send().await.expect("an answer");
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
        shop.check_wallets().await;
    }
}

impl Shop {
    /// Whatever is still to be asked for is due now.
    async fn due_now(&self) {
        sqlx::query("update payments set next_ask_at = 1 where next_ask_at is not null")
            .execute(self.gateway.app().db.pool())
            .await
            .expect("due");
    }

    async fn wait_asked_for_nothing(&self) {
        let begun = Instant::now();
        loop {
            let waiting: Vec<(String, String, i64)> = sqlx::query_as(
                "select out_trade_no, state, next_ask_at from payments where next_ask_at is not null",
            )
            .fetch_all(self.gateway.app().db.pool())
            .await
            .expect("payments");
            if waiting.is_empty() {
                return;
            }
            assert!(begun.elapsed() < patience(), "{waiting:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn wait_closed(&self, number: &str) {
        let begun = Instant::now();
        loop {
            let ledger = self.ledger().await;
            let payments = ledger["wechat"]["payments"].as_array().expect("payments");
            let payment = payments.iter().find(|row| row["out_trade_no"] == number);
            if payment.is_some_and(|payment| payment["trade_state"] == "CLOSED") {
                return;
            }
            assert!(begun.elapsed() < patience(), "{payment:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn is_held(shop: &Shop, orders: &[Order]) {
    for order in orders {
        let held = shop.wait_until(order, "held", |order| order.held).await;
        assert_eq!(held.state, OrderState::Paying);
        let reason: String = sqlx::query_scalar("select held_reason from orders where id = $1")
            .bind(order.id.as_str())
            .fetch_one(shop.gateway.app().db.pool())
            .await
            .expect("a reason");
        assert_eq!(reason, "status_unlisted");
    }
}

async fn order_for(shop: &Shop, card: &str) -> reqwest::Response {
    let key = gateway::random::effect_number('k');
    let request = shop.order_request(&key, card, PACKAGE, PRICE).send().await;
    request.expect("an answer")
}

/// Orders with a payment each that nobody pays, all of them long due.
async fn crowd(shop: &Shop, size: i64) {
    let mut tx = shop
        .gateway
        .app()
        .db
        .begin_write()
        .await
        .expect("a transaction");
    let in_an_hour = gateway::clock::now().0 + 3_600_000;
    for statement in [
        "insert into orders (id, number, kind, state, version, title, amount_fen, currency, idempotency_key, request_digest,
             created_at, updated_at, expires_at)
         select $1, $1, 'recharge', 'paying', 1, 't', 1800, 'CNY', $1, '', 1000, 1000, $2",
        "insert into payments (out_trade_no, order_id, channel, merchant, method, launch_kind, state, amount_fen,
             created_at, updated_at, expires_at, next_ask_at)
         select $1, $1, 'platform', 'shingsou', 'alipay', 'redirect', 'launched', 1800, 1000, 1000, $2, 1",
    ] {
        for row in 0..size {
            sqlx::query(statement)
                .bind(format!("{row:032x}"))
                .bind(in_an_hour)
                .execute(tx.conn())
                .await
                .expect(statement);
        }
    }
    tx.commit().await.expect("written");
}
