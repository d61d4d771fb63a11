//! One piece of work among others: whatever becomes of it, the others go on.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;

/// A piece that takes longer hangs, on a database that is gone without a word, say. It is given up as a crash would.
const LONGEST: Duration = Duration::from_secs(60);

/// Does a piece of work. One that panics or hangs has failed, like any other.
///
/// # Errors
/// The piece's own, or what became of it.
pub async fn isolated<T, E>(work: impl Future<Output = Result<T, E>>) -> anyhow::Result<T>
where
    E: Into<anyhow::Error>,
{
    match tokio::time::timeout(LONGEST, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(outcome)) => outcome.map_err(Into::into),
        // What it says has gone to the log where it happened, and may repeat a value.
        Ok(Err(_)) => Err(anyhow::anyhow!("it panicked")),
        Err(_) => Err(anyhow::anyhow!("it took too long and was given up")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_failure() {
        let check = async |work: fn() -> anyhow::Result<u8>, expected: Result<u8, &str>| {
            let done = isolated(async move { work() }).await;
            let done = done.map_err(|error| error.to_string());
            assert_eq!(done, expected.map_err(str::to_owned));
        };
        check(|| Ok(7), Ok(7)).await;
        check(|| Err(anyhow::anyhow!("no")), Err("no")).await;
        check(|| panic!("a value"), Err("it panicked")).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_hangs_is_given_up() {
        let hangs = std::future::pending::<anyhow::Result<()>>();
        let error = isolated(hangs).await.expect_err("it hangs");
        assert!(error.to_string().contains("too long"), "{error}");
    }
}
