//! Notices on order, for every platform alike.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Order, Problem};
use crate::{
    notices::{Answer, Letter, Mode, Sender, post},
    world::{Shared, World},
};

/// How often a notice is sent on order, and how many of these at once.
#[derive(Deserialize)]
pub(crate) struct Volley {
    #[serde(default = "one")]
    times: usize,
    #[serde(default = "one")]
    concurrency: usize,
}

/// What was answered, in the order of the answers.
#[derive(Serialize)]
pub(crate) struct Sent {
    accepted: usize,
    answers: Vec<Answer>,
}

const MOST_TIMES: usize = 10_000;
const MOST_CONCURRENT: usize = 256;

/// Changes what becomes of new notices.
pub(crate) async fn set_mode<S: Sender>(
    State(world): State<Shared>,
    Order(mode): Order<Mode>,
) -> Result<Json<Value>, Problem> {
    if matches!(mode, Mode::Flood { count } if count > MOST_TIMES) {
        return Err(Problem::invalid(format!(
            "count must be at most {MOST_TIMES}"
        )));
    }
    S::queue(&mut world.lock()).mode = mode;
    Ok(Json(json!({ "ok": true })))
}

/// A letter as somebody else could send it.
pub(crate) fn show(letter: &Letter) -> Json<Value> {
    let headers: BTreeMap<&str, &str> = letter
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    Json(json!({ "url": letter.url.as_str(), "headers": headers, "body": letter.body }))
}

impl Volley {
    /// Sends one letter after the other, each drawn up for itself, whatever the mode is, and counts them.
    pub(crate) async fn send<S: Sender>(
        self,
        world: &World,
        notice: &S::Notice,
        mut letter: impl FnMut() -> Result<Letter, Problem>,
    ) -> Result<Json<Sent>, Problem> {
        if self.times > MOST_TIMES || !(1..=MOST_CONCURRENT).contains(&self.concurrency) {
            return Err(Problem::invalid(format!(
                "times must be at most {MOST_TIMES}, concurrency 1 to {MOST_CONCURRENT}"
            )));
        }
        let room = Arc::new(Semaphore::new(self.concurrency));
        let mut sending = JoinSet::new();
        for _ in 0..self.times {
            let (room, http, letter) = (room.clone(), world.http.clone(), letter()?);
            sending.spawn(async move {
                let _place = room.acquire().await;
                post(&http, letter).await
            });
        }
        let answers = sending.join_all().await;
        let accepted = answers
            .iter()
            .filter(|answer| S::is_accepted(answer))
            .count();
        let counted = (answers.len() as u64, accepted as u64);
        S::count(&mut world.lock(), notice, counted.0, counted.1);
        Ok(Json(Sent { accepted, answers }))
    }
}

fn one() -> usize {
    1
}
