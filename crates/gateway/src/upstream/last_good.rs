//! The last good answer of an outside system: kept in memory for every request, and in the database so that a restart
//! while that system is down still has something to show.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use contract::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{sync::Mutex, time::Instant};

use super::shingsou::UpstreamError;
use crate::{clock::now, random, store::Db};

/// A crash may lose so much of the age of what is shown, and no more.
const SAVED_EVERY: Duration = Duration::from_secs(60);

/// After a failure the next attempt comes at the latest after so long.
const SOONER: Duration = Duration::from_secs(10);

/// What an outside system last said well.
pub struct LastGood<T> {
    name: &'static str,
    db: Db,
    held: RwLock<Option<Answer<T>>>,
    failing: AtomicBool,
    // Held while asking, so that whoever comes meanwhile waits for the same answer.
    asking: Mutex<Asking>,
}

/// A good answer.
pub struct Answer<T> {
    /// What was said.
    pub value: Arc<T>,
    /// When.
    pub at: Timestamp,
    /// When this process heard it; `None` where it comes from the database.
    heard: Option<Instant>,
}

#[derive(Default)]
struct Asking {
    failure: Option<(Instant, UpstreamError)>,
    saved: Option<Instant>,
}

impl<T: Serialize + DeserializeOwned> LastGood<T> {
    /// Remembers under this name.
    #[must_use]
    pub fn new(name: &'static str, db: Db) -> LastGood<T> {
        LastGood {
            name,
            db,
            held: RwLock::default(),
            failing: AtomicBool::new(false),
            asking: Mutex::default(),
        }
    }

    /// The last good answer, however old; the database's where this process has none yet.
    pub async fn current(&self) -> Option<Answer<T>> {
        if let Some(answer) = self.held() {
            return Some(answer);
        }
        let saved = self.load().await.unwrap_or_else(|error| {
            tracing::warn!(name = self.name, %error, "the last good answer cannot be read back");
            None
        })?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        Some(held.get_or_insert(saved).clone())
    }

    /// An answer that is at most so old. It asks where none is; whoever waited while another caller asked gets what
    /// that one got, a failure too.
    ///
    /// # Errors
    /// The failure of the one who asked.
    pub async fn within(
        &self,
        age: Duration,
        ask: impl Future<Output = Result<T, UpstreamError>>,
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
        let mut asking = self.asking.lock().await;
        if let Some(answer) = fresh() {
            return Ok(answer);
        }
        if let Some((failed, error)) = &asking.failure
            && *failed >= began
        {
            return Err(error.clone());
        }
        match ask.await {
            Ok(value) => {
                asking.failure = None;
                if self.failing.swap(false, Relaxed) {
                    tracing::info!(name = self.name, "the card platform answers again");
                }
                let heard = Instant::now();
                let answer = Answer {
                    value: Arc::new(value),
                    at: now(),
                    heard: Some(heard),
                };
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(answer.clone());
                if asking
                    .saved
                    .is_none_or(|saved| heard >= saved + SAVED_EVERY)
                {
                    asking.saved = Some(heard);
                    self.save(&answer).await;
                }
                Ok(answer)
            }
            Err(error) => {
                if !self.failing.swap(true, Relaxed) {
                    tracing::warn!(name = self.name, %error, "the last good answer grows old");
                }
                asking.failure = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Whether the latest attempt to ask failed.
    pub fn is_failing(&self) -> bool {
        self.failing.load(Relaxed)
    }

    fn held(&self) -> Option<Answer<T>> {
        self.held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn load(&self) -> anyhow::Result<Option<Answer<T>>> {
        let row: Option<(String, i64)> =
            sqlx::query_as("select body, taken_at from snapshots where name = $1")
                .bind(self.name)
                .fetch_optional(self.db.pool())
                .await?;
        let Some((body, at)) = row else {
            return Ok(None);
        };
        let value = Arc::new(serde_json::from_str(&body)?);
        Ok(Some(Answer {
            value,
            at: Timestamp(at),
            heard: None,
        }))
    }

    /// Saves an answer unless another process saved a newer one. A failure costs no request anything.
    async fn save(&self, answer: &Answer<T>) {
        let saved = async {
            let body = serde_json::to_string(&answer.value)?;
            sqlx::query(
                "insert into snapshots (name, body, taken_at) values ($1, $2, $3) \
                 on conflict (name) do update set body = excluded.body, taken_at = excluded.taken_at \
                 where snapshots.taken_at <= excluded.taken_at",
            )
            .bind(self.name)
            .bind(body)
            .bind(answer.at.0)
            .execute(self.db.pool())
            .await?;
            anyhow::Ok(())
        };
        if let Err(error) = saved.await {
            tracing::warn!(name = self.name, %error, "the last good answer cannot be saved");
        }
    }
}

/// How long to wait until the next time to ask: near the usual time, so that many processes do not ask at once; sooner
/// after a failure.
#[must_use]
pub fn pause(every: Duration, failed: bool) -> Duration {
    let every = if failed { every.min(SOONER) } else { every };
    let [random] = random::bytes();
    every.mul_f64(0.9 + 0.2 * f64::from(random) / f64::from(u8::MAX))
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
