//! Transactions that the database gave up in favour of another.

use std::time::Duration;

use crate::random;

/// How often the same work is begun at most.
const TIMES: u32 = 3;
/// PostgreSQL's words for a deadlock and for a failure to serialize. Whoever reads them has changed nothing.
const GIVEN_UP: [&str; 2] = ["40P01", "40001"];

/// An error that may be the database's.
pub trait StoreError {
    /// The database's error, where it is one.
    fn store(&self) -> Option<&sqlx::Error>;
}

impl StoreError for sqlx::Error {
    fn store(&self) -> Option<&sqlx::Error> {
        Some(self)
    }
}

impl StoreError for anyhow::Error {
    fn store(&self) -> Option<&sqlx::Error> {
        self.downcast_ref()
    }
}

/// Does work that is one transaction, and once more from its beginning where the database gave it up.
///
/// It does so because the work met another's. Everything locks in one sequence, so that this is for what somebody does
/// to the tables by hand.
///
/// # Errors
/// The work's own.
pub async fn again<T, E: StoreError, F: Future<Output = Result<T, E>>>(
    mut work: impl FnMut() -> F,
) -> Result<T, E> {
    for _ in 1..TIMES {
        match work().await {
            Err(error) if is_given_up(&error) => {
                metrics::counter!("transactions_begun_again_total").increment(1);
                let [random] = random::bytes();
                tokio::time::sleep(Duration::from_millis(5 + u64::from(random) / 8)).await;
            }
            outcome => return outcome,
        }
    }
    work().await
}

fn is_given_up(error: &impl StoreError) -> bool {
    let Some(sqlx::Error::Database(error)) = error.store() else {
        return false;
    };
    error.code().is_some_and(|code| GIVEN_UP.contains(&&*code))
}
