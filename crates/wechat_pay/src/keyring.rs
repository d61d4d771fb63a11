//! WeChat Pay's keys: those of the configuration and the certificates fetched since, side by side, because while a
//! merchant changes from certificates to a public key either signs, at random.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::{sync::Mutex, time::Instant};

use crate::keys::{PUBLIC_KEY_ID, PlatformKey};

/// The least time between two fetches, whatever arrives: forged serials must not become a flood of calls.
const BETWEEN_FETCHES: Duration = Duration::from_secs(60);

/// Every key that is believed.
pub(crate) struct Keyring {
    configured: Vec<Arc<PlatformKey>>,
    fetched: RwLock<Vec<Arc<PlatformKey>>>,
    last_fetch: Arc<Mutex<Option<Instant>>>,
}

/// The right to fetch once, held while it is done.
pub(crate) struct Turn(tokio::sync::OwnedMutexGuard<Option<Instant>>);

impl Keyring {
    pub(crate) fn new(configured: Vec<PlatformKey>) -> Keyring {
        Keyring {
            configured: configured.into_iter().map(Arc::new).collect(),
            fetched: RwLock::default(),
            last_fetch: Arc::default(),
        }
    }

    /// The key of that id.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<PlatformKey>> {
        let fetched = self.fetched.read().unwrap_or_else(PoisonError::into_inner);
        self.configured
            .iter()
            .chain(fetched.iter())
            .find(|key| key.id().eq_ignore_ascii_case(id))
            .cloned()
    }

    /// The public key that answers are asked to be signed with, where there is one.
    pub(crate) fn public_key_id(&self) -> Option<&str> {
        self.configured
            .iter()
            .map(|key| key.id())
            .find(|id| id.starts_with(PUBLIC_KEY_ID))
    }

    /// Takes in what was fetched, in place of what was fetched before.
    pub(crate) fn replace_fetched(&self, keys: Vec<PlatformKey>) {
        let keys = keys.into_iter().map(Arc::new).collect();
        *self.fetched.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// Waits for a fetch under way, and then allows another if the last is long enough ago.
    pub(crate) async fn turn(&self) -> Option<Turn> {
        Keyring::taken(self.last_fetch.clone().lock_owned().await)
    }

    /// The same without waiting: somebody else's fetch will do.
    pub(crate) fn turn_now(&self) -> Option<Turn> {
        Keyring::taken(self.last_fetch.clone().try_lock_owned().ok()?)
    }

    fn taken(mut last: tokio::sync::OwnedMutexGuard<Option<Instant>>) -> Option<Turn> {
        if last.is_some_and(|last| last.elapsed() < BETWEEN_FETCHES) {
            return None;
        }
        *last = Some(Instant::now());
        Some(Turn(last))
    }
}

impl Turn {
    /// Ends it: whoever waited looks for the key again.
    pub(crate) fn done(self) {
        drop(self.0);
    }
}

/// Whether a key of that id may be among the certificates: a hexadecimal serial, not a public key's id.
pub(crate) fn may_be_fetched(id: &str) -> bool {
    (8..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[tokio::test(start_paused = true)]
    async fn one_fetch_a_minute_whatever_arrives() {
        let ring = Keyring::new(Vec::new());
        let mut fetches = 0;
        for _ in 0..10_000 {
            fetches += u32::from(ring.turn().await.is_some());
        }
        assert_eq!(fetches, 1);
        tokio::time::advance(Duration::from_millis(59_900)).await;
        assert!(ring.turn().await.is_none());
        tokio::time::advance(Duration::from_millis(200)).await;
        let turn = ring.turn().await.expect("a minute has passed");
        assert!(ring.turn_now().is_none());
        turn.done();
        assert!(ring.turn_now().is_none());
    }

    #[test]
    fn both_kinds_of_keys_are_found() {
        let public = samples::platform().public_key("PUB_KEY_ID_0001");
        let ring = Keyring::new(vec![public]);
        ring.replace_fetched(vec![samples::certificate()]);
        let serial = samples::certificate().id().to_owned();
        assert!(ring.find("PUB_KEY_ID_0001").is_some());
        assert!(ring.find(&serial).is_some());
        assert!(ring.find(&serial.to_lowercase()).is_some());
        assert!(ring.find("00").is_none());
        assert_eq!(ring.public_key_id(), Some("PUB_KEY_ID_0001"));
        ring.replace_fetched(Vec::new());
        assert!(ring.find(&serial).is_none());
    }

    #[test]
    fn only_serials_of_certificates_are_worth_a_fetch() {
        for (id, expected) in [
            ("5157F09EFDC096DE15EBE81A47057A7232F1B8E1", true),
            ("PUB_KEY_ID_0000000000000024101100397200000006", false),
            ("", false),
            ("5157F09EFDC096DE15EBE81A47057A7232F1B8E1AA", false),
            ("Z157F09EFDC096DE", false),
        ] {
            assert_eq!(may_be_fetched(id), expected, "{id}");
        }
    }
}
