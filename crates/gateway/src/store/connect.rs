//! One set of SQL for SQLite and PostgreSQL.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use contract::OrderId;
use sqlx::{
    Any, AnyConnection, AnyPool, Connection, Executor, Transaction, any::AnyPoolOptions,
    migrate::MigrateError,
};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::{Instant, sleep, timeout, timeout_at},
};

use super::{
    cause::Cause,
    health::Health,
    late,
    lock::{self, Lock},
    session,
};
use crate::{config, turns::Turns};

/// Writes that may be lost by SQLite's WAL reset bug are not acceptable: releases before this one have it.
const SQLITE_FIXED: (u32, u32, u32) = (3, 51, 3);

/// A database that is starting too is waited for so long.
const STARTS_WITHIN: Duration = Duration::from_secs(5);
/// A connection is waited for so long.
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);
/// A connection that was used so short a time ago is not asked whether it lives.
const USED_JUST_NOW: Duration = Duration::from_secs(1);
/// A transaction begins so soon, the wait for a connection included.
const BEGUN_WITHIN: Duration = Duration::from_secs(7);
/// A transaction ends so soon. The server sees to it earlier, where it is there to do so.
const ENDED_WITHIN: Duration = Duration::from_secs(12);
/// A connection that is given back has so long to finish what its last user began.
const TIDIED_WITHIN: Duration = Duration::from_secs(5);
/// SQLite's other writers are waited for so long.
const WRITER_WITHIN: Duration = Duration::from_secs(10);

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A file, for one process.
    Sqlite,
    /// A server, for any number of processes.
    Postgres,
}

/// The database.
#[derive(Clone)]
pub struct Db {
    pool: AnyPool,
    dialect: Dialect,
    // SQLite has one writer at a time. Waiting for it here is fair and costs no busy loop in the database.
    writer: Arc<Mutex<()>>,
    pub(super) order_turns: Arc<Turns>,
    pub(super) url: Arc<str>,
    pub(super) health: Arc<Health>,
    _lock: Option<Arc<Lock>>,
}

/// A transaction that may write; rolled back unless committed.
pub struct Tx {
    transaction: Transaction<'static, Any>,
    told: Vec<Box<dyn FnOnce() + Send>>,
    health: Arc<Health>,
    _writer: Option<OwnedMutexGuard<()>>,
    pub(super) order: Option<Locked>,
}

/// The order that a transaction has locked, and its turn in this process.
pub(super) struct Locked {
    pub(super) id: OrderId,
    pub(super) _turn: OwnedMutexGuard<Option<std::time::Instant>>,
}

impl Db {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// It cannot be reached, is open in another process (SQLite), or has tables of a newer gateway.
    pub async fn connect(config: &config::Database) -> anyhow::Result<Db> {
        sqlx::any::install_default_drivers();
        let url = config.url.expose();
        let (dialect, lock, url) = if let Some(path) = url.strip_prefix("sqlite://") {
            let path = PathBuf::from(path.split('?').next().unwrap_or_default());
            if let Some(folder) = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty())
            {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
            }
            (
                Dialect::Sqlite,
                Some(lock::take(&path).await?),
                sqlite_url(&path),
            )
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            (Dialect::Postgres, None, url.to_owned())
        } else {
            bail!("database.url begins with sqlite:// or postgres://");
        };
        // The pool says of whatever keeps it from its first connection that it took too long: this one says why.
        let mut first = open_patiently(&url, dialect).await.map_err(|error| {
            let cause = Cause::of(&error).as_str();
            anyhow::Error::new(error).context(format!("the database cannot be opened: {cause}"))
        })?;
        if dialect == Dialect::Sqlite {
            let version: String = sqlx::query_scalar("select sqlite_version()")
                .fetch_one(&mut first)
                .await?;
            if !is_fixed(&version) {
                bail!("SQLite {version} can lose committed writes; 3.51.3 or newer is needed");
            }
        }
        if dialect == Dialect::Postgres {
            session::set_up_to_migrate(&mut first).await?;
        }
        bring_up_to_date(&mut first).await?;
        let pool = AnyPoolOptions::new()
            .max_connections(config.max_connections)
            .acquire_timeout(CONNECTED_WITHIN)
            .test_before_acquire(dialect == Dialect::Sqlite)
            .after_connect(move |connection, _| Box::pin(prepare(connection, dialect)))
            .before_acquire(move |connection, meta| {
                Box::pin(async move {
                    if dialect == Dialect::Postgres && meta.idle_for > USED_JUST_NOW {
                        session::answers(connection).await?;
                    }
                    Ok(true)
                })
            })
            .after_release(|connection, _| Box::pin(is_clean(connection)))
            .connect(&url)
            .await
            .context("the database cannot be opened")?;
        first.close().await?;
        Ok(Db {
            pool,
            dialect,
            url: url.into(),
            writer: Arc::default(),
            order_turns: Arc::default(),
            health: Arc::default(),
            _lock: lock.map(Arc::new),
        })
    }

    /// For statements that only read, and for single statements that write on their own.
    #[must_use]
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Which database it is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// The database cannot be reached, or others write for too long.
    pub async fn begin_write(&self) -> sqlx::Result<Tx> {
        let (pool, dialect, health) = (self.pool.clone(), self.dialect, self.health.clone());
        let writer = match dialect {
            Dialect::Sqlite => Some(self.writer().await?),
            Dialect::Postgres => None,
        };
        // In a task of its own: a caller that hangs up half-way would leave the connection in a transaction that the
        // pool does not know of. This way it is begun, dropped and rolled back.
        let begun = tokio::spawn(async move {
            let statement = match dialect {
                // A deferred transaction that reads first could not become a writer once another has written.
                Dialect::Sqlite => "begin immediate",
                Dialect::Postgres => "begin",
            };
            let transaction = timeout(BEGUN_WITHIN, pool.begin_with(statement))
                .await
                .unwrap_or_else(|_| Err(late("no transaction begins")))?;
            Ok(Tx {
                transaction,
                told: Vec::new(),
                health,
                _writer: writer,
                order: None,
            })
        });
        begun.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    /// SQLite's turn to write.
    pub(super) async fn writer(&self) -> sqlx::Result<OwnedMutexGuard<()>> {
        timeout(WRITER_WITHIN, self.writer.clone().lock_owned())
            .await
            .map_err(|_| late("other writes are still under way"))
    }
}

impl Tx {
    /// Whether it began with this order.
    #[must_use]
    pub fn has_locked(&self, id: &OrderId) -> bool {
        self.order.as_ref().is_some_and(|order| order.id == *id)
    }

    /// The connection to run statements on.
    pub fn conn(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }

    /// Logs or counts what is done, once it lasts: what is rolled back was never so.
    pub fn once_committed(&mut self, tell: impl FnOnce() + Send + 'static) {
        self.told.push(Box::new(tell));
    }

    /// Makes it last.
    ///
    /// # Errors
    /// The database refused; nothing of it lasts.
    pub async fn commit(self) -> sqlx::Result<()> {
        let committed = timeout(ENDED_WITHIN, self.transaction.commit())
            .await
            .unwrap_or_else(|_| Err(late("a transaction does not end")));
        committed.inspect_err(|error| self.health.failed(error))?;
        for tell in self.told {
            tell();
        }
        Ok(())
    }
}

/// A connection outside of the pool.
pub(super) async fn open(url: &str, dialect: Dialect) -> sqlx::Result<AnyConnection> {
    let mut connection = AnyConnection::connect(url).await?;
    prepare(&mut connection, dialect).await?;
    Ok(connection)
}

async fn open_patiently(url: &str, dialect: Dialect) -> sqlx::Result<AnyConnection> {
    let end = Instant::now() + STARTS_WITHIN;
    let mut last = sqlx::Error::PoolTimedOut;
    loop {
        match timeout_at(end, open(url, dialect)).await {
            Ok(Err(error)) if Cause::of(&error).may_pass() && Instant::now() < end => {
                last = error;
                sleep(Duration::from_millis(100)).await;
            }
            Ok(outcome) => return outcome,
            // The last attempt was cut off: the one before it says more.
            Err(_) => return Err(last),
        }
    }
}

async fn prepare(connection: &mut AnyConnection, dialect: Dialect) -> sqlx::Result<()> {
    match dialect {
        Dialect::Sqlite => {
            connection.execute("pragma journal_mode = wal").await?;
            connection.execute("pragma synchronous = full").await?;
            connection.execute("pragma busy_timeout = 5000").await?;
            connection.execute("pragma foreign_keys = on").await?;
            Ok(())
        }
        Dialect::Postgres => session::set_up(connection).await,
    }
}

/// Each migration is a transaction: one that fails leaves the tables as they were before it.
async fn bring_up_to_date(connection: &mut AnyConnection) -> anyhow::Result<()> {
    sqlx::migrate!().run(connection).await.map_err(|error| {
        let said = match &error {
            MigrateError::VersionMissing(newest) => {
                format!("the database belongs to a newer gateway: it has migration {newest}")
            }
            _ => "the database's tables cannot be brought up to date".to_owned(),
        };
        anyhow::Error::new(error).context(said)
    })
}

/// Whether a connection that is given back may be given to others. After a full disk or an I/O error SQLite has rolled
/// back by itself, and whoever got that connection later could not begin a transaction on it: such a one is closed.
async fn is_clean(connection: &mut AnyConnection) -> sqlx::Result<bool> {
    // The rollback of a dropped transaction is carried out before this answers.
    timeout(TIDIED_WITHIN, connection.ping())
        .await
        .unwrap_or_else(|_| Err(late("its last statement does not end")))?;
    Ok(!connection.is_in_transaction())
}

fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}?mode=rwc", path.display())
}

fn is_fixed(version: &str) -> bool {
    let mut parts = version
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    (part(), part(), part()) >= SQLITE_FIXED
}

#[cfg(test)]
mod tests {
    use super::is_fixed;

    #[test]
    fn old_sqlite_is_refused() {
        for (version, expected) in [
            ("3.40.1", false),
            ("3.51.2", false),
            ("3.51.3", true),
            ("3.54.0", true),
        ] {
            assert_eq!(is_fixed(version), expected, "{version}");
        }
    }
}
