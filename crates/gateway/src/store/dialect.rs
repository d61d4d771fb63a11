//! The one place for words that only one of the databases knows.

use super::Dialect;

impl Dialect {
    /// What a `select` ends with whose rows this process takes for itself: on PostgreSQL it locks them, and goes past
    /// those that another one has locked instead of waiting for it. SQLite has one writer, and nothing to go past.
    #[must_use]
    pub fn past_locked(self) -> &'static str {
        match self {
            Dialect::Sqlite => "",
            Dialect::Postgres => " for update skip locked",
        }
    }
}
