//! A database that is gone, full, read-only, locked or damaged: it is said why, nothing is promised, and all goes on by
//! itself.

use std::time::{Duration, Instant};

use contract::OrderState;
use gateway::store::Cause;
use serde_json::json;
use sqlx::{AnyPool, AssertSqlSafe, Executor};

use crate::support::{
    CARD, Database, PACKAGE, PRICE, Shop,
    line::{Line, State},
    shop::{config, patience},
};

/// Longer than the gateway waits for another program's lock.
const LOCKED_FOR: Duration = Duration::from_secs(10);

/// Whatever the gateway finds out about its database in the end.
async fn says(shop: &Shop, wanted: (u16, &str)) {
    let begun = Instant::now();
    loop {
        let answer = shop.get("/readyz").send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        if (status, text.as_str()) == wanted {
            return;
        }
        assert!(
            begun.elapsed() < patience(),
            "{status} {text}, not {wanted:?}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn asks_for_an_order(shop: &Shop) -> u16 {
    let key = gateway::random::effect_number('k');
    let answer = shop.order_request(&key, CARD, PACKAGE, PRICE).send().await;
    answer.expect("an answer").status().as_u16()
}

/// Everything works: an order that was paid in the outage, and a new one.
async fn goes_on(shop: &Shop, paid: &contract::Order) {
    says(shop, (200, "ready")).await;
    shop.wait_for(paid, OrderState::Credited).await;
    let (order, number) = shop.order_being_paid().await;
    shop.control("pay", json!({ "outTradeNo": number })).await;
    shop.wait_for(&order, OrderState::Credited).await;
    shop.check_invariants().await;
}

async fn notice_of(shop: &Shop, out_trade_no: &str) -> u16 {
    let body =
        json!({ "noticeId": "n", "outTradeNo": out_trade_no, "total": 18, "status": "paid" });
    let answer = shop.notice(body.to_string()).send().await;
    answer.expect("an answer").status().as_u16()
}

async fn pay_in_silence(shop: &Shop, out_trade_no: &str) {
    let paid = json!({ "outTradeNo": out_trade_no, "lose_notice": true });
    shop.control("pay", paid).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_and_comes_back_postgres() {
    let line = Line::to(&Database::postgres().await).await;
    let shop = Shop::open(line.database.clone()).await;
    let (paid, number) = shop.order_being_paid().await;
    pay_in_silence(&shop, &number).await;
    line.is(State::Cut);
    says(&shop, (503, Cause::Unreachable.as_str())).await;
    // The wallet gives a notice up after five seconds: it is answered before, and not as taken.
    let begun = Instant::now();
    assert_eq!(notice_of(&shop, &number).await, 503);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    line.is(State::Open);
    goes_on(&shop, &paid).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_no_more_connections_is_named_postgres() {
    let line = Line::to(&Database::postgres().await).await;
    let shop = Shop::open(line.database.clone()).await;
    let (paid, number) = shop.order_being_paid().await;
    pay_in_silence(&shop, &number).await;
    line.is(State::Full);
    says(&shop, (503, Cause::TooManyConnections.as_str())).await;
    let refused = gateway::start(config(&line.database, shop.sandbox.url(), 900)).await;
    let refused = format!("{:#}", refused.err().expect("it refuses"));
    assert!(
        refused.contains("sorry, too many clients already"),
        "{refused}"
    );
    line.is(State::Open);
    goes_on(&shop, &paid).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_became_read_only_postgres() {
    let shop = Shop::open(Database::postgres().await).await;
    let (paid, number) = shop.order_being_paid().await;
    let server = std::env::var("TEST_POSTGRES_URL").expect("a server");
    let admin = AnyPool::connect(&server).await.expect("the server answers");
    let name = shop.database.url.rsplit('/').next().expect("a name");
    // New sessions see it, so those there are have to end, as they do in a failover.
    let set = async |read_only: &str| {
        let alter =
            format!("alter database {name} set default_transaction_read_only = {read_only}");
        admin
            .execute(AssertSqlSafe(alter))
            .await
            .expect("it is set");
        let end = format!(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '{name}'"
        );
        admin.execute(AssertSqlSafe(end)).await.expect("they end");
    };
    set("on").await;
    pay_in_silence(&shop, &number).await;
    says(&shop, (503, Cause::ReadOnly.as_str())).await;
    assert_eq!(asks_for_an_order(&shop).await, 503);
    assert_eq!(notice_of(&shop, &number).await, 503);
    set("off").await;
    goes_on(&shop, &paid).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_without_a_connection_postgres() {
    let shop = Shop::open(Database::postgres().await).await;
    let (paid, number) = shop.order_being_paid().await;
    pay_in_silence(&shop, &number).await;
    let mut taken = Vec::new();
    while let Ok(Ok(connection)) = tokio::time::timeout(
        Duration::from_secs(1),
        shop.gateway.app().db.pool().acquire(),
    )
    .await
    {
        taken.push(connection);
    }
    says(&shop, (503, Cause::Slow.as_str())).await;
    drop(taken);
    goes_on(&shop, &paid).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_another_program_locks() {
    let shop = Shop::open(Database::sqlite()).await;
    let (paid, number) = shop.order_being_paid().await;
    pay_in_silence(&shop, &number).await;
    let other = shop.database.look().await;
    let mut holds = other.begin_with("begin immediate").await.expect("the lock");
    sqlx::query("update orders set version = version")
        .execute(&mut *holds)
        .await
        .expect("a write");
    let begun = Instant::now();
    while begun.elapsed() < LOCKED_FOR {
        let (order, notice, ()) = tokio::join!(
            asks_for_an_order(&shop),
            notice_of(&shop, &number),
            says(&shop, (503, Cause::Locked.as_str()))
        );
        assert_eq!((order, notice), (503, 503), "{:?}", begun.elapsed());
    }
    holds.rollback().await.expect("the lock is given back");
    goes_on(&shop, &paid).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_table_stops_orders_that_nobody_could_pay() {
    for part in ["payments", "payments_by_order", "sqlite_autoindex_outbox_1"] {
        let shop = Shop::open(Database::sqlite()).await;
        let page: i64 = sqlx::query_scalar("select rootpage from sqlite_schema where name = $1")
            .bind(part)
            .fetch_one(&shop.database.look().await)
            .await
            .expect("a page");
        assert_eq!(asks_for_an_order(&shop).await, 201);
        damage(&shop, page).await;
        assert_eq!(asks_for_an_order(&shop).await, 503, "{part}");
        if part == "payments" {
            says(&shop, (503, Cause::Damaged.as_str())).await;
        }
        let made: i64 = sqlx::query_scalar("select count(*) from orders")
            .fetch_one(&shop.database.look().await)
            .await
            .expect("a count");
        assert_eq!(made, 1, "{part}");
    }
}

/// What looks right and cannot be written all the same is found out by trying, soon and not for each order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_takes_no_rows_stops_orders_soon() {
    let shop = Shop::open(Database::sqlite()).await;
    let look = shop.database.look().await;
    for table in ["payments", "outbox"] {
        assert_eq!(asks_for_an_order(&shop).await, 201, "{table}");
        let refuse = format!(
            "create trigger refuses before insert on {table} begin select raise(abort, 'no'); end"
        );
        look.execute(AssertSqlSafe(refuse))
            .await
            .expect("a trigger");
        let begun = Instant::now();
        while asks_for_an_order(&shop).await != 503 {
            assert!(begun.elapsed() < patience(), "{table}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert_eq!(asks_for_an_order(&shop).await, 503, "{table}");
        look.execute("drop trigger refuses").await.expect("it goes");
    }
    assert_eq!(asks_for_an_order(&shop).await, 201);
}

/// Overwrites a page, and has the gateway's connections read it again.
async fn damage(shop: &Shop, page: i64) {
    let look = shop.database.look().await;
    look.execute("pragma wal_checkpoint(truncate)")
        .await
        .expect("a checkpoint");
    let path = shop.database.url.trim_start_matches("sqlite://");
    let file = std::fs::File::options()
        .write(true)
        .open(path)
        .expect("the file");
    let at = u64::try_from(page - 1).expect("a page") * 4096;
    std::os::unix::fs::FileExt::write_all_at(&file, &[0x5a; 4096], at).expect("room");
    // A change from elsewhere makes each connection forget the pages it holds.
    look.execute("update snapshots set taken_at = taken_at")
        .await
        .expect("a write");
}
