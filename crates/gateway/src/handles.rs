//! File handles. Each connection takes one, and a process without any serves nobody, so that what strangers can hold is
//! bounded below what there is.

use std::{io, num::NonZeroU32};

/// What is left to the log, the listener, calls outside and files of the page.
const OTHERS: usize = 64;

/// How many of the process's handles are for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handles {
    /// Connections that may be open at once; more wait until one ends.
    pub connections: usize,
    /// Order streams that may be open at once.
    pub streams: usize,
}

/// Lets the process open as many as the system allows it.
///
/// # Errors
/// The system refuses.
pub fn raise() -> io::Result<u64> {
    rlimit::increase_nofile_limit(rlimit::INFINITY)
}

impl Handles {
    /// Parts what this process may open now. A database connection takes up to three: itself, its log, its index.
    #[must_use]
    pub fn of_process(database: u32, streams: NonZeroU32) -> Handles {
        // Where there are no limits to ask for, there are none.
        let (soft, _) = rlimit::Resource::NOFILE.get().unwrap_or((u64::MAX, 0));
        Handles::part(soft, database, streams)
    }

    fn part(all: u64, database: u32, streams: NonZeroU32) -> Handles {
        let kept = OTHERS + 3 * database as usize;
        // At least a few, however little there is: the gateway is to answer that it is not well.
        let connections = usize::try_from(all)
            .unwrap_or(usize::MAX)
            .saturating_sub(kept)
            .clamp(16, 1 << 20);
        Handles {
            connections,
            streams: (connections / 2).min(streams.get() as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_what_is_left_is_for_streams() {
        let check = |all: u64, connections: usize, streams: usize| {
            let wanted = NonZeroU32::new(10_000).expect("some");
            let expected = Handles {
                connections,
                streams,
            };
            assert_eq!(Handles::part(all, 16, wanted), expected, "{all}");
        };
        check(1024, 912, 456);
        check(65_536, 65_424, 10_000);
        check(100, 16, 8);
        check(0, 16, 8);
        check(u64::MAX, 1 << 20, 10_000);
    }
}
