//! Refunds: money that goes back, all of it or in parts, never more than was paid.

use std::time::Duration;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Refusal, Shared, Wechat,
    calls::{Answer, no_order, parse},
    notices::Event,
    orders::TradeState,
};
use crate::{clock::Moment, notices::Tally, random};

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Status {
    Processing,
    Success,
    Closed,
    Abnormal,
}

/// One refund.
#[derive(Clone)]
pub(crate) struct Refund {
    pub(crate) out_refund_no: String,
    pub(crate) out_trade_no: String,
    pub(crate) refund_id: String,
    /// In fen.
    pub(crate) amount: i64,
    pub(crate) status: Status,
    pub(crate) notify_url: Option<reqwest::Url>,
    pub(crate) noticed: Tally,
    created: Moment,
    ended: Option<Moment>,
    due: Option<Instant>,
}

/// How the next refunds go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refunding {
    pub(crate) delay: Duration,
    pub(crate) ends: Status,
    /// The account has no money for them.
    pub(crate) not_enough: bool,
}

impl Default for Refunding {
    fn default() -> Self {
        Self {
            delay: Duration::from_secs(1),
            ends: Status::Success,
            not_enough: false,
        }
    }
}

#[derive(Deserialize)]
struct Request {
    transaction_id: Option<String>,
    out_trade_no: Option<String>,
    out_refund_no: String,
    notify_url: Option<String>,
    amount: Amount,
}

#[derive(Deserialize)]
struct Amount {
    refund: i64,
    total: i64,
    currency: String,
}

/// `POST /v3/refund/domestic/refunds`
pub(super) async fn create(State(stage): State<Shared>, body: Bytes) -> Answer {
    let request: Request = parse(&body)?;
    let mut state = stage.lock();
    let number = state.refund(request)?;
    stage.wake.notify_one();
    Ok(Json(state.told(&number).expect("it was just made")))
}

/// `GET /v3/refund/domestic/refunds/{out_refund_no}`
pub(super) async fn show(State(stage): State<Shared>, Path(number): Path<String>) -> Answer {
    let told = stage.lock().told(&number);
    told.map(Json)
        .ok_or_else(|| Refusal::new(404, "RESOURCE_NOT_EXISTS", "退款单不存在"))
}

impl Wechat {
    fn refund(&mut self, request: Request) -> Result<String, Refusal> {
        let wrong = |why: &str| Refusal::new(400, "PARAM_ERROR", why);
        let order = match (&request.out_trade_no, &request.transaction_id) {
            (Some(number), _) => self.order(number),
            (None, Some(id)) => self.order_with(|order| order.transaction_id.as_ref() == Some(id)),
            (None, None) => return Err(wrong("缺少订单号")),
        }
        .ok_or_else(|| Refusal {
            code: "RESOURCE_NOT_EXISTS".into(),
            ..no_order()
        })?;
        if !matches!(order.state, TradeState::Success | TradeState::Refund) {
            return Err(Refusal::new(
                400,
                "INVALID_REQUEST",
                "订单状态不正确，不能退款",
            ));
        }
        let (number, paid) = (order.out_trade_no.clone(), order.total);
        if let Some(before) = self
            .refunds
            .iter()
            .find(|refund| refund.out_refund_no == request.out_refund_no)
        {
            return if before.out_trade_no == number
                && before.amount == request.amount.refund
                && request.amount.total == paid
            {
                Ok(before.out_refund_no.clone())
            } else {
                Err(wrong("订单金额或退款金额与之前请求不一致，请核实后再试"))
            };
        }
        if request.amount.total != paid || request.amount.currency != "CNY" {
            return Err(wrong("订单金额或退款金额不一致"));
        }
        let returned: i64 = self
            .refunds
            .iter()
            .filter(|refund| refund.out_trade_no == number && refund.status != Status::Closed)
            .map(|refund| refund.amount)
            .sum();
        if request.amount.refund < 1 || request.amount.refund > paid - returned {
            return Err(Refusal::new(
                400,
                "INVALID_REQUEST",
                "申请退款金额大于订单可退金额",
            ));
        }
        if self.refunding.not_enough {
            return Err(Refusal::new(
                403,
                "NOT_ENOUGH",
                "基本账户余额不足，请充值后重新发起",
            ));
        }
        let notify_url = match request.notify_url {
            None => None,
            Some(url) => Some(reqwest::Url::parse(&url).map_err(|_| wrong("notify_url不正确"))?),
        };
        if let Some(order) = self.order_mut(&number) {
            order.state = TradeState::Refund;
        }
        self.refunds.push(Refund {
            out_refund_no: request.out_refund_no.clone(),
            out_trade_no: number,
            refund_id: format!("503{}{}", &Moment::now().digits()[..8], random::digits(17)),
            amount: request.amount.refund,
            status: Status::Processing,
            notify_url,
            noticed: Tally::default(),
            created: Moment::now(),
            ended: None,
            due: Some(Instant::now() + self.refunding.delay),
        });
        Ok(request.out_refund_no)
    }

    /// Ends the refunds that are due and says when the next one is.
    pub(super) fn end_refunds(&mut self, now: Instant) -> Option<Instant> {
        let ends = self.refunding.ends;
        let mut ended = Vec::new();
        for refund in &mut self.refunds {
            if refund.due.is_some_and(|due| due <= now) {
                refund.due = None;
                refund.status = ends;
                refund.ended = Some(Moment::now());
                ended.push(refund.out_refund_no.clone());
            }
        }
        for number in ended {
            self.notify(&Event::Refund(number));
        }
        self.refunds.iter().filter_map(|refund| refund.due).min()
    }

    pub(crate) fn refund_mut(&mut self, number: &str) -> Option<&mut Refund> {
        self.refunds
            .iter_mut()
            .find(|refund| refund.out_refund_no == number)
    }

    /// What an answer says of a refund.
    fn told(&self, number: &str) -> Option<Value> {
        let refund = self
            .refunds
            .iter()
            .find(|refund| refund.out_refund_no == number)?;
        let order = self.order(&refund.out_trade_no)?;
        let mut told = json!({
            "refund_id": refund.refund_id,
            "out_refund_no": refund.out_refund_no,
            "transaction_id": order.transaction_id,
            "out_trade_no": refund.out_trade_no,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": refund.created.to_second(),
            "status": refund.status,
            "funds_account": "AVAILABLE",
            "promotion_detail": [],
            "amount": amounts(order.total, refund.amount),
        });
        told["amount"]["currency"] = "CNY".into();
        if let Some(ended) = refund.ended.filter(|_| refund.status == Status::Success) {
            told["success_time"] = ended.to_second().into();
        }
        Some(told)
    }

    /// What a notice says of a refund, and which event it is.
    pub(super) fn refund_notice(&self, refund: &Refund) -> Option<(String, Value)> {
        let order = self.order(&refund.out_trade_no)?;
        let status = serde_json::to_value(refund.status).ok()?;
        let mut told = json!({
            "mchid": self.merchant.mch_id,
            "out_trade_no": refund.out_trade_no,
            "transaction_id": order.transaction_id,
            "out_refund_no": refund.out_refund_no,
            "refund_id": refund.refund_id,
            "refund_status": status,
            "user_received_account": "支付用户零钱",
            "amount": {
                "total": order.total, "refund": refund.amount,
                "payer_total": order.total, "payer_refund": refund.amount,
            },
        });
        if let Some(ended) = refund.ended.filter(|_| refund.status == Status::Success) {
            told["success_time"] = ended.to_second().into();
        }
        Some((format!("REFUND.{}", status.as_str()?), told))
    }
}

fn amounts(total: i64, refund: i64) -> Value {
    json!({
        "total": total, "refund": refund, "payer_total": total, "payer_refund": refund,
        "settlement_total": total, "settlement_refund": refund, "discount_refund": 0,
    })
}
