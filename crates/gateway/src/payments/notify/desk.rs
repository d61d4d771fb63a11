//! Where notices are taken in, so that those that strangers make up stand in nobody's way.
//!
//! Whether a notice is about a payment of ours takes a database connection for a moment. Few are given to that, and one
//! alone to the addresses that sent too much that fits nothing; so nobody is refused before it is known, and a wallet
//! that shares its address with a stranger only waits a little. What is ours has places of its own.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::http::limits::caller;

/// Look-ups at once.
const FINDING: usize = 4;
/// An address is doubted for so long after its last stray too many.
const DOUBTED_FOR: Duration = Duration::from_secs(60);
/// So many doubted addresses are remembered.
const REMEMBERED: usize = 10_000;

/// Hands out places; whoever waits for one is served in turn.
#[derive(Clone)]
pub struct Desk(Arc<Places>);

struct Places {
    finding: Semaphore,
    finding_for_doubted: Semaphore,
    ours: Semaphore,
    keeping: Semaphore,
    doubted: Mutex<HashMap<IpAddr, Instant>>,
}

impl Desk {
    /// So many notices of ours are worked on at once.
    #[must_use]
    pub fn new(ours: NonZeroU32) -> Desk {
        Desk(Arc::new(Places {
            finding: Semaphore::new(FINDING),
            finding_for_doubted: Semaphore::new(1),
            ours: Semaphore::new(ours.get() as usize),
            keeping: Semaphore::new(1),
            doubted: Mutex::default(),
        }))
    }

    /// A place to find out whether a notice is ours.
    pub(super) async fn finding(&self, ip: IpAddr) -> Option<SemaphorePermit<'_>> {
        let places = &self.0;
        let lane = if self.doubts(ip) {
            &places.finding_for_doubted
        } else {
            &places.finding
        };
        // None is ever closed.
        lane.acquire().await.ok()
    }

    /// A place for a notice of ours.
    pub(super) async fn ours(&self) -> Option<SemaphorePermit<'_>> {
        self.0.ours.acquire().await.ok()
    }

    /// The place to write a stray down.
    pub(super) async fn keeping(&self) -> Option<SemaphorePermit<'_>> {
        self.0.keeping.acquire().await.ok()
    }

    /// Remembers who sent too many.
    pub(super) fn doubt(&self, ip: IpAddr) {
        let mut doubted = self
            .0
            .doubted
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if doubted.len() >= REMEMBERED {
            doubted.retain(|_, since| since.elapsed() < DOUBTED_FOR);
        }
        if doubted.len() < REMEMBERED {
            doubted.insert(caller(ip), Instant::now());
        }
    }

    fn doubts(&self, ip: IpAddr) -> bool {
        let doubted = self
            .0
            .doubted
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        doubted
            .get(&caller(ip))
            .is_some_and(|since| since.elapsed() < DOUBTED_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_doubted_does_not_stand_before_the_others() {
        let desk = Desk::new(NonZeroU32::MIN);
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        desk.doubt(ip("2001:db8::1"));
        let _first = desk.finding(ip("2001:db8::2")).await.expect("a place");
        let second =
            tokio::time::timeout(Duration::from_millis(20), desk.finding(ip("2001:db8::3")));
        assert!(second.await.is_err(), "one of them at a time");
        for _ in 0..FINDING {
            let place = desk.finding(ip("192.0.2.1")).await.expect("a place");
            place.forget();
        }
    }
}
