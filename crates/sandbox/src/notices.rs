//! Notices, whoever's they are: how many copies, when again, and the loop that sends what is due.

mod delivery;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::{task::JoinSet, time::Instant};

pub(crate) use delivery::{Answer, Letter, post};

use crate::world::{Platform, Shared};

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

impl Mode {
    /// As a form names it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Lose => "lose",
            Self::Double => "double",
            Self::Flood { .. } => "flood",
        }
    }
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

/// How often a notice of something was sent and accepted, as the ledger shows it.
#[derive(Clone, Copy, Default, Serialize)]
pub(crate) struct Tally {
    #[serde(rename = "notices_sent")]
    pub(crate) sent: u64,
    #[serde(rename = "notices_accepted")]
    pub(crate) accepted: u64,
}

/// Who sends notices.
pub(crate) trait Sender: Platform {
    /// What a notice is known by until it is sent.
    type Notice: Clone + Send + Sync + 'static;

    fn queue(&mut self) -> &mut Queue<Self::Notice>;

    /// Seconds to the next sending after so many that were not accepted; none where it was the last.
    fn wait(attempt: usize) -> Option<u64>;

    /// Does what else is due by `now`, and says when the next of it is.
    fn advance(&mut self, _now: Instant) -> Option<Instant> {
        None
    }

    /// The notice as it is sent now; none where nobody knows any more what it is about, as after a reset.
    fn letter(&self, desk: &Self::Desk, notice: &Self::Notice) -> Option<Letter>;

    fn is_accepted(answer: &Answer) -> bool;

    /// Where notices about the same are counted.
    fn tally(&mut self, notice: &Self::Notice) -> Option<&mut Tally>;
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

impl Tally {
    pub(crate) fn add(&mut self, sent: u64, accepted: u64) {
        self.sent += sent;
        self.accepted += accepted;
    }
}

/// Takes every step that is due and sends every notice, until the sandbox stops.
pub(crate) async fn work<P: Sender>(stage: Shared<P>) {
    let mut in_flight = JoinSet::new();
    loop {
        let next = {
            let mut state = stage.lock();
            let now = Instant::now();
            let next_step = state.advance(now);
            let room = MOST_IN_FLIGHT - in_flight.len();
            for waiting in state.queue().take_due(now, room) {
                if let Some(letter) = state.letter(&stage.desk, &waiting.notice) {
                    in_flight.spawn(deliver(stage.clone(), waiting, letter));
                }
            }
            let has_room = in_flight.len() < MOST_IN_FLIGHT;
            let dues = state.queue().waiting.iter();
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
            () = stage.world.stopped() => return,
            () = stage.wake.notified() => {}
            Some(_) = in_flight.join_next() => {}
            () = due => {}
        }
    }
}

async fn deliver<P: Sender>(stage: Shared<P>, waiting: Waiting<P::Notice>, letter: Letter) {
    let answer = post(&stage.world.http, letter).await;
    let accepted = P::is_accepted(&answer);
    let mut state = stage.lock();
    if let Some(tally) = state.tally(&waiting.notice) {
        tally.add(1, u64::from(accepted));
    }
    if !accepted {
        let wait = P::wait(waiting.attempt);
        state.queue().again(waiting, wait);
    }
}

fn usual_flood() -> usize {
    50
}
