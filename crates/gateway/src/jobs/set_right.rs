//! Times that were written by a clock which has been put back since: without this, what they put off would wait for as
//! long as the clock was wrong.

use sqlx::AssertSqlSafe;

use super::outbox;
use crate::{
    App,
    clock::{APART_MS, now},
    payments::schedule,
};

/// Where it is written when something is due next.
struct Appointments {
    table: &'static str,
    /// When it is due.
    due: &'static str,
    /// When that was written.
    noted: &'static str,
    /// Which rows wait at all.
    waits: &'static str,
    /// Nothing is put off for longer, in milliseconds.
    longest_ms: i64,
}

const ALL: [Appointments; 2] = [
    Appointments {
        table: "outbox",
        due: "next_at",
        noted: "noted_at",
        waits: "state = 'waiting'",
        longest_ms: outbox::LONGEST_MS,
    },
    Appointments {
        table: "payments",
        due: "next_ask_at",
        noted: "ask_noted_at",
        waits: "next_ask_at is not null",
        longest_ms: schedule::LONGEST_MS,
    },
];

/// Makes due what was written in a future that never came, and what lies further ahead than anything is put off.
///
/// # Errors
/// The database failed.
pub async fn set_right(app: &App) -> anyhow::Result<()> {
    let at = now().0;
    for these in &ALL {
        let beyond = at + these.longest_ms + APART_MS;
        // Two statements, so that each is answered by one index.
        for (column, limit) in [(these.noted, at + APART_MS), (these.due, beyond)] {
            these.make_due(app, column, limit, at).await?;
        }
    }
    Ok(())
}

impl Appointments {
    async fn make_due(&self, app: &App, column: &str, limit: i64, at: i64) -> sqlx::Result<()> {
        let Appointments {
            table,
            due,
            noted,
            waits,
            ..
        } = self;
        let wrong = format!("{waits} and {column} > $1");
        let any: Option<i64> = sqlx::query_scalar(AssertSqlSafe(format!(
            "select {due} from {table} where {wrong} limit 1"
        )))
        .bind(limit)
        .fetch_optional(app.db.pool())
        .await?;
        if any.is_none() {
            return Ok(());
        }
        let mut tx = app.db.begin_write().await?;
        let made = sqlx::query(AssertSqlSafe(format!(
            "update {table} set {due} = $2, {noted} = $2 where {wrong}"
        )))
        .bind(limit)
        .bind(at)
        .execute(tx.conn())
        .await?
        .rows_affected();
        tx.commit().await?;
        tracing::warn!(
            table,
            made,
            "the clock was put back: what waited for it is due now"
        );
        Ok(())
    }
}
