//! What is forgotten, when, and what is still found then.

use contract::{OrderState, routes};
use gateway::{config::defaults, jobs::keep::forget};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::{
    on_both_databases,
    support::{CARD, PACKAGE, PRICE, Shop},
};

const DAY_MS: i64 = 86_400_000;

/// Makes everything older.
async fn age(shop: &Shop, days: i64) {
    for (table, column) in [
        ("orders", "created_at"),
        ("payments", "created_at"),
        ("outbox", "created_at"),
        ("audit", "at"),
        ("quarantine", "last_at"),
    ] {
        let sql = format!("update {table} set {column} = {column} - $1");
        let aged = sqlx::query(AssertSqlSafe(sql)).bind(days * DAY_MS);
        aged.execute(shop.gateway.app().db.pool())
            .await
            .expect("time passes");
    }
}

async fn count(shop: &Shop, what: &'static str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {what}")))
        .fetch_one(shop.gateway.app().db.pool())
        .await
        .expect("a count")
}

async fn found_by_card(shop: &Shop) -> usize {
    let asked = shop.post(routes::CARD_ORDERS, &json!({ "number": CARD }));
    let answer: Value = asked
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("a list");
    answer["orders"].as_array().expect("orders").len()
}

on_both_databases! {
    /// Each thing goes when its time has come and not before, and an order stays what it was.
    async fn what_is_no_longer_needed_is_forgotten(database: Database) {
        let shop = Shop::open(database).await;
        let (shop, _) = shop.start_again(&[&|config| config.keeping = defaults().keeping]).await;
        let app = shop.gateway.app();
        let key = "a-key-of-the-buyers";
        let made = shop.order_request(key, CARD, PACKAGE, PRICE).send().await.expect("an answer");
        let order: contract::Order = made.json().await.expect("an order");
        let number = shop.pay_with(&order, "alipay", "mobile_browser").await;
        shop.control("pay", json!({ "outTradeNo": number })).await;
        let credited = shop.wait_for(&order, OrderState::Credited).await;
        let held = shop.order().await;
        shop.post(&routes::order_cancel(&held.id), &Value::Null).send().await.expect("an answer");
        let pool = app.db.pool();
        sqlx::query("update orders set held_reason = 'paid_twice' where id = $1")
            .bind(held.id.as_str()).execute(pool).await.expect("it is held");
        sqlx::query("update payments set payer = 'openid', client_ip = '192.0.2.1'").execute(pool).await.expect("both");
        sqlx::query("insert into audit (id, at, action, subject, detail, outcome, address) values ('A', $1, '', '', '', '', '')")
            .bind(gateway::clock::now().0).execute(pool).await.expect("a deed");
        sqlx::query("insert into quarantine (digest, channel, merchant, out_trade_no, times, first_at, last_at)
             values ('d', '', '', '', 1, 0, $1)")
            .bind(gateway::clock::now().0).execute(pool).await.expect("a notice");
        // More than one step has.
        sqlx::query("insert into outbox (key, effect, order_id, state, attempts, next_at, claimed_until, created_at)
             with recursive n(i) as (select 1 union all select i + 1 from n where i < 450)
             select 'old:' || i, 'fulfil', $1, 'done', 1, 0, 0, $2 from n")
            .bind(order.id.as_str()).bind(gateway::clock::now().0).execute(pool).await.expect("effects");

        age(&shop, 29).await;
        forget(app).await.expect("it looks");
        let repeated = shop.order_request(key, CARD, PACKAGE, PRICE).send().await.expect("an answer");
        assert_eq!(repeated.json::<contract::Order>().await.expect("an order").id, order.id);
        assert!(count(&shop, "outbox where state = 'done'").await >= 450);
        assert_eq!(count(&shop, "payments where launch is not null").await, 1);

        age(&shop, 2).await;
        forget(app).await.expect("it looks");
        assert_eq!(count(&shop, "outbox where state = 'done'").await, 0);
        assert_eq!(
            count(&shop, "payments where launch is not null or payer is not null or client_ip is not null").await, 0
        );
        assert_eq!(count(&shop, "orders where request_digest <> '' or idempotency_key not like 'forgotten %'").await, 0);
        assert_eq!((count(&shop, "quarantine").await, count(&shop, "audit").await), (1, 1));
        assert_eq!(found_by_card(&shop).await, 2);

        age(&shop, 60).await;
        forget(app).await.expect("it looks");
        assert_eq!((count(&shop, "quarantine").await, count(&shop, "audit").await), (0, 1));

        age(&shop, 1005).await;
        forget(app).await.expect("it looks");
        assert_eq!(count(&shop, "audit").await, 0);
        // The held order's card is needed yet; the other is found by its id, with all that it was.
        assert_eq!(found_by_card(&shop).await, 1);
        let masked = shop.show(&order).await;
        assert_eq!((masked.state, masked.number), (OrderState::Credited, credited.number));
        assert_eq!((masked.card_masked, masked.timeline.len()), (credited.card_masked, 5));
    }
}
