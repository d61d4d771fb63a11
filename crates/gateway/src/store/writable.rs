//! Whether the database takes writes: it is tried.

use std::time::Duration;

use sqlx::{Connection, Executor};
use tokio::time::{Instant, timeout};

use super::{
    cause::Cause,
    connect::{Db, Dialect, open},
    health::Known,
};
use crate::clock::now;

/// A database that takes longer is not ready.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);
/// So long a connection outside of the pool may take, to find out why the pool has none.
const OPENS_WITHIN: Duration = Duration::from_secs(1);
/// More than an order writes, in bytes: a disk with less room than that is full.
const SIZE: usize = 96 * 1024;

impl Db {
    /// Whether something can be written now: it is tried, and commits that fail count. Changes are told in the log and
    /// as a figure.
    ///
    /// # Errors
    /// What keeps it.
    pub async fn takes_writes(&self) -> Result<(), Cause> {
        let mut known = self.health.known.lock().await;
        let failed = self.health.failed_lately();
        if failed.is_none()
            && let Some(known) = known.as_ref().filter(|known| known.is_fresh())
        {
            return known.outcome;
        }
        let (outcome, said) = match failed {
            Some(cause) => (Err(cause), "a commit failed".to_owned()),
            None => match self.try_to_write().await {
                Ok(()) => (Ok(()), String::new()),
                Err(error) => (Err(Cause::of(&error)), error.to_string()),
            },
        };
        let before = known.as_ref().map_or(Ok(()), |known| known.outcome);
        match outcome {
            Err(cause) if before != outcome => {
                tracing::error!(
                    cause = cause.as_str(),
                    error = said,
                    "the database takes no writes"
                );
            }
            Ok(()) if before != outcome => tracing::info!("the database takes writes again"),
            _ => {}
        }
        metrics::gauge!("database_takes_writes").set(f64::from(u8::from(outcome.is_ok())));
        *known = Some(Known {
            at: Instant::now(),
            outcome,
        });
        outcome
    }

    async fn try_to_write(&self) -> sqlx::Result<()> {
        match timeout(ANSWERS_WITHIN, self.write_a_row()).await {
            // Whatever keeps the pool from a connection, it only says that it took too long.
            Err(_) | Ok(Err(sqlx::Error::PoolTimedOut)) => {
                match timeout(OPENS_WITHIN, self.begin_beside()).await {
                    Ok(Err(error)) => Err(error),
                    Ok(Ok(())) | Err(_) => Err(sqlx::Error::PoolTimedOut),
                }
            }
            Ok(written) => written,
        }
    }

    /// On a connection outside of the pool, without waiting for anybody.
    async fn begin_beside(&self) -> sqlx::Result<()> {
        let mut beside = open(&self.url, self.dialect()).await?;
        let begun = match self.dialect() {
            Dialect::Sqlite => {
                beside.execute("pragma busy_timeout = 0").await?;
                beside.execute("begin immediate").await
            }
            Dialect::Postgres => beside.execute("select 1").await,
        };
        beside.close().await?;
        begun.map(drop)
    }

    /// Each statement on its own: a gateway that stands still in between holds up no other.
    async fn write_a_row(&self) -> sqlx::Result<()> {
        sqlx::query(
            "select (select count(*) from (select title from orders limit 1) o)
                  + (select count(*) from (select version from order_events limit 1) e)
                  + (select count(*) from (select state from payments limit 1) p)
                  + (select count(*) from (select state from outbox limit 1) b)",
        )
        .execute(self.pool())
        .await?;
        let _writer = match self.dialect() {
            Dialect::Sqlite => Some(self.writer().await?),
            Dialect::Postgres => None,
        };
        // Other words each time: SQLite does not write pages that stay as they were.
        let at = now().0;
        sqlx::query(
            "insert into snapshots (name, body, taken_at) values ('written', $1, $2)
             on conflict (name) do update set body = excluded.body, taken_at = excluded.taken_at",
        )
        .bind(at.to_string().repeat(SIZE / 13))
        .bind(at)
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
