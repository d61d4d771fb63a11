//! A connection goes back to the pool only when it is clean, whatever failed and whoever hung up.

use std::{
    future::poll_fn,
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use gateway::{
    config,
    store::{Db, Dialect},
};
use sqlx::Connection;

use crate::{
    on_both_databases,
    support::{Database, shop::patience},
};

const CONNECTIONS: u32 = 4;

async fn connect(database: &Database) -> Db {
    let mut config = config::load(None).expect("the defaults are right").database;
    config.url = database.url.clone().into();
    config.max_connections = CONNECTIONS;
    Db::connect(&config).await.expect("the database opens")
}

async fn write(db: &Db, name: &str) -> sqlx::Result<()> {
    let mut tx = db.begin_write().await?;
    sqlx::query("insert into snapshots (name, body, taken_at) values ($1, '', 0)")
        .bind(name)
        .execute(tx.conn())
        .await?;
    tx.commit().await
}

/// That each connection of the pool, all taken at once, is in no transaction, here and on the server.
async fn all_are_clean(db: &Db) {
    let begun = Instant::now();
    loop {
        let taken = join_all((0..CONNECTIONS).map(|_| db.pool().acquire())).await;
        assert!(
            taken
                .iter()
                .all(|one| one.as_ref().is_ok_and(|one| !one.is_in_transaction())),
            "{taken:?}"
        );
        drop(taken);
        if db.dialect() == Dialect::Sqlite || left_in_a_transaction(db).await == 0 {
            return;
        }
        assert!(
            begun.elapsed() < patience(),
            "a connection was left in a transaction"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Drops work when it was woken so often.
async fn hang_up_after(steps: usize, work: impl Future) {
    let mut work = pin!(work);
    let mut left = steps;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        work.as_mut().poll(context).map(drop)
    })
    .await;
}

async fn left_in_a_transaction(db: &Db) -> i64 {
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity
         where datname = current_database() and state like 'idle in transaction%'",
    )
    .fetch_one(db.pool())
    .await
    .expect("the server tells")
}

/// As it does when its disk is full, SQLite ends the transaction by itself, so that nothing is left to roll back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_the_database_ended_leaves_no_bad_connection() {
    let database = Database::sqlite();
    let db = connect(&database).await;
    write(&db, "there").await.expect("room");
    for at in 0..12 {
        let mut tx = db.begin_write().await.expect("a clean connection");
        let clash =
            "insert or rollback into snapshots (name, body, taken_at) values ('there', '', 0)";
        let ended = sqlx::query(clash).execute(tx.conn()).await;
        assert!(ended.is_err(), "the name is taken");
        match at % 2 {
            0 => drop(tx),
            _ => drop(tx.commit().await),
        }
    }
    for at in 0..12 {
        write(&db, &format!("after {at}"))
            .await
            .expect("a clean connection");
    }
    all_are_clean(&db).await;
}

on_both_databases! {
    /// A request that is dropped takes down whatever it waits for: beginning, writing or committing.
    async fn who_hangs_up_leaves_no_transaction(database: Database) {
        let db = connect(&database).await;
        write(&db, "before").await.expect("room");
        for steps in 0..24 {
            for again in 0..CONNECTIONS {
                let name = format!("hung up {steps} {again}");
                hang_up_after(steps, write(&db, &name)).await;
            }
            all_are_clean(&db).await;
        }
        // What a statement on its own writes must last: in a transaction that was left over it would not.
        for at in 0..12 {
            sqlx::query("insert into snapshots (name, body, taken_at) values ($1, '', 0)")
                .bind(format!("after {at}")).execute(db.pool()).await.expect("a clean connection");
        }
        all_are_clean(&db).await;
        let elsewhere = database.look().await;
        let lasting: i64 = sqlx::query_scalar("select count(*) from snapshots where name like 'after %'")
            .fetch_one(&elsewhere).await.expect("a count");
        assert_eq!(lasting, 12);
    }
}
