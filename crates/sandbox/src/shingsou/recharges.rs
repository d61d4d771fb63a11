//! Recharges that a partner orders after having taken the money itself. No document tells of such a call: its address,
//! its fields and its codes are guesses, in the manner of the calls that are known.

use axum::{
    body::Bytes,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{
    Shared, Shingsou, crediting,
    envelope::{Object, Refusal},
    requests,
};

/// One recharge, under the partner's number.
pub(crate) struct Recharge {
    pub(crate) number: String,
    /// As it was given: an ICCID or an MSISDN.
    pub(crate) card_no: String,
    iccid: &'static str,
    pub(crate) product_id: String,
    /// In MB.
    data_volume: i64,
    pub(crate) status: Status,
    fail_code: Option<i64>,
    /// How often the card was credited for it.
    pub(crate) credits: u64,
    next_step: Option<Instant>,
}

/// How a recharge stands; the wire has numbers from 0, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Queued,
    Crediting,
    Credited,
    Failed,
}

/// The body of an order.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    out_recharge_no: String,
    card_no: String,
    product_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    #[serde(default)]
    out_recharge_no: String,
}

/// A recharge as the wire has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    out_recharge_no: String,
    card_no: String,
    product_id: String,
    status: u8,
    fail_code: Option<i64>,
}

/// `POST /cards/Recharge`
pub(crate) async fn create(
    State(stage): State<Shared>,
    body: Bytes,
) -> Result<Object<Row>, Refusal> {
    let order: Order = serde_json::from_slice(&body)
        .map_err(|error| Refusal::invalid(&format!("请求实体错误: {error}")))?;
    if !requests::is_number(&order.out_recharge_no) {
        return Err(Refusal::invalid("outRechargeNo必须是1到32位字母或数字"));
    }
    let row = stage.lock().recharge(order)?;
    stage.wake.notify_one();
    Ok(Object(row))
}

/// `GET /cards/Recharge`
pub(crate) async fn show(
    State(stage): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Object<Row>, Refusal> {
    let state = stage.lock();
    let mut recharges = state.recharges.iter();
    recharges
        .find(|known| known.number == asked.out_recharge_no)
        .map(|known| Object(Row::of(known)))
        .ok_or_else(Refusal::not_found)
}

impl Row {
    fn of(recharge: &Recharge) -> Self {
        Self {
            out_recharge_no: recharge.number.clone(),
            card_no: recharge.card_no.clone(),
            product_id: recharge.product_id.clone(),
            status: recharge.status as u8,
            fail_code: recharge.fail_code,
        }
    }
}

impl Shingsou {
    fn recharge(&mut self, order: Order) -> Result<Row, Refusal> {
        let iccid = self
            .card(&order.card_no)
            .ok_or_else(Refusal::not_found)?
            .iccid;
        if let Some(known) = self
            .recharges
            .iter()
            .find(|known| known.number == order.out_recharge_no)
        {
            return Err(
                if known.iccid == iccid && known.product_id == order.product_id {
                    Refusal::of_code(409)
                } else {
                    Refusal::invalid("outRechargeNo已存在")
                },
            );
        }
        let product = self.sold(&order.product_id, iccid)?;
        let recharge = Recharge {
            number: order.out_recharge_no,
            card_no: order.card_no,
            iccid,
            product_id: product.id.clone(),
            data_volume: product.data_volume,
            status: Status::Queued,
            fail_code: None,
            credits: 0,
            next_step: Some(Instant::now() + self.crediting.delay / 2),
        };
        let row = Row::of(&recharge);
        self.recharges.push(recharge);
        self.take_from_stock(&row.product_id);
        Ok(row)
    }

    /// Takes every step that is due by `now`, and says when the next one is.
    pub(crate) fn recharge_due(&mut self, now: Instant) -> Option<Instant> {
        for place in 0..self.recharges.len() {
            while self.step_recharge(place, now) {}
        }
        let never = self.crediting.mode == crediting::Mode::Never;
        self.recharges
            .iter()
            .filter(|recharge| !(never && recharge.status == Status::Crediting))
            .filter_map(|recharge| recharge.next_step)
            .min()
    }

    fn step_recharge(&mut self, place: usize, now: Instant) -> bool {
        let recharge = &mut self.recharges[place];
        let Some(due) = recharge.next_step.filter(|due| *due <= now) else {
            return false;
        };
        recharge.next_step = None;
        match (recharge.status, self.crediting.mode) {
            (Status::Queued, _) => {
                recharge.status = Status::Crediting;
                recharge.next_step = Some(due + self.crediting.delay / 2);
            }
            (_, crediting::Mode::Never) => {
                recharge.next_step = Some(due);
                return false;
            }
            (_, crediting::Mode::Normal) => {
                recharge.status = Status::Credited;
                recharge.credits += 1;
                let (iccid, volume) = (recharge.iccid, recharge.data_volume);
                self.add_data(iccid, volume);
            }
            (_, crediting::Mode::Fail | crediting::Mode::RefundAfterFail) => {
                recharge.status = Status::Failed;
                recharge.fail_code = Some(self.crediting.fail_code);
            }
        }
        true
    }
}
