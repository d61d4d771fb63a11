//! Several processes, and their ends.

use contract::{OrderState, routes};
use futures_util::future::join_all;
use serde_json::json;

use crate::{
    on_both_databases,
    support::{CARD, Database, PACKAGE, PRICE, Shop, process::Process},
};

/// Two gateways on one PostgreSQL carry out each effect once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_credit_once() {
    let shop = Shop::open(Database::postgres().await).await;
    let second = shop.beside().await;
    let mut orders = Vec::new();
    for _ in 0..10 {
        orders.push(shop.order_being_paid().await);
    }
    join_all(orders.iter().map(|(_, number)| {
        shop.control("pay", json!({ "outTradeNo": number, "lose_notice": true }))
    }))
    .await;
    for (order, number) in &orders {
        let credited = shop.wait_for(order, OrderState::Credited).await;
        assert_eq!(credited.timeline.len(), 5);
        assert_eq!(shop.credits(number).await, 1);
    }
    let effects: Vec<(String, i64)> =
        sqlx::query_as("select state, count(*) from outbox group by state")
            .fetch_all(second.app().db.pool())
            .await
            .expect("the outbox");
    assert!(
        effects.iter().all(|(state, _)| state != "dead"),
        "{effects:?}"
    );
    shop.check_invariants().await;
    second.shutdown().await.expect("a clean end");
}

#[tokio::test]
async fn a_second_process_on_one_sqlite_file_refuses_to_start() {
    let database = Database::sqlite();
    let shop = Shop::open(database.clone()).await;
    let config = crate::support::shop::config(&database, shop.sandbox.url(), 900);
    let error = gateway::start(config).await.err().expect("it refuses");
    assert!(
        format!("{error:#}").contains("another gateway has"),
        "{error:#}"
    );
}

/// Neither a lock that was deleted nor another name of the file lets a second gateway in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_process_on_one_sqlite_file_finds_no_way_around_the_lock() {
    let database = Database::sqlite();
    let process = Process::start(&database, &[]).await;
    let path = database.url.trim_start_matches("sqlite://");
    std::fs::remove_file(format!("{path}.lock")).expect("the lock");
    let link = format!("{path}.link");
    std::os::unix::fs::symlink(path, &link).expect("a link");
    for database in [
        database.reached_by(&format!("sqlite://{link}")),
        database.clone(),
    ] {
        let said = Process::is_refused(&database).await;
        assert!(said.contains("another gateway has"), "{said}");
    }
    process.order().await;
}

on_both_databases! {
    /// Row 43: whatever was answered before the end is there after it.
    async fn row_43_an_end_under_load_loses_nothing(database: Database) {
        let shop = Shop::open(database.clone()).await;
        let answered = std::sync::Arc::new(tokio::sync::Notify::new());
        let requests = (0..60).map(|at| {
            let request = shop.order_request(&format!("order-number-{at:08}"), CARD, PACKAGE, PRICE);
            let answered = answered.clone();
            tokio::spawn(async move {
                let answer = request.send().await;
                answered.notify_one();
                answer
            })
        });
        let requests: Vec<_> = requests.collect();
        // In the middle of it: one has its answer, the others have none yet.
        answered.notified().await;
        let begun = std::time::Instant::now();
        shop.gateway.shutdown().await.expect("a clean end");
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
        let mut made = Vec::new();
        for request in requests {
            if let Ok(Ok(answer)) = request.await
                && answer.status() == 201
                && let Ok(order) = answer.json::<contract::Order>().await
            {
                made.push(order.id);
            }
        }
        assert!(!made.is_empty(), "no order was answered before the end");
        let pool = database.look().await;
        for id in made {
            let found: i64 = sqlx::query_scalar("select count(*) from orders where id = $1")
                .bind(id.as_str()).fetch_one(&pool).await.expect("a count");
            assert_eq!(found, 1, "{}", routes::order(&id));
        }
    }
}
