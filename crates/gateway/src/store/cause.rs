//! What keeps the database from its work, in words that an operator can act on.

/// Why the database did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There is no room left.
    DiskFull,
    /// Reading or writing fails.
    DiskFails,
    /// It was opened, or has become, read-only: a file system after an error, a server after a failover.
    ReadOnly,
    /// Its pages or tables are not as they have to be.
    Damaged,
    /// The file is something else.
    NotADatabase,
    /// The file cannot be opened.
    CannotOpen,
    /// Somebody else holds it.
    Locked,
    /// The server has as many connections as it takes.
    TooManyConnections,
    /// The server refuses the login, or has no such database.
    LoginRefused,
    /// The server is on its way up or down.
    Restarting,
    /// Nobody answers at its address.
    Unreachable,
    /// It did not answer in time.
    Slow,
    /// Anything else: the log has its words.
    Other,
}

impl Cause {
    /// What an error comes down to.
    #[must_use]
    pub fn of(error: &sqlx::Error) -> Cause {
        match error {
            sqlx::Error::Database(error) => {
                error.code().map_or(Cause::Other, |code| by_code(&code))
            }
            sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Cause::Slow,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => Cause::Unreachable,
            sqlx::Error::PoolTimedOut => Cause::Slow,
            _ => Cause::Other,
        }
    }

    /// In words, for an operator. They name no address and no login.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::DiskFull => "the database's disk is full",
            Cause::DiskFails => "the database's disk fails",
            Cause::ReadOnly => "the database is read-only",
            Cause::Damaged => "the database is damaged",
            Cause::NotADatabase => "the file is not a database",
            Cause::CannotOpen => "the database's file cannot be opened",
            Cause::Locked => "the database is locked",
            Cause::TooManyConnections => "the database takes no more connections",
            Cause::LoginRefused => "the database refuses the login",
            Cause::Restarting => "the database is starting or stopping",
            Cause::Unreachable => "the database cannot be reached",
            Cause::Slow => "the database does not answer in time",
            Cause::Other => "the database fails",
        }
    }

    /// Whether a commit that failed for it says something of all others, too.
    pub(super) fn lasts(self) -> bool {
        matches!(
            self,
            Cause::DiskFull | Cause::DiskFails | Cause::ReadOnly | Cause::Damaged
        )
    }

    /// Whether it is worth a moment's wait at the start: the database may be starting too.
    pub(super) fn may_pass(self) -> bool {
        matches!(
            self,
            Cause::TooManyConnections | Cause::Restarting | Cause::Unreachable
        )
    }
}

/// PostgreSQL's codes have five characters, SQLite's are numbers with the kind in their last eight bits.
fn by_code(code: &str) -> Cause {
    if code.len() < 5 {
        return by_number(code.parse().unwrap_or(0) & 0xff);
    }
    match code {
        "53100" => Cause::DiskFull,
        "53300" => Cause::TooManyConnections,
        "25006" => Cause::ReadOnly,
        "55P03" => Cause::Locked,
        "57014" => Cause::Slow,
        "57P01" | "57P02" | "57P03" => Cause::Restarting,
        "42P01" | "42703" | "XX001" | "XX002" => Cause::Damaged,
        "3D000" | "42501" => Cause::LoginRefused,
        _ if code.starts_with("28") => Cause::LoginRefused,
        _ if code.starts_with("58") => Cause::DiskFails,
        _ => Cause::Other,
    }
}

fn by_number(primary: u32) -> Cause {
    match primary {
        5 | 6 => Cause::Locked,
        8 => Cause::ReadOnly,
        10 => Cause::DiskFails,
        11 => Cause::Damaged,
        13 => Cause::DiskFull,
        14 => Cause::CannotOpen,
        26 => Cause::NotADatabase,
        _ => Cause::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases() {
        for (code, expected) in [
            ("13", Cause::DiskFull),
            // An I/O error while writing, and one while syncing.
            ("778", Cause::DiskFails),
            ("1034", Cause::DiskFails),
            ("5", Cause::Locked),
            // Busy while another connection recovers.
            ("261", Cause::Locked),
            ("1032", Cause::ReadOnly),
            ("11", Cause::Damaged),
            ("26", Cause::NotADatabase),
            ("1555", Cause::Other),
            ("53300", Cause::TooManyConnections),
            ("28P01", Cause::LoginRefused),
            ("58030", Cause::DiskFails),
            ("40P01", Cause::Other),
        ] {
            assert_eq!(by_code(code), expected, "{code}");
        }
    }
}
