//! What a connection to PostgreSQL is told when it opens: every wait on it has an end, whoever is to blame for it.

use std::time::Duration;

use sqlx::{AnyConnection, Connection, Executor};

/// A connection that does not answer so soon is given up: to be asked whether it lives, and to be done with what its
/// caller no longer waits for.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// A lock is waited for less long than a wallet waits for the answer to its notice; a statement ends before the request
/// that wants it is given up; a gateway that stops inside a transaction holds its locks no longer than that. The
/// server probes a gateway that says nothing, so that one that is gone without a word leaves nothing locked. What the
/// statements count on is what PostgreSQL does by itself, whatever the server's own settings say.
const SETTINGS: &str = "set lock_timeout = '4s';
    set statement_timeout = '10s';
    set idle_in_transaction_session_timeout = '10s';
    set tcp_keepalives_idle = '10s';
    set tcp_keepalives_interval = '5s';
    set tcp_keepalives_count = 3;
    set tcp_user_timeout = '20s';
    set default_transaction_isolation = 'read committed'";

/// Ends a statement whose caller has hung up. Not every server's system can tell.
const NOTICE_HANGING_UP: &str = "set client_connection_check_interval = '1s'";

/// New tables and indexes take as long as they take; only another gateway's lock is not waited for without an end.
const MIGRATING: &str = "set statement_timeout = 0; set lock_timeout = '60s'";

/// Sets up a new connection.
///
/// # Errors
/// The server refuses; it is older than 14, perhaps.
pub(super) async fn set_up(connection: &mut AnyConnection) -> sqlx::Result<()> {
    connection.execute(SETTINGS).await?;
    if let Err(error) = connection.execute(NOTICE_HANGING_UP).await {
        tracing::debug!(%error, "the server does not notice who hangs up");
    }
    Ok(())
}

/// Sets a connection up to change tables.
///
/// # Errors
/// The server refuses.
pub(super) async fn set_up_to_migrate(connection: &mut AnyConnection) -> sqlx::Result<()> {
    connection.execute(MIGRATING).await?;
    Ok(())
}

/// Makes sure that a connection lives, and that nothing runs on it any more.
///
/// # Errors
/// It does not answer: it is to be closed.
pub(super) async fn answers(connection: &mut AnyConnection) -> sqlx::Result<()> {
    match tokio::time::timeout(ANSWERS_WITHIN, connection.ping()).await {
        Ok(answer) => answer,
        Err(_) => Err(super::late("the database does not answer on a connection")),
    }
}
