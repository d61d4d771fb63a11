//! Tells waiting pages that an order changed, whichever process changed it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contract::OrderId;
use tokio::sync::watch;

use crate::{App, clock::now, store::in_time};

/// How often other processes' changes are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How far back each look goes. A transaction stamps its time before it commits, and processes' clocks differ a little:
/// a look that began exactly where the last one ended could miss a change for good.
const LOOK_BACK_MS: i64 = 10_000;

/// Who waits for which order.
#[derive(Clone, Default)]
pub struct Hub {
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    orders: HashMap<String, watch::Sender<i64>>,
    // Swept when it has grown to this: sweeping for each page would take the longer the more pages there are.
    sweep_at: usize,
}

impl Hub {
    /// A receiver that wakes when the order changes. What it carries is the newest version heard of, or 0.
    #[must_use]
    pub fn subscribe(&self, id: &OrderId) -> watch::Receiver<i64> {
        let mut waiting = self.lock();
        if waiting.orders.len() >= waiting.sweep_at {
            waiting
                .orders
                .retain(|_, sender| sender.receiver_count() > 0);
            waiting.sweep_at = 2 * waiting.orders.len() + 64;
        }
        waiting
            .orders
            .entry(id.as_str().to_owned())
            .or_insert_with(|| watch::channel(0).0)
            .subscribe()
    }

    /// Wakes the pages that wait for an order which this process changed.
    pub fn changed(&self, id: &OrderId) {
        if let Some(sender) = self.lock().orders.get(id.as_str()) {
            // The version is not known here; the pages read it. Any difference wakes them.
            sender.send_modify(|_| {});
        }
    }

    fn heard(&self, id: &str, version: i64) {
        if let Some(sender) = self.lock().orders.get(id) {
            sender.send_if_modified(|newest| {
                let newer = version > *newest;
                if newer {
                    *newest = version;
                }
                newer
            });
        }
    }

    fn nobody_waits(&self) -> bool {
        self.lock()
            .orders
            .values()
            .all(|sender| sender.receiver_count() == 0)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks for changes that other processes made, until the gateway stops. One query serves every waiting page, and none
/// is made while nobody waits.
pub async fn run(app: App) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while app.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if app.hub.nobody_waits() {
            continue;
        }
        let changed = sqlx::query_as("select id, version from orders where updated_at > $1")
            .bind(now().0 - LOOK_BACK_MS)
            .fetch_all(app.db.pool());
        let changed: sqlx::Result<Vec<(String, i64)>> = in_time(changed).await;
        match changed {
            Ok(changed) => changed
                .iter()
                .for_each(|(id, version)| app.hub.heard(id, *version)),
            Err(error) => tracing::warn!(%error, "changes of orders cannot be read"),
        }
    }
}
