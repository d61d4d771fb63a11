//! Notices, whoever's they are: how many copies, when again, and the loop that sends what is due.

mod delivery;

use std::time::Duration;

use axum::http::HeaderMap;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use tokio::{sync::Notify, task::JoinSet, time::Instant};

pub(crate) use delivery::{Answer, post};

use crate::world::{Shared, State, World};

/// What becomes of a new notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub(crate) enum Mode {
    #[default]
    Normal,
    /// It is never sent.
    Lose,
    /// It is sent twice at once.
    Double,
    /// It is sent `count` times at once.
    Flood {
        #[serde(default = "usual_flood")]
        count: usize,
    },
}

/// Notices still to be sent, and how the next ones go.
pub(crate) struct Queue<N> {
    pub(crate) mode: Mode,
    waiting: Vec<Waiting<N>>,
}

/// A notice waiting for its time.
struct Waiting<N> {
    notice: N,
    /// How often it was sent before.
    attempt: usize,
    due: Instant,
    /// A copy of a flood is sent once only.
    resend: bool,
}

/// One sending.
#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// Who sends notices.
pub(crate) trait Sender: 'static {
    /// What a notice is known by until it is sent.
    type Notice: Clone + Send + Sync + 'static;

    /// Rung whenever something became due sooner than was known.
    fn wake(world: &World) -> &Notify;

    fn queue(state: &mut State) -> &mut Queue<Self::Notice>;

    /// Seconds to the next sending after so many that were not accepted; none where it was the last.
    fn wait(attempt: usize) -> Option<u64>;

    /// Does what else is due by `now`, and says when the next of it is.
    fn advance(_state: &mut State, _now: Instant) -> Option<Instant> {
        None
    }

    /// The notice as it is sent now; none where nobody knows any more what it is about, as after a reset.
    fn letter(world: &World, state: &mut State, notice: &Self::Notice) -> Option<Letter>;

    fn is_accepted(answer: &Answer) -> bool;

    /// Adds to what the ledger shows.
    fn count(state: &mut State, notice: &Self::Notice, sent: u64, accepted: u64);
}

const MOST_QUEUED: usize = 10_000;
const MOST_IN_FLIGHT: usize = 64;

impl<N> Default for Queue<N> {
    fn default() -> Self {
        Self {
            mode: Mode::Normal,
            waiting: Vec::new(),
        }
    }
}

impl<N: Clone> Queue<N> {
    /// Puts a new notice in, as often as the mode says.
    pub(crate) fn add(&mut self, notice: &N) {
        let copies = match self.mode {
            Mode::Lose => 0,
            Mode::Normal => 1,
            Mode::Double => 2,
            Mode::Flood { count } => count,
        };
        for copy in 0..copies.min(MOST_QUEUED.saturating_sub(self.waiting.len())) {
            self.waiting.push(Waiting {
                notice: notice.clone(),
                attempt: 0,
                due: Instant::now(),
                resend: copy == 0,
            });
        }
    }

    fn again(&mut self, mut waiting: Waiting<N>, wait: Option<u64>) {
        if let Some(seconds) = wait.filter(|_| waiting.resend) {
            waiting.attempt += 1;
            waiting.due = Instant::now() + Duration::from_secs(seconds);
            self.waiting.push(waiting);
        }
    }

    fn take_due(&mut self, now: Instant, room: usize) -> Vec<Waiting<N>> {
        let mut taken = 0;
        let due = self.waiting.extract_if(.., |waiting| {
            let take = waiting.due <= now && taken < room;
            taken += usize::from(take);
            take
        });
        due.collect()
    }
}

/// Takes every step that is due and sends every notice, until the sandbox stops.
pub(crate) async fn work<S: Sender>(world: Shared) {
    let mut in_flight = JoinSet::new();
    loop {
        let next = {
            let mut state = world.lock();
            let now = Instant::now();
            let next_step = S::advance(&mut state, now);
            let room = MOST_IN_FLIGHT - in_flight.len();
            for waiting in S::queue(&mut state).take_due(now, room) {
                if let Some(letter) = S::letter(&world, &mut state, &waiting.notice) {
                    in_flight.spawn(deliver::<S>(world.clone(), waiting, letter));
                }
            }
            let has_room = in_flight.len() < MOST_IN_FLIGHT;
            let dues = S::queue(&mut state).waiting.iter();
            let next_notice = dues.map(|waiting| waiting.due).min();
            let next_notice = next_notice.filter(|_| has_room);
            next_step.into_iter().chain(next_notice).min()
        };
        let due = async {
            match next {
                Some(next) => tokio::time::sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = world.stopped() => return,
            () = S::wake(&world).notified() => {}
            Some(_) = in_flight.join_next() => {}
            () = due => {}
        }
    }
}

async fn deliver<S: Sender>(world: Shared, waiting: Waiting<S::Notice>, letter: Letter) {
    let answer = post(&world.http, letter).await;
    let accepted = S::is_accepted(&answer);
    let mut state = world.lock();
    S::count(&mut state, &waiting.notice, 1, u64::from(accepted));
    if !accepted {
        let wait = S::wait(waiting.attempt);
        S::queue(&mut state).again(waiting, wait);
    }
}

fn usual_flood() -> usize {
    50
}
