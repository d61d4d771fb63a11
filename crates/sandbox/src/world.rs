//! The world that every platform is played in, and the stage of one: its state behind one lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::faults::Calls;

/// What all platforms have around them.
pub(crate) struct World {
    /// Without a slash at the end.
    pub(crate) public_url: String,
    /// What sends notices.
    pub(crate) http: reqwest::Client,
    calls: Mutex<Calls>,
    stopping: watch::Receiver<bool>,
}

/// What is played: everything that changes, and that a reset puts back.
pub(crate) trait Platform: Send + Sized + 'static {
    /// What outlives a reset: who may call, and with which keys.
    type Desk: Send + Sync + 'static;

    /// How things are at the start.
    fn seeded(desk: &Self::Desk) -> Self;
}

/// One platform, as its handlers see it.
pub(crate) struct Stage<P: Platform> {
    pub(crate) world: Arc<World>,
    pub(crate) desk: P::Desk,
    /// Rung whenever something became due sooner than was known.
    pub(crate) wake: Notify,
    state: Mutex<P>,
}

pub(crate) type Shared<P> = Arc<Stage<P>>;

impl World {
    pub(crate) fn new(
        public_url: String,
        http: reqwest::Client,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            public_url,
            http,
            calls: Mutex::default(),
            stopping,
        }
    }

    pub(crate) fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once the sandbox is asked to stop.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        // An error means that the sandbox was dropped, which is the same to whoever waits.
        let _ = stopping.wait_for(|stop| *stop).await;
    }
}

impl<P: Platform> Stage<P> {
    pub(crate) fn new(world: Arc<World>, desk: P::Desk) -> Shared<P> {
        let state = Mutex::new(P::seeded(&desk));
        Arc::new(Self {
            world,
            desk,
            wake: Notify::new(),
            state,
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, P> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts everything back to how it was at the start.
    pub(crate) fn reset(&self) {
        *self.lock() = P::seeded(&self.desk);
        self.wake.notify_one();
    }
}
