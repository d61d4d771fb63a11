//! From the money to the data on the card: paid, in the queue, credited.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{Shingsou, cards::Data, payments::Status};
use crate::clock::Moment;

/// How credits go, and the ledger of those that went.
pub(crate) struct Crediting {
    pub(crate) mode: Mode,
    /// From a payment to its credit.
    pub(crate) delay: Duration,
    /// Why a recharge fails, where it does.
    pub(crate) fail_code: i64,
    pub(crate) ledger: Vec<Credit>,
}

/// The carrier refuses.
const USUAL_FAILURE: i64 = 10201;

/// What happens when a credit is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    Normal,
    /// It fails and stays so.
    Fail,
    /// It stays in the queue.
    Never,
    /// It fails, and the money goes back after another delay.
    RefundAfterFail,
}

/// One line of the ledger: how often the card of an order was credited.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Credit {
    pub(crate) out_trade_no: String,
    pub(crate) card_no: String,
    /// In MB, of one time.
    pub(crate) data_volume: i64,
    pub(crate) times: u64,
}

impl Crediting {
    pub(crate) fn new(delay: Duration) -> Self {
        Self {
            mode: Mode::Normal,
            delay,
            fail_code: USUAL_FAILURE,
            ledger: Vec::new(),
        }
    }
}

impl Shingsou {
    /// Takes every step that is due by `now`, and says when the next one is.
    pub(crate) fn credit_due(&mut self, now: Instant) -> Option<Instant> {
        for place in 0..self.payments.len() {
            while self.step(place, now) {}
        }
        let waits = |status| status == Status::Crediting && self.crediting.mode == Mode::Never;
        self.payments
            .iter()
            .filter(|payment| !waits(payment.status))
            .filter_map(|payment| payment.next_step)
            .min()
    }

    fn step(&mut self, place: usize, now: Instant) -> bool {
        let Some(due) = self.payments[place].next_step.filter(|due| *due <= now) else {
            return false;
        };
        let delay = self.crediting.delay;
        let (status, next_step) = match (self.payments[place].status, self.crediting.mode) {
            (Status::Paid, _) => (Status::Crediting, Some(due + delay / 2)),
            (Status::Crediting, Mode::Never) => return false,
            (Status::Crediting, Mode::Normal) => (Status::Credited, None),
            (Status::Crediting, Mode::Fail) => (Status::Failed, None),
            (Status::Crediting, Mode::RefundAfterFail) => (Status::Failed, Some(due + delay)),
            (Status::Failed, _) => (Status::Refunded, None),
            (Status::Unpaid | Status::Credited | Status::Refunded | Status::Closed, _) => {
                unreachable!("only a payment on its way to the credit has a next step")
            }
        };
        self.payments[place].status = status;
        self.payments[place].next_step = next_step;
        if status == Status::Credited {
            self.credit(place);
        }
        if status != Status::Crediting {
            let payment = self.payments[place].clone();
            self.notify(&payment);
        }
        true
    }

    fn credit(&mut self, place: usize) {
        let payment = &mut self.payments[place];
        payment.credited_at = Some(Moment::now());
        let payment = payment.clone();
        self.add_data(payment.iccid, payment.data_volume);

        let ledger = &mut self.crediting.ledger;
        match ledger
            .iter_mut()
            .find(|credit| credit.out_trade_no == payment.out_trade_no)
        {
            Some(credit) => credit.times += 1,
            None => ledger.push(Credit {
                out_trade_no: payment.out_trade_no,
                card_no: payment.card_no,
                data_volume: payment.data_volume,
                times: 1,
            }),
        }
    }

    /// Puts data on a known card, in MB.
    pub(super) fn add_data(&mut self, iccid: &str, volume: i64) {
        let card = self
            .card_mut(iccid)
            .expect("nothing is sold for a card that is not there");
        let data = card.data.get_or_insert(Data {
            used: 0.0,
            total: 0.0,
        });
        data.total += volume as f64;
    }
}
