//! SQLite is for one process: a second one on the same file refuses to start.

use std::{
    fs::{File, TryLockError},
    path::Path,
    time::Duration,
};

use anyhow::{Context, bail};
use tokio::time::{Instant, sleep};

/// How long one that is just ending is waited for: its files are let go a little after its work, and a child that it was
/// starting in that moment holds them until it runs.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What keeps other gateways from a database.
pub(super) struct Lock {
    _files: Vec<File>,
}

/// Takes the locks. The operating system gives them back when the process ends, however it ends.
///
/// The file beside the database can be deleted while it is locked, so the database's own is locked too, whatever name it
/// is opened by. SQLite's locks are of another kind; only on Linux do the two not see each other.
pub(super) async fn take(database: &Path) -> anyhow::Result<Lock> {
    let mut beside = database.as_os_str().to_owned();
    beside.push(".lock");
    let mut files = vec![lock(Path::new(&beside), database).await?];
    if cfg!(target_os = "linux") {
        files.push(lock(database, database).await?);
    }
    Ok(Lock { _files: files })
}

async fn lock(path: &Path, database: &Path) -> anyhow::Result<File> {
    let until = Instant::now() + PATIENCE;
    let file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .with_context(|| format!("{} cannot be opened for writing", path.display()))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < until => sleep(LOOK_AGAIN).await,
            Err(TryLockError::WouldBlock) => bail!(
                "another gateway has {} open; SQLite is for one process, use PostgreSQL (database.url) for more",
                database.display()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("{} cannot be locked", path.display()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_that_ends_is_waited_for_and_one_that_stays_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("shop.db");
        let first = take(&database).await.expect("it is free");
        tokio::spawn(async move {
            sleep(Duration::from_millis(200)).await;
            drop(first);
        });
        let second = take(&database).await.expect("it becomes free");
        let began = Instant::now();
        assert!(take(&database).await.is_err());
        assert!(began.elapsed() >= PATIENCE);
        drop(second);
    }
}
