//! Every wait on the database has an end, and whoever waits keeps nothing from others.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use contract::{Order, OrderState, routes};
use futures_util::future::{join, join_all};
use gateway::{
    config,
    store::{Db, again},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{AnyPool, Executor};
use tokio::sync::Barrier;

use crate::support::{
    CARD, Database, PACKAGE, PRICE, Shop,
    line::{Line, State},
    shop::patience,
};

const LOCK_ORDER: &str = "select id from orders where id = $1 for update";

fn tap() -> Value {
    json!({ "method": "alipay", "host": "mobile_browser" })
}

async fn pay(shop: &Shop, base: &str, order: &Order) -> (StatusCode, Value) {
    let answer = shop
        .http
        .post(format!("{base}{}", routes::order_payments(&order.id)))
        .json(&tap())
        .send()
        .await
        .expect("an answer");
    let status = answer.status();
    (status, answer.json().await.expect("a body"))
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < patience(), "waited for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Sessions of this database that wait for a lock.
async fn waiting(pool: &AnyPool) -> i64 {
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'",
    )
    .fetch_one(pool)
    .await
    .expect("the server tells")
}

#[tokio::test]
async fn each_connection_knows_how_long_it_may_wait() {
    let shop = Shop::open(Database::postgres().await).await;
    let settings: Vec<(String, String)> = sqlx::query_as(
        "select name, setting from pg_settings
         where (name like '%\\_timeout' or name like 'tcp\\_%' or name = 'client_connection_check_interval')
         and source = 'session' order by name",
    )
    .fetch_all(shop.gateway.app().db.pool())
    .await
    .expect("the server tells");
    let settings: Vec<String> = settings
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    assert_eq!(
        settings,
        [
            "client_connection_check_interval 1000",
            "idle_in_transaction_session_timeout 10000",
            "lock_timeout 4000",
            "statement_timeout 10000",
            "tcp_keepalives_count 3",
            "tcp_keepalives_idle 10",
            "tcp_keepalives_interval 5",
            "tcp_user_timeout 20000",
        ]
    );
}

/// Somebody holds an order's row, and its buyer presses everything there is: others buy meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_order_holds_one_connection() {
    let database = Database::postgres().await;
    let shop = Shop::open(database.clone()).await;
    let (order, _) = shop.order_being_paid().await;
    let hand = database.look().await;
    let mut held = hand.begin().await.expect("a transaction");
    sqlx::query(LOCK_ORDER)
        .bind(order.id.as_str())
        .execute(&mut *held)
        .await
        .expect("the lock");
    let pressed: Vec<_> = (0..20)
        .flat_map(|_| {
            let other = json!({ "method": "wechat", "host": "desktop_browser" });
            [
                shop.post(&routes::order_payments(&order.id), &other),
                shop.post(&routes::order_cancel(&order.id), &Value::Null),
            ]
        })
        .map(|request| tokio::spawn(request.send()))
        .collect();
    until("somebody to wait", async || waiting(&hand).await > 0).await;
    for _ in 0..5 {
        let (other, number) = shop.order_being_paid().await;
        shop.control("pay", json!({ "outTradeNo": number })).await;
        shop.wait_for(&other, OrderState::Credited).await;
        assert!(waiting(&hand).await <= 1);
    }
    held.rollback().await.expect("the end");
    for request in pressed {
        let answer = request.await.expect("it ends").expect("an answer");
        assert_ne!(answer.status(), 500);
    }
    shop.check_invariants().await;
}

/// Whoever hangs up leaves neither a statement nor a taken connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_waits_for_ends() {
    let database = Database::postgres().await;
    let shop = Shop::open(database.clone()).await;
    let (order, _) = shop.order_being_paid().await;
    let hand = database.look().await;
    let mut held = hand.begin().await.expect("a transaction");
    sqlx::query(LOCK_ORDER)
        .bind(order.id.as_str())
        .execute(&mut *held)
        .await
        .expect("the lock");
    let cancelling = tokio::spawn(
        shop.post(&routes::order_cancel(&order.id), &Value::Null)
            .send(),
    );
    until("it to wait", async || waiting(&hand).await == 1).await;
    cancelling.abort();
    until("its statement to end", async || waiting(&hand).await == 0).await;
    let pool = shop.gateway.app().db.pool();
    until("its connection", async || {
        pool.num_idle() as u32 == pool.size()
    })
    .await;
    held.rollback().await.expect("the end");
    assert_eq!(pay(&shop, &shop.base, &order).await.0, 200);
}

/// A gateway that stops inside a transaction, its machine frozen say, is cut off by the server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_gateway_keeps_nobody_for_long() {
    let database = Database::postgres().await;
    let shop = Shop::open(database.clone()).await;
    let (order, number) = shop.order_being_paid().await;
    let mut config = config::load(None).expect("the defaults are right").database;
    config.url = database.url.clone().into();
    let other = Db::connect(&config).await.expect("the database opens");
    let frozen = other.begin_order(&order.id).await.expect("a transaction");
    shop.control("pay", json!({ "outTradeNo": number, "lose_notice": true }))
        .await;
    let (free, number) = shop.order_being_paid().await;
    shop.control("pay", json!({ "outTradeNo": number, "lose_notice": true }))
        .await;
    shop.wait_for(&free, OrderState::Credited).await;
    shop.wait_for(&order, OrderState::Credited).await;
    drop(frozen);
    shop.check_invariants().await;
}

/// A double tap that a load balancer gives to two gateways is one payment, told twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_tap_on_two_gateways_is_one_payment() {
    let shop = Shop::open(Database::postgres().await).await;
    let second = shop.beside().await;
    let other = format!("http://{}", second.addr());
    for _ in 0..30 {
        let order = shop.order().await;
        let (one, two) = join(pay(&shop, &shop.base, &order), pay(&shop, &other, &order)).await;
        assert_eq!(
            (one.0, two.0),
            (StatusCode::OK, StatusCode::OK),
            "{one:?} {two:?}"
        );
        assert_eq!(one.1["launch"], two.1["launch"]);
        assert_eq!(shop.out_trade_nos(&order).await.len(), 1);
    }
    // Whatever else is pressed at once: somebody is right, and nobody is told of a failure of ours.
    let orders: Vec<Order> = join_all((0..10).map(|_| shop.order())).await;
    join_all(orders.iter().map(async |order| {
        pay(&shop, &shop.base, order).await;
        let cancel = shop
            .http
            .post(format!("{other}{}", routes::order_cancel(&order.id)))
            .send();
        let (cancelled, again) = join(cancel, pay(&shop, &shop.base, order)).await;
        let statuses = [cancelled.expect("an answer").status(), again.0];
        assert!(
            statuses
                .iter()
                .all(|status| [200, 409, 410].contains(&status.as_u16())),
            "{statuses:?} {}",
            again.1
        );
    }))
    .await;
    shop.check_invariants().await;
    second.shutdown().await.expect("a clean end");
}

/// Two transactions that lock in opposite sequences: the database gives one up, and it is done again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_tried_again() {
    let database = Database::postgres().await;
    let mut config = config::load(None).expect("the defaults are right").database;
    config.url = database.url.clone().into();
    let db = Db::connect(&config).await.expect("the database opens");
    db.pool()
        .execute("insert into snapshots (name, body, taken_at) values ('a', '', 0), ('b', '', 0)")
        .await
        .expect("two rows");
    let both = Barrier::new(2);
    let write = async |names: [&str; 2]| {
        let first = AtomicBool::new(true);
        again(async || {
            let mut tx = db.begin_write().await?;
            for (at, name) in names.iter().enumerate() {
                if at == 1 && first.swap(false, Relaxed) {
                    both.wait().await;
                }
                sqlx::query("update snapshots set taken_at = taken_at + 1 where name = $1")
                    .bind(name)
                    .execute(tx.conn())
                    .await?;
            }
            tx.commit().await
        })
        .await
    };
    let (one, two) = join(write(["a", "b"]), write(["b", "a"])).await;
    one.and(two).expect("both are written");
    let written: Vec<i64> = sqlx::query_scalar("select taken_at from snapshots")
        .fetch_all(db.pool())
        .await
        .expect("the rows");
    assert_eq!(written, [2, 2]);
}

/// Somebody changes an order's rows by hand, in another sequence than the gateways do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_deadlocks_is_done_all_the_same() {
    let database = Database::postgres().await;
    let shop = Shop::open(database.clone()).await;
    let (order, number) = shop.order_being_paid().await;
    let hand = database.look().await;
    let mut by_hand = hand.begin().await.expect("a transaction");
    // Whoever looks for deadlocks first is given up: the gateway.
    (&mut *by_hand)
        .execute("set local deadlock_timeout = '60s'")
        .await
        .expect("a superuser");
    sqlx::query("update payments set state = state where out_trade_no = $1")
        .bind(number)
        .execute(&mut *by_hand)
        .await
        .expect("the lock");
    let cancelling = tokio::spawn(
        shop.post(&routes::order_cancel(&order.id), &Value::Null)
            .send(),
    );
    until("it to wait", async || waiting(&hand).await == 1).await;
    sqlx::query(LOCK_ORDER)
        .bind(order.id.as_str())
        .execute(&mut *by_hand)
        .await
        .expect("the gateway is given up");
    by_hand.commit().await.expect("the end");
    let answer = cancelling.await.expect("it ends").expect("an answer");
    assert_eq!(answer.status(), 200);
    shop.wait_for(&order, OrderState::Cancelled).await;
}

/// The network loses whatever is said on the connections that are there, and tells nobody: new ones take their place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_gone_without_a_word_are_replaced() {
    let line = Line::to(&Database::postgres().await).await;
    let shop = Shop::open(line.database.clone()).await;
    let (order, number) = shop.order_being_paid().await;
    line.is(State::Lost);
    shop.control("pay", json!({ "outTradeNo": number })).await;
    until("an order", async || {
        let begun = Instant::now();
        let key = gateway::random::effect_number('k');
        let body = json!({ "card_number": CARD, "package_id": PACKAGE, "quoted_fen": PRICE, "repeat": true });
        let asked = shop.post(routes::ORDERS, &body).header(routes::IDEMPOTENCY_KEY, key);
        let answer = asked.send().await.expect("an answer");
        assert!(begun.elapsed() < Duration::from_secs(18), "{:?}", begun.elapsed());
        answer.status() == 201
    })
    .await;
    until("the credit", async || {
        let answer = shop.get(&routes::order(&order.id)).send().await;
        let shown: Value = answer.expect("an answer").json().await.expect("a body");
        shown["state"] == "credited"
    })
    .await;
    shop.check_invariants().await;
}

/// The same while nobody asks for anything: what the jobs were waiting for on such a connection has an end too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_on_a_connection_that_is_gone_goes_on() {
    let database = Database::postgres().await;
    let elsewhere = database.look().await;
    let line = Line::to(&database).await;
    let shop = Shop::open(line.database.clone()).await;
    let (order, number) = shop.order_being_paid().await;
    shop.control("pay", json!({ "outTradeNo": number, "lose_notice": true }))
        .await;
    line.is(State::Lost);
    let begun = Instant::now();
    loop {
        let state: String = sqlx::query_scalar("select state from orders where id = $1")
            .bind(order.id.as_str())
            .fetch_one(&elsewhere)
            .await
            .expect("the order");
        if state == "credited" {
            break;
        }
        assert!(begun.elapsed() < 3 * patience(), "{state}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    shop.check_invariants().await;
}

/// A way back from a wallet that somebody made up takes no turn to write, which others wait for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_made_up_way_back_writes_nothing() {
    let shop = Shop::open(Database::sqlite()).await;
    let writing = shop.gateway.app().db.begin_write().await.expect("a turn");
    let answer = shop
        .get("/oauth/alipay/callback?state=made-up&auth_code=1")
        .header("cookie", format!("rc_payer={}", "a".repeat(32)))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/");
    drop(writing);
}
