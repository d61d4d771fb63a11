//! The last good answer of an outside system: kept in memory for every request, and in the database so that a restart
//! while that system is down still has something to show.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use contract::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use super::{
    shared::{Answer, Shared},
    shingsou::UpstreamError,
};
use crate::{
    clock::now,
    random,
    store::{Db, in_time},
};

/// A crash may lose so much of the age of what is shown, and no more.
const SAVED_EVERY: Duration = Duration::from_secs(60);

/// After a failure the next attempt comes at the latest after so long.
const SOONER: Duration = Duration::from_secs(10);

/// What an outside system last said well.
pub struct LastGood<T> {
    shared: Arc<Shared<T>>,
    kept: Arc<Kept>,
}

/// Where it is kept.
struct Kept {
    name: &'static str,
    db: Db,
    saved: Mutex<Option<Instant>>,
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> LastGood<T> {
    /// Remembers under this name.
    #[must_use]
    pub fn new(name: &'static str, db: Db) -> LastGood<T> {
        LastGood {
            shared: Arc::new(Shared::new(name)),
            kept: Arc::new(Kept {
                name,
                db,
                saved: Mutex::default(),
            }),
        }
    }

    /// The last good answer, however old; the database's where this process has none yet.
    pub async fn current(&self) -> Option<Answer<T>> {
        if let Some(answer) = self.shared.held() {
            return Some(answer);
        }
        let saved = self.kept.load().await.unwrap_or_else(|error| {
            tracing::warn!(name = self.kept.name, %error, "the last good answer cannot be read back");
            None
        })?;
        Some(self.shared.offer(saved))
    }

    /// An answer that is at most so old, see [`Shared::within`].
    ///
    /// # Errors
    /// The failure of the one who asked.
    pub async fn within(
        &self,
        age: Duration,
        ask: impl Future<Output = Result<T, UpstreamError>> + Send + 'static,
    ) -> Result<Answer<T>, UpstreamError> {
        let kept = self.kept.clone();
        let ask = async move {
            let value = ask.await?;
            kept.save_now_and_then(&value);
            Ok(value)
        };
        self.shared.within(age, ask).await
    }

    /// Whether the latest attempt to ask failed.
    pub fn is_failing(&self) -> bool {
        self.shared.is_failing()
    }

    /// Alters the answer that is held, see [`Shared::amend`].
    pub fn amend(&self, change: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        self.shared.amend(change);
    }
}

impl Kept {
    async fn load<T: DeserializeOwned>(&self) -> anyhow::Result<Option<Answer<T>>> {
        let row = sqlx::query_as("select body, taken_at from snapshots where name = $1")
            .bind(self.name)
            .fetch_optional(self.db.pool());
        let row: Option<(String, i64)> = in_time(row).await?;
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

    /// Saves an answer unless one was saved lately. Nobody waits for it, and a failure costs no request anything.
    fn save_now_and_then<T: Serialize>(self: &Arc<Self>, value: &T) {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = Instant::now();
        if saved.is_some_and(|saved| heard < saved + SAVED_EVERY) {
            return;
        }
        *saved = Some(heard);
        let body = serde_json::to_string(value);
        let (kept, at) = (self.clone(), now());
        tokio::spawn(async move {
            let outcome = match body {
                Ok(body) => kept.save(body, at).await,
                Err(error) => Err(error.into()),
            };
            if let Err(error) = outcome {
                tracing::warn!(name = kept.name, %error, "the last good answer cannot be saved");
            }
        });
    }

    /// Saves it unless another process saved a newer one.
    async fn save(&self, body: String, at: Timestamp) -> anyhow::Result<()> {
        let written = sqlx::query(
            "insert into snapshots (name, body, taken_at) values ($1, $2, $3) \
             on conflict (name) do update set body = excluded.body, taken_at = excluded.taken_at \
             where snapshots.taken_at <= excluded.taken_at",
        )
        .bind(self.name)
        .bind(body)
        .bind(at.0)
        .execute(self.db.pool());
        in_time(written).await?;
        Ok(())
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
