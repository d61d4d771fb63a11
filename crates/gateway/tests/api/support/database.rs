//! A database of a test's own.

use std::sync::Arc;

use sqlx::{AnyPool, AssertSqlSafe};
use tempfile::TempDir;

/// A new, empty database, gone when its last handle is.
#[derive(Clone)]
pub(crate) struct Database {
    /// Its address, as `database.url` wants it.
    pub(crate) url: String,
    folder: Option<Arc<TempDir>>,
}

impl Database {
    /// A file in a folder of its own.
    pub(crate) fn sqlite() -> Database {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("shop.db").display());
        Database {
            url,
            folder: Some(Arc::new(folder)),
        }
    }

    /// A database on the server that `TEST_POSTGRES_URL` names; `cargo xtask test` starts one.
    pub(crate) async fn postgres() -> Database {
        let server = std::env::var("TEST_POSTGRES_URL")
            .expect("TEST_POSTGRES_URL names a PostgreSQL server whose databases may be made; `cargo xtask test` starts one");
        sqlx::any::install_default_drivers();
        let name = format!("shop_{}", gateway::random::effect_number('t'));
        let admin = AnyPool::connect(&server)
            .await
            .expect("the PostgreSQL server answers");
        sqlx::query(AssertSqlSafe(format!("create database {name}")))
            .execute(&admin)
            .await
            .expect("a new database");
        admin.close().await;
        let (base, _) = server
            .rsplit_once('/')
            .expect("the address ends in a database's name");
        Database {
            url: format!("{base}/{name}"),
            folder: None,
        }
    }

    /// The same, reached by another address.
    pub(crate) fn reached_by(&self, url: &str) -> Database {
        Database {
            url: url.to_owned(),
            folder: self.folder.clone(),
        }
    }

    /// Whether it is the file.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    /// A connection beside the gateway's, to look at what is written.
    pub(crate) async fn look(&self) -> AnyPool {
        sqlx::any::install_default_drivers();
        AnyPool::connect(&self.url)
            .await
            .expect("the database can be opened")
    }
}
