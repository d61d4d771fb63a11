//! The database.

mod again;
mod cause;
mod connect;
mod dialect;
mod health;
mod lock;
mod order;
mod session;
mod writable;

use std::time::Duration;

use tokio::time::timeout;

pub use again::{StoreError, again};
pub use cause::Cause;
pub use connect::{Db, Dialect, Tx};

/// A statement ends so soon. The server sees to it, where it is there to do so.
const LONGEST_STATEMENT: Duration = Duration::from_secs(12);

/// Gives a statement up that has no end, for callers that have no deadline of their own: the server is gone without a
/// word, say.
///
/// # Errors
/// The statement's own, or that it took too long.
pub async fn in_time<T>(statement: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    timeout(LONGEST_STATEMENT, statement)
        .await
        .unwrap_or_else(|_| Err(late("the database does not answer")))
}

/// Something of the database that took too long.
fn late(what: &str) -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, what))
}
