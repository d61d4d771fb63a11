//! How many unpaid orders a card and an address may have at once: each is asked for at its channel until it ends, so that
//! nobody may make them without end.

use std::net::IpAddr;

use contract::{CardNumber, ErrorCode};
use sqlx::AnyConnection;

use crate::{ApiError, ApiResult, clock::now, config::Limits, http::limits::caller};

/// Where an order comes from, as it is written on it.
#[must_use]
pub fn client(ip: IpAddr) -> String {
    caller(ip).to_string()
}

/// Whether there may be one more.
///
/// # Errors
/// The card or the address has as many as it may, or the database cannot be read.
pub async fn check(
    conn: &mut AnyConnection,
    limits: &Limits,
    card: &CardNumber,
    client: &str,
) -> ApiResult<()> {
    let of_client: (i64, Option<i64>) = sqlx::query_as(
        "select count(*), min(expires_at) from orders
         where client = $1 and state in ('created', 'paying') and expires_at > $2",
    )
    .bind(client)
    .bind(now().0)
    .fetch_one(&mut *conn)
    .await?;
    within(of_client, limits.open_orders_per_address.get())?;
    let of_card: (i64, Option<i64>) = sqlx::query_as(
        "select count(*), min(expires_at) from orders
         where card_number = $1 and state in ('created', 'paying') and expires_at > $2",
    )
    .bind(card.as_str())
    .bind(now().0)
    .fetch_one(conn)
    .await?;
    within(of_card, limits.open_orders_per_card.get())
}

fn within((count, first_end): (i64, Option<i64>), most: u32) -> ApiResult<()> {
    if count < i64::from(most) {
        return Ok(());
    }
    let wait = first_end.map_or(0, |end| (end - now().0) / 1000);
    let seconds = u32::try_from(wait.clamp(1, 3600)).unwrap_or(1);
    let detail =
        "there are too many unpaid orders: pay one, cancel one, or wait until one runs out";
    Err(ApiError::new(ErrorCode::RateLimited, detail).retry_after(seconds))
}
