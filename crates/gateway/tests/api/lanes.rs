//! Effects in their lanes: none waits for another's, and none is forgotten.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use contract::{Order, OrderState};
use gateway::jobs::outbox;
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    support::{Database, PRICE, Shop, Wallet, shop::patience},
};

/// A lane of the test's own, which no job looks after.
const LANE: (&str, &str) = ("fulfil", "test");

/// Two processes look at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_claims_at_once_share_what_is_due() {
    let shop = Shop::open(Database::postgres().await).await;
    let second = shop.beside().await;
    due(&shop, 20).await;
    let (one, two) = tokio::join!(
        outbox::claim(shop.gateway.app(), LANE.0, LANE.1, 8),
        outbox::claim(second.app(), LANE.0, LANE.1, 8),
    );
    let (one, two) = (one.expect("a claim"), two.expect("a claim"));
    assert_eq!((one.len(), two.len()), (8, 8));
    let keys: HashSet<&str> = one
        .iter()
        .chain(&two)
        .map(|effect| effect.key.as_str())
        .collect();
    assert_eq!(keys.len(), 16);
    second.shutdown().await.expect("a clean end");
}

/// A process stopped inside a transaction: the others go past the row that it holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_row_is_gone_past() {
    let shop = Shop::open(Database::postgres().await).await;
    due(&shop, 5).await;
    let other = shop.database.look().await;
    let mut stopped = other.begin().await.expect("a transaction");
    sqlx::query("update outbox set attempts = 7 where key = 'test:0'")
        .execute(&mut *stopped)
        .await
        .expect("a locked row");
    let claim = outbox::claim(shop.gateway.app(), LANE.0, LANE.1, 8);
    let claimed = tokio::time::timeout(Duration::from_secs(3), claim).await;
    assert_eq!(
        claimed.expect("it does not wait").expect("a claim").len(),
        4
    );
    stopped.rollback().await.expect("it goes on");
    let claimed = outbox::claim(shop.gateway.app(), LANE.0, LANE.1, 8).await;
    assert_eq!(claimed.expect("a claim").len(), 1);
}

on_both_databases! {
    /// A wallet that hangs with more refunds than a lane has slots: the other wallet's refunds and every recharge go on.
    async fn a_wallet_that_hangs_keeps_nothing_else_waiting(database: Database) {
        let shop = Shop::open_own(database).await;
        let hanging = credited(&shop, Wallet::Alipay).await;
        let going = credited(&shop, Wallet::Wechat).await;
        let hang = json!({ "route": Wallet::Alipay.route("refund"), "kind": "hang", "times": 0 });
        shop.control("faults", hang).await;
        let path = format!("/admin/orders/{}/refunds", hanging.number);
        for _ in 0..18 {
            assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": 100 })).await.0, 201);
        }
        let begun = Instant::now();
        while shop.calls(Wallet::Alipay.route("refund")).await < 16 {
            assert!(begun.elapsed() < patience(), "the lane is not filled");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let path = format!("/admin/orders/{}/refunds", going.number);
        assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": PRICE })).await.0, 201);
        let recharged = credited(&shop, Wallet::Alipay).await;
        assert_eq!(shop.recharged(&recharged).await, 1);
        shop.wait_for(&going, OrderState::Refunded).await;
        let back: i64 = sqlx::query_scalar("select count(*) from refunds where order_id = $1 and state <> 'created'")
            .bind(hanging.id.as_str()).fetch_one(shop.gateway.app().db.pool()).await.expect("a count");
        assert_eq!(back, 0, "the wallet did not hang for long enough");
        shop.control("faults/clear", json!({})).await;
    }

    /// A held order costs nothing until it is released.
    async fn the_recharge_of_a_held_order_is_parked_until_its_release(database: Database) {
        let shop = Shop::open_own(database).await;
        let refusal = json!({ "route": "POST /cards/Recharge", "kind": "business", "code": 499 });
        shop.control("faults", refusal).await;
        let (order, number) = shop.code_shown(Wallet::Wechat).await;
        shop.buyer_pays(Wallet::Wechat, &number).await;
        shop.wait_until(&order, "held", |order| order.held).await;
        shop.hurry_until("select count(*) from outbox where state = 'parked' and claimed_until = 0").await;
        let waiting = outbox::waiting(shop.gateway.app(), "fulfil", "wechat", 10).await;
        assert_eq!(waiting.expect("a count"), 0);
        let path = format!("/admin/orders/{}/recharge", order.number);
        assert_eq!(shop.admin("POST", &path, Value::Null).await.0, 200);
        shop.wait_for(&order, OrderState::Credited).await;
        assert_eq!(shop.recharged(&order).await, 1);
    }

    /// An order that was released while its effect was on the way to be parked is not parked.
    async fn a_release_is_not_missed(database: Database) {
        let shop = Shop::open(database).await;
        due(&shop, 1).await;
        let app = shop.gateway.app();
        let claimed = outbox::claim(app, LANE.0, LANE.1, 1).await.expect("a claim").remove(0);
        outbox::park(app, &claimed).await.expect("not parked");
        let again = outbox::claim(app, LANE.0, LANE.1, 1).await.expect("a claim").remove(0);
        shop.sql("update orders set held_reason = 'a_reason'").await;
        outbox::park(app, &again).await.expect("parked");
        assert_eq!(outbox::claim(app, LANE.0, LANE.1, 1).await.expect("no claim").len(), 0);
    }

    /// The database fails in the middle: the effect is given back, and does not wait out its claim of half a minute.
    async fn an_effect_that_meets_a_database_error_is_given_back(database: Database) {
        let shop = Shop::open_own(database).await;
        let order = credited(&shop, Wallet::Wechat).await;
        let path = format!("/admin/orders/{}/refunds", order.number);
        shop.control("faults", json!({ "route": Wallet::Wechat.route("refund"), "kind": "http_500", "times": 1 })).await;
        assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": PRICE })).await.0, 201);
        shop.sql("alter table payments rename to payments_away").await;
        shop.sql("update outbox set next_at = 0, claimed_until = 0 where effect = 'refund'").await;
        let begun = Instant::now();
        let given_back = "select count(*) from outbox where effect = 'refund' and claimed_until = 0 and attempts > 0
             and last_error like '%payments%'";
        while sqlx::query_scalar::<_, i64>(given_back).fetch_one(shop.gateway.app().db.pool()).await.expect("a count") == 0 {
            assert!(begun.elapsed() < Duration::from_secs(20), "it is not given back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        shop.sql("alter table payments_away rename to payments").await;
        shop.wait_for(&order, OrderState::Refunded).await;
    }

    /// A row that no version of the gateway has written: the work that was begun beside it goes on.
    async fn a_value_that_panics_in_one_row_ends_no_other_work(database: Database) {
        let shop = Shop::open(database).await;
        shop.control("notices", json!({ "mode": "lose" })).await;
        shop.control("credit", json!({ "mode": "never" })).await;
        let mut orders = Vec::new();
        for _ in 0..3 {
            let (order, number) = shop.order_being_paid().await;
            shop.control("pay", json!({ "outTradeNo": number })).await;
            shop.wait_for(&order, OrderState::Fulfilling).await;
            orders.push(order);
        }
        let pool = shop.gateway.app().db.pool();
        let set = async |state: &'static str| {
            sqlx::query("update orders set state = $1 where id = $2")
                .bind(state).bind(orders[0].id.as_str()).execute(pool).await.expect("a state");
        };
        set("nonsense").await;
        shop.control("credit", json!({ "mode": "normal" })).await;
        shop.hurry_until("select count(*) / 2 from orders where state = 'credited'").await;
        shop.hurry_until("select count(*) from outbox where last_error like '%panicked%' and claimed_until = 0").await;
        set("fulfilling").await;
        shop.hurry_until("select count(*) / 3 from orders where state = 'credited'").await;
    }
}

async fn credited(shop: &Shop, wallet: Wallet) -> Order {
    let (order, number) = shop.code_shown(wallet).await;
    shop.buyer_pays(wallet, &number).await;
    shop.wait_for(&order, OrderState::Credited).await
}

/// Effects that are due in the test's own lane.
async fn due(shop: &Shop, count: i64) {
    let order = shop.order().await;
    let pool = shop.gateway.app().db.pool();
    for at in 0..count {
        sqlx::query(
            "insert into outbox (key, effect, channel, order_id, state, attempts, next_at, claimed_until, created_at)
             values ($1, $2, $3, $4, 'waiting', 0, 0, 0, 0)",
        )
        .bind(format!("test:{at}"))
        .bind(LANE.0)
        .bind(LANE.1)
        .bind(order.id.as_str())
        .execute(pool)
        .await
        .expect("an effect");
    }
}
