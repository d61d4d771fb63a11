//! Forgets what is no longer needed, a little at a time.

use std::time::Duration;

use crate::{App, clock::now, config::Keeping, store::again};

/// Rows that one transaction changes, so that no buyer waits for it.
const STEP: i64 = 200;
/// Between two steps others have their turn.
const PAUSE: Duration = Duration::from_millis(50);
const DAY_MS: i64 = 86_400_000;

/// Something to forget.
struct Rule {
    /// What, for the figures.
    what: &'static str,
    /// What is older than this is no longer needed, in milliseconds; `None`: it is kept for ever.
    before: Option<i64>,
    /// The statement, which takes that time and how many rows it changes at most.
    sql: &'static str,
}

/// Forgets what is older than the configuration says. What an order was, what it cost and what became of it stays.
///
/// # Errors
/// The database cannot be written; the rest is forgotten the next time.
pub async fn forget(app: &App) -> sqlx::Result<()> {
    for rule in rules(&app.config.keeping) {
        let Some(before) = rule.before else { continue };
        loop {
            let rows = again(|| step(app, rule.sql, before)).await?;
            metrics::counter!("rows_forgotten_total", "what" => rule.what).increment(rows);
            if rows < STEP.unsigned_abs() || app.stop.is_cancelled() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

async fn step(app: &App, sql: &'static str, before: i64) -> sqlx::Result<u64> {
    let mut tx = app.db.begin_write().await?;
    let done = sqlx::query(sql)
        .bind(before)
        .bind(STEP)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}

fn rules(keeping: &Keeping) -> [Rule; 8] {
    let at = now().0;
    let ago = |days: u32| (days > 0).then(|| at - i64::from(days) * DAY_MS);
    [
        Rule {
            what: "payers",
            before: Some(at),
            sql: "delete from payers where (digest, channel, merchant) in (
                 select digest, channel, merchant from payers where expires_at <= $1 order by expires_at limit $2)",
        },
        Rule {
            what: "authorisations",
            before: Some(at),
            sql: "delete from authorisations where state_digest in (
                 select state_digest from authorisations where expires_at <= $1 order by expires_at limit $2)",
        },
        Rule {
            what: "effects",
            before: ago(keeping.details_days),
            sql: "delete from outbox where key in (
                 select key from outbox where state = 'done' and created_at < $1 order by created_at limit $2)",
        },
        Rule {
            what: "launches",
            before: ago(keeping.details_days),
            sql: "update payments set launch = null, payer = null, client_ip = null where out_trade_no in (
                 select out_trade_no from payments
                 where (launch is not null or payer is not null or client_ip is not null) and created_at < $1
                 order by created_at limit $2)",
        },
        // A key in use has no blank. The digest goes with it: a card's number can be found again from it by trying.
        Rule {
            what: "idempotency_keys",
            before: ago(keeping.details_days),
            sql: "update orders set request_digest = '', idempotency_key = 'forgotten ' || id, client = null
                 where id in (
                 select id from orders where request_digest <> '' and created_at < $1 order by created_at limit $2)",
        },
        Rule {
            what: "card_numbers",
            before: ago(keeping.card_numbers_days),
            sql: "update orders set card_number = null, request_digest = '', idempotency_key = 'forgotten ' || id
                 where id in (
                 select id from orders where card_number is not null and held_reason is null
                 and state in ('credited', 'refunded', 'expired', 'cancelled') and created_at < $1
                 order by created_at limit $2)",
        },
        Rule {
            what: "quarantine",
            before: ago(keeping.quarantine_days),
            sql: "delete from quarantine where digest in (
                 select digest from quarantine where last_at < $1 order by last_at limit $2)",
        },
        Rule {
            what: "audit",
            before: ago(keeping.audit_days),
            sql: "delete from audit where id in (select id from audit where at < $1 order by at limit $2)",
        },
    ]
}
