//! Notices that fit no payment of ours, kept for a person to look at.

use crate::{App, clock::now, digest::sha256, payments::Channel};

/// So many different ones are kept of each merchant; the longest unheard of make room for new ones.
const KEPT: i64 = 1000;

/// Keeps a notice. The same one counts up.
///
/// # Errors
/// The database cannot be written.
pub(super) async fn keep(
    app: &App,
    channel: &dyn Channel,
    number: &str,
    body: &[u8],
) -> sqlx::Result<()> {
    let at = now().0;
    let mut tx = app.db.begin_write().await?;
    sqlx::query(
        "insert into quarantine (digest, channel, merchant, out_trade_no, times, first_at, last_at)
         values ($1, $2, $3, $4, 1, $5, $5)
         on conflict (digest) do update set times = quarantine.times + 1, last_at = excluded.last_at",
    )
    .bind(sha256(body))
    .bind(channel.name())
    .bind(channel.merchant())
    .bind(number)
    .bind(at)
    .execute(tx.conn())
    .await?;
    sqlx::query(
        "delete from quarantine where digest in (
             select digest from quarantine where channel = $1 and merchant = $2
             order by last_at desc, digest limit $3 offset $3)",
    )
    .bind(channel.name())
    .bind(channel.merchant())
    .bind(KEPT)
    .execute(tx.conn())
    .await?;
    let (channel, out_trade_no) = (channel.name(), number.to_owned());
    tx.once_committed(move || {
        tracing::error!(
            channel,
            out_trade_no,
            security = true,
            "a notice fits no payment: quarantined"
        );
    });
    tx.commit().await
}
