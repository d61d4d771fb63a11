//! One question to an outside system for all who want its answer at once.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use contract::Timestamp;
use tokio::{sync::Mutex, time::Instant};

use super::shingsou::UpstreamError;
use crate::clock::now;

/// What was last answered well, in this process.
pub struct Shared<T> {
    name: &'static str,
    held: RwLock<Option<Answer<T>>>,
    failing: AtomicBool,
    // Held while asking, so that whoever comes meanwhile waits for the same answer.
    asking: Arc<Mutex<Option<(Instant, UpstreamError)>>>,
}

/// A good answer.
pub struct Answer<T> {
    /// What was said.
    pub value: Arc<T>,
    /// When.
    pub at: Timestamp,
    /// When this process heard it; `None` where it comes from elsewhere.
    pub(super) heard: Option<Instant>,
}

impl<T: Send + Sync + 'static> Shared<T> {
    /// Nothing is asked yet. The name is for the log.
    #[must_use]
    pub fn new(name: &'static str) -> Shared<T> {
        Shared {
            name,
            held: RwLock::default(),
            failing: AtomicBool::new(false),
            asking: Arc::default(),
        }
    }

    /// The last good answer, however old.
    pub fn held(&self) -> Option<Answer<T>> {
        self.held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether the latest attempt to ask failed.
    pub fn is_failing(&self) -> bool {
        self.failing.load(Relaxed)
    }

    /// An answer that is at most so old. It asks where none is; whoever waited while another caller asked gets what
    /// that one got, a failure too. Once begun, it is asked to the end, though the caller may hang up.
    ///
    /// # Errors
    /// The failure of the one who asked.
    pub async fn within(
        self: &Arc<Self>,
        age: Duration,
        ask: impl Future<Output = Result<T, UpstreamError>> + Send + 'static,
    ) -> Result<Answer<T>, UpstreamError> {
        let began = Instant::now();
        // A process that has just started may be younger than the age.
        let oldest = began.checked_sub(age).unwrap_or(began);
        let fresh = || {
            self.held()
                .filter(|answer| answer.heard.is_some_and(|at| at >= oldest))
        };
        if let Some(answer) = fresh() {
            return Ok(answer);
        }
        let mut asking = self.asking.clone().lock_owned().await;
        if let Some(answer) = fresh() {
            return Ok(answer);
        }
        if let Some((failed, error)) = &*asking
            && *failed >= began
        {
            return Err(error.clone());
        }
        let shared = self.clone();
        let asked = tokio::spawn(async move {
            let outcome = shared.keep(ask.await);
            *asking = outcome
                .as_ref()
                .err()
                .map(|error| (Instant::now(), error.clone()));
            outcome
        });
        asked
            .await
            .unwrap_or_else(|_| Err(UpstreamError::Unknown("the asking broke off".into())))
    }

    /// Puts in an answer from elsewhere where there is none yet.
    pub(super) fn offer(&self, answer: Answer<T>) -> Answer<T> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.get_or_insert(answer).clone()
    }

    /// Alters the answer that is held, as a part of it that was asked for by itself says.
    pub fn amend(&self, change: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = &mut *held {
            change(Arc::make_mut(&mut answer.value));
        }
    }

    fn keep(&self, said: Result<T, UpstreamError>) -> Result<Answer<T>, UpstreamError> {
        match said {
            Ok(value) => {
                if self.failing.swap(false, Relaxed) {
                    tracing::info!(name = self.name, "the card platform answers again");
                }
                let answer = Answer {
                    value: Arc::new(value),
                    at: now(),
                    heard: Some(Instant::now()),
                };
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(answer.clone());
                Ok(answer)
            }
            Err(error) => {
                if !self.failing.swap(true, Relaxed) {
                    tracing::warn!(name = self.name, %error, "the last good answer grows old");
                }
                Err(error)
            }
        }
    }
}

impl<T> Clone for Answer<T> {
    fn clone(&self) -> Answer<T> {
        Answer {
            value: self.value.clone(),
            at: self.at,
            heard: self.heard,
        }
    }
}
