//! SQLite is for one process: a second one on the same file refuses to start.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use anyhow::{Context, bail};

/// Takes the lock beside the database file. The operating system gives it back when the process ends, however it ends.
pub(super) fn take(database: &Path) -> anyhow::Result<File> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let file = File::create(&path)
        .with_context(|| format!("the lock {} cannot be made", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another gateway has {} open; SQLite is for one process, use PostgreSQL (database.url) for more",
            database.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("the lock {} cannot be taken", path.display()))
        }
    }
}
