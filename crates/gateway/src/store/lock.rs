//! SQLite is for one process: a second one on the same file refuses to start.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use anyhow::{Context, bail};

/// What keeps other gateways from a database.
pub(super) struct Lock {
    _files: Vec<File>,
}

/// Takes the locks. The operating system gives them back when the process ends, however it ends.
///
/// The file beside the database can be deleted while it is locked, so the database's own is locked too, whatever name it
/// is opened by. SQLite's locks are of another kind; only on Linux do the two not see each other.
pub(super) fn take(database: &Path) -> anyhow::Result<Lock> {
    let mut beside = database.as_os_str().to_owned();
    beside.push(".lock");
    let mut files = vec![lock(Path::new(&beside), database)?];
    if cfg!(target_os = "linux") {
        files.push(lock(database, database)?);
    }
    Ok(Lock { _files: files })
}

fn lock(path: &Path, database: &Path) -> anyhow::Result<File> {
    let file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .with_context(|| format!("{} cannot be opened for writing", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another gateway has {} open; SQLite is for one process, use PostgreSQL (database.url) for more",
            database.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", path.display()))
        }
    }
}
