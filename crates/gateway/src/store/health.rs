//! Whether the database takes writes.

use std::time::Duration;

use sqlx::{Connection, Executor};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::{
    cause::Cause,
    connect::{Db, Dialect, open},
};
use crate::clock::now;

/// However many ask, it is tried once in so long.
const KNOWN_FOR: Duration = Duration::from_secs(1);
/// A database that takes longer is not ready.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);
/// So long a connection outside of the pool may take, to find out why the pool has none.
const OPENS_WITHIN: Duration = Duration::from_secs(1);
/// About what an order writes, in bytes: a disk with less room than that is full.
const SIZE: usize = 16 * 1024;

/// What is known of it.
#[derive(Default)]
pub(super) struct Health(Mutex<Option<Known>>);

struct Known {
    at: Instant,
    outcome: Result<(), Cause>,
}

impl Db {
    /// Whether something can be written now; it is tried. Changes are told in the log and as a figure.
    ///
    /// # Errors
    /// What keeps it.
    pub async fn takes_writes(&self) -> Result<(), Cause> {
        let mut known = self.health.0.lock().await;
        if let Some(known) = &*known
            && known.at.elapsed() < KNOWN_FOR
        {
            return known.outcome;
        }
        let tried = self.try_to_write().await;
        let outcome = tried.as_ref().map(|()| ()).map_err(Cause::of);
        let before = known.as_ref().map_or(Ok(()), |known| known.outcome);
        if outcome != before {
            match tried {
                Ok(()) => tracing::info!("the database takes writes again"),
                Err(error) => {
                    let cause = Cause::of(&error).as_str();
                    tracing::error!(cause, %error, "the database takes no writes");
                }
            }
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
            "select (select count(*) from (select id from orders limit 1) o)
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
        sqlx::query(
            "insert into snapshots (name, body, taken_at) values ('written', $1, $2)
             on conflict (name) do update set body = excluded.body, taken_at = excluded.taken_at",
        )
        .bind(" ".repeat(SIZE))
        .bind(now().0)
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
