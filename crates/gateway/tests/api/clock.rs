//! Row 49: the clock is put forward and back while orders are on their way. The clock of a test cannot be moved, so
//! everything that the gateway has written down is moved against it.

use contract::{Order, OrderState};
use serde_json::json;

use crate::{
    on_both_databases,
    support::{Shop, Wallet},
};

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

on_both_databases! {
    /// Neither effects nor lost notices wait for the clock to come to where it was.
    async fn row_49_a_clock_that_is_put_back_leaves_nothing_waiting(database: Database) {
        let shop = Shop::open_own(database).await;
        for back in [40 * SECOND, HOUR] {
            shop.control("credit", json!({ "mode": "never" })).await;
            let paid = paid(&shop).await;
            shop.wait_for(&paid, OrderState::Fulfilling).await;
            let (silent, number) = shop.code_shown(Wallet::Alipay).await;
            shop.buyer_pays_with(Wallet::Alipay, &number, json!({ "lose_notice": true })).await;
            put_back(&shop, back).await;
            shop.control("credit", json!({ "mode": "normal" })).await;
            for order in [&paid, &silent] {
                shop.wait_for(order, OrderState::Credited).await;
                assert_eq!(shop.recharged(order).await, 1, "{back}");
            }
        }
        shop.check_wallets().await;
    }

    /// What was put off or claimed in the seconds of a clock gone wrong does not wait for that day.
    async fn row_49_a_glitch_to_tomorrow_is_not_waited_for(database: Database) {
        let shop = Shop::open_own(database).await;
        for noted in [true, false] {
            shop.control("credit", json!({ "mode": "never" })).await;
            let paid = paid(&shop).await;
            shop.wait_for(&paid, OrderState::Fulfilling).await;
            let (silent, number) = shop.code_shown(Wallet::Alipay).await;
            shop.buyer_pays_with(Wallet::Alipay, &number, json!({ "lose_notice": true })).await;
            let tomorrow = gateway::clock::now().0 + DAY;
            let at = if noted { tomorrow } else { 0 };
            let pool = shop.gateway.app().db.pool();
            for statement in [
                "update outbox set next_at = $1, noted_at = $2, claimed_until = case when $2 > 0 then $1 else 0 end
                 where state = 'waiting'",
                "update payments set next_ask_at = $1, ask_noted_at = $2 where next_ask_at is not null",
            ] {
                sqlx::query(statement).bind(tomorrow).bind(at).execute(pool).await.expect("tomorrow");
            }
            shop.control("credit", json!({ "mode": "normal" })).await;
            for order in [&paid, &silent] {
                shop.wait_for(order, OrderState::Credited).await;
            }
        }
        shop.check_wallets().await;
    }

    /// A day that did not pass makes nothing overdue; being asked for a day does.
    async fn row_49_a_clock_that_is_put_forward_holds_nothing(database: Database) {
        let shop = Shop::open_own(database).await;
        shop.control("credit", json!({ "mode": "never" })).await;
        let order = paid(&shop).await;
        shop.wait_for(&order, OrderState::Fulfilling).await;
        for forward in [DAY, 30 * DAY] {
            put_back(&shop, -forward).await;
            let pool = shop.gateway.app().db.pool();
            let attempts: i64 = sqlx::query_scalar("select max(attempts) from outbox")
                .fetch_one(pool).await.expect("a number");
            let waited = std::time::Instant::now();
            while attempts + 2 > sqlx::query_scalar::<_, i64>("select max(attempts) from outbox")
                .fetch_one(pool).await.expect("a number")
            {
                assert!(waited.elapsed() < crate::support::shop::patience(), "it is not asked on");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            assert_eq!(shop.held_reason(&order).await, None);
        }
        shop.sql("update outbox set attempts = 1489").await;
        shop.hurry_until("select count(*) from orders where held_reason = 'recharge_overdue'").await;
        shop.control("credit", json!({ "mode": "normal" })).await;
        shop.hurry_until("select count(*) from orders where state = 'credited' and held_reason is null").await;
        assert_eq!(shop.recharged(&order).await, 1);
        shop.check_wallets().await;
    }
}

async fn paid(shop: &Shop) -> Order {
    let (order, number) = shop.code_shown(Wallet::Wechat).await;
    shop.buyer_pays(Wallet::Wechat, &number).await;
    order
}

/// Puts the gateway's clock back by so much, as far as it can tell; forward where that is negative.
async fn put_back(shop: &Shop, ms: i64) {
    let pool = shop.gateway.app().db.pool();
    for statement in [
        "update orders set created_at = created_at + $1, updated_at = updated_at + $1, expires_at = expires_at + $1",
        "update payments set created_at = created_at + $1, updated_at = updated_at + $1, expires_at = expires_at + $1,
             next_ask_at = next_ask_at + $1, ask_noted_at = ask_noted_at + $1",
        "update outbox set created_at = created_at + $1, next_at = next_at + $1, noted_at = noted_at + $1,
             claimed_until = case when claimed_until > 0 then claimed_until + $1 else 0 end",
        "update recharges set sent_at = sent_at + $1, accepted_at = accepted_at + $1",
    ] {
        sqlx::query(statement)
            .bind(ms)
            .execute(pool)
            .await
            .expect("the times can be moved");
    }
}
