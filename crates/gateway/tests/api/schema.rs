//! What the gateway finds at its start: an older database, a newer one, something else.

use std::borrow::Cow;

use sqlx::{AnyPool, migrate::Migrator};

use crate::{
    on_both_databases,
    support::{Database, process::Process},
};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Brings an empty database to where the first release had it.
async fn of_the_first_release(database: &Database) -> AnyPool {
    sqlx::any::install_default_drivers();
    let pool = match database.url.strip_prefix("sqlite:") {
        Some(_) => AnyPool::connect(&format!("{}?mode=rwc", database.url)).await,
        None => AnyPool::connect(&database.url).await,
    };
    let pool = pool.expect("the database opens");
    let mut first = sqlx::migrate!();
    first.migrations = Cow::Borrowed(&MIGRATIONS.migrations[..1]);
    first.run(&pool).await.expect("an empty database");
    pool
}

async fn versions(pool: &AnyPool) -> i64 {
    sqlx::query_scalar("select count(*) from _sqlx_migrations")
        .fetch_one(pool)
        .await
        .expect("a count")
}

on_both_databases! {
    async fn an_older_database_is_brought_up_to_date_or_left_as_it_was(database: Database) {
        let pool = of_the_first_release(&database).await;
        sqlx::query(
            "insert into orders (id, number, kind, state, version, title, amount_fen, currency, idempotency_key,
                 request_digest, created_at, updated_at, expires_at)
             values ('o', 'n', 'recharge', 'expired', 1, 't', 1, 'CNY', 'k', 'd', 1, 1, 1)",
        ).execute(&pool).await.expect("an order");
        // The last table of the second migration is in its way: nothing of that migration may stay.
        sqlx::query("create table audit (id bigint)").execute(&pool).await.expect("a table");
        let said = Process::is_refused(&database).await;
        assert!(said.contains("the database's tables cannot be brought up to date"), "{said}");
        assert_eq!(versions(&pool).await, 1);
        assert!(sqlx::query("select * from merchants").execute(&pool).await.is_err(), "a half migration");
        sqlx::query("drop table audit").execute(&pool).await.expect("it goes");
        let process = Process::start(&database, &[]).await;
        let kept: i64 = sqlx::query_scalar("select count(*) from orders where id = 'o'")
            .fetch_one(&pool).await.expect("a count");
        assert_eq!(kept, 1);
        process.order().await;
    }

    async fn a_newer_database_is_left_alone(database: Database) {
        let pool = of_the_first_release(&database).await;
        sqlx::query(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             select 9999, 'newer', success, checksum, 0 from _sqlx_migrations",
        ).execute(&pool).await.expect("a row");
        let said = Process::is_refused(&database).await;
        assert!(said.contains("belongs to a newer gateway: it has migration 9999"), "{said}");
        assert_eq!(versions(&pool).await, 2);
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let database = Database::sqlite();
    let path = database.url.trim_start_matches("sqlite://");
    std::fs::write(path, "this is a letter, and no database at all".repeat(200)).expect("room");
    let before = std::fs::read(path).expect("the file");
    let said = Process::is_refused(&database).await;
    assert!(said.contains("the file is not a database"), "{said}");
    assert_eq!(std::fs::read(path).expect("the file"), before);
}
