//! Notices on order, for every platform alike.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Done, Order, Problem, done};
use crate::{
    notices::{Answer, Letter, Mode, Sender, Tally, post},
    world::{Shared, Stage},
};

/// Whose notices can be had on order: as they are or altered.
pub(crate) trait Drawn: Sender {
    /// Which notice, and what is different about it.
    type Wanted: DeserializeOwned + Send;
    /// Whether each copy is drawn up for itself, or all are the same letter.
    const EACH_ANEW: bool = false;

    /// The notice of how things are now.
    fn draw(&self, desk: &Self::Desk, wanted: &Self::Wanted) -> Result<Letter, Problem>;

    /// Where it is counted when it is sent.
    fn count(&mut self, wanted: &Self::Wanted) -> Option<&mut Tally>;
}

/// A notice that is to be sent.
#[derive(Deserialize)]
pub(crate) struct Sending<W> {
    #[serde(flatten)]
    wanted: W,
    #[serde(flatten)]
    volley: Volley,
}

/// How often a notice is sent on order, and how many of these at once.
#[derive(Deserialize)]
struct Volley {
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
pub(crate) async fn set_mode<P: Sender>(
    State(stage): State<Shared<P>>,
    Order(mode): Order<Mode>,
) -> Done {
    if matches!(mode, Mode::Flood { count } if count > MOST_TIMES) {
        return Err(Problem::invalid(format!(
            "count must be at most {MOST_TIMES}"
        )));
    }
    stage.lock().queue().mode = mode;
    done()
}

/// Answers with a notice of how things are, as it would be sent now.
pub(crate) async fn draw_up<P: Drawn>(
    State(stage): State<Shared<P>>,
    Order(wanted): Order<P::Wanted>,
) -> Done {
    let letter = stage.lock().draw(&stage.desk, &wanted)?;
    let headers: BTreeMap<&str, &str> = letter
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    Ok(Json(
        json!({ "url": letter.url.as_str(), "headers": headers, "body": letter.body }),
    ))
}

/// Sends a notice of how things are, now, whatever the mode is, and counts it.
pub(crate) async fn send<P: Drawn>(
    State(stage): State<Shared<P>>,
    Order(Sending { wanted, volley }): Order<Sending<P::Wanted>>,
) -> Result<Json<Sent>, Problem> {
    volley.check()?;
    let letters = volley.letters(&stage, &wanted)?;
    let room = Arc::new(Semaphore::new(volley.concurrency));
    let mut sending = JoinSet::new();
    for letter in letters {
        let (room, http) = (room.clone(), stage.world.http.clone());
        sending.spawn(async move {
            let _place = room.acquire().await;
            post(&http, letter).await
        });
    }
    let answers = sending.join_all().await;
    let accepted = answers
        .iter()
        .filter(|answer| P::is_accepted(answer))
        .count();
    if let Some(tally) = stage.lock().count(&wanted) {
        tally.add(answers.len() as u64, accepted as u64);
    }
    Ok(Json(Sent { accepted, answers }))
}

impl Volley {
    fn check(&self) -> Result<(), Problem> {
        if self.times > MOST_TIMES || !(1..=MOST_CONCURRENT).contains(&self.concurrency) {
            return Err(Problem::invalid(format!(
                "times must be at most {MOST_TIMES}, concurrency 1 to {MOST_CONCURRENT}"
            )));
        }
        Ok(())
    }

    fn letters<P: Drawn>(
        &self,
        stage: &Stage<P>,
        wanted: &P::Wanted,
    ) -> Result<Vec<Letter>, Problem> {
        let draw = || stage.lock().draw(&stage.desk, wanted);
        if P::EACH_ANEW {
            return (0..self.times).map(|_| draw()).collect();
        }
        Ok(vec![draw()?; self.times])
    }
}

fn one() -> usize {
    1
}
