//! Trades: offered, created, paid, given back.

use reqwest::Url;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Alipay;
use crate::{cashier::Paying, clock::Moment, money::Fen, notices::Tally, random};

/// One trade, and what was asked for before there was one.
#[derive(Clone)]
pub(crate) struct Trade {
    /// Names the pay page; nobody else knows it.
    pub(crate) id: String,
    pub(crate) out_trade_no: String,
    /// Given when the trade is created.
    pub(crate) trade_no: Option<String>,
    pub(crate) product: Product,
    pub(crate) subject: String,
    /// What the buyer is shown.
    pub(crate) asked: Fen,
    /// What Alipay says was paid; differs from `asked` only when a test says so.
    pub(crate) total: Fen,
    pub(super) stage: Stage,
    pub(crate) expires: Moment,
    pub(crate) notify_url: Option<Url>,
    pub(crate) return_url: Option<Url>,
    pub(crate) quit_url: Option<Url>,
    pub(crate) created: Moment,
    pub(crate) paid_at: Option<Moment>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) loses_notices: bool,
    pub(crate) noticed: Tally,
    /// Put over what queries and notices tell of it.
    pub(crate) says: Map<String, Value>,
}

/// One refund.
#[derive(Clone, Serialize)]
pub(crate) struct Refund {
    pub(crate) out_request_no: String,
    #[serde(rename = "amount_fen", serialize_with = "as_fen")]
    pub(crate) amount: Fen,
    pub(crate) at: Moment,
}

/// How the buyer comes to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Product {
    Wap,
    Page,
    Code,
    Bridge,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// A signed address or a code exists; the interface does not know a trade yet.
    Offered,
    Waiting,
    Paid,
    Closed,
}

/// As Alipay writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    WaitBuyerPay,
    TradeSuccess,
    TradeClosed,
}

/// Why a trade cannot be paid or changed, in Alipay's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) &'static str, pub(crate) &'static str);

pub(crate) const NOT_EXIST: Refusal = Refusal("ACQ.TRADE_NOT_EXIST", "交易不存在");
pub(crate) const HAS_SUCCESS: Refusal = Refusal("ACQ.TRADE_HAS_SUCCESS", "交易已被支付");
pub(crate) const HAS_CLOSE: Refusal = Refusal("ACQ.TRADE_HAS_CLOSE", "交易已经关闭");
const STATUS_ERROR: Refusal = Refusal("ACQ.TRADE_STATUS_ERROR", "交易状态不合法");
const INCONSISTENT: Refusal = Refusal("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改");

impl Trade {
    /// How the interface sees it; nothing before the trade is created.
    pub(crate) fn status(&self) -> Option<Status> {
        match self.stage {
            Stage::Offered => None,
            Stage::Waiting if self.is_expired() => Some(Status::TradeClosed),
            Stage::Waiting => Some(Status::WaitBuyerPay),
            Stage::Paid if self.refunded() >= self.total => Some(Status::TradeClosed),
            Stage::Paid => Some(Status::TradeSuccess),
            Stage::Closed => Some(Status::TradeClosed),
        }
    }

    pub(crate) fn is_expired(&self) -> bool {
        self.expires <= Moment::now()
    }

    /// Whether a buyer could pay it now.
    pub(crate) fn payable(&self) -> Result<(), Refusal> {
        match self.stage {
            Stage::Paid => Err(HAS_SUCCESS),
            Stage::Closed => Err(HAS_CLOSE),
            _ if self.is_expired() => Err(HAS_CLOSE),
            _ => Ok(()),
        }
    }

    /// The buyer's wallet creates the trade.
    pub(crate) fn create(&mut self) {
        if self.stage == Stage::Offered {
            self.stage = Stage::Waiting;
        }
        if self.trade_no.is_none() {
            let day = Moment::now().plain()[..10].replace('-', "");
            self.trade_no = Some(format!("{day}2200{}", random::digits(16)));
        }
    }

    pub(crate) fn refunded(&self) -> Fen {
        Fen(self.refunds.iter().map(|refund| refund.amount.0).sum())
    }

    pub(crate) fn refund(&self, out_request_no: &str) -> Option<&Refund> {
        self.refunds
            .iter()
            .find(|refund| refund.out_request_no == out_request_no)
    }
}

impl Alipay {
    pub(crate) fn trade(&self, out_trade_no: &str) -> Option<&Trade> {
        let mut trades = self.trades.iter();
        trades.find(|trade| trade.out_trade_no == out_trade_no)
    }

    pub(crate) fn find(&mut self, out_trade_no: &str) -> Option<&mut Trade> {
        self.trades
            .iter_mut()
            .find(|trade| trade.out_trade_no == out_trade_no)
    }

    /// By the pay page's id.
    pub(crate) fn find_page(&mut self, id: &str) -> Option<&mut Trade> {
        self.trades.iter_mut().find(|trade| trade.id == id)
    }

    /// Takes in what was asked for. The same number is the same trade, as long as the amount is the same.
    pub(crate) fn offer(&mut self, asked: Trade) -> Result<&mut Trade, Refusal> {
        let known = self
            .trades
            .iter()
            .position(|trade| trade.out_trade_no == asked.out_trade_no);
        let at = match known {
            None => {
                self.trades.push(asked);
                self.trades.len() - 1
            }
            Some(at) => {
                let known = &mut self.trades[at];
                known.payable()?;
                if known.asked != asked.asked {
                    return Err(INCONSISTENT);
                }
                known.return_url = asked.return_url.or(known.return_url.take());
                known.notify_url = asked.notify_url.or(known.notify_url.take());
                known.product = asked.product;
                at
            }
        };
        Ok(&mut self.trades[at])
    }

    /// Takes the money, once.
    pub(crate) fn pay(&mut self, out_trade_no: &str, paying: Paying) -> Result<(), Refusal> {
        let trade = self.find(out_trade_no).ok_or(NOT_EXIST)?;
        match trade.payable() {
            Err(HAS_CLOSE) if paying.force => {}
            other => other?,
        }
        trade.create();
        trade.stage = Stage::Paid;
        trade.total = paying.total.unwrap_or(trade.asked);
        trade.paid_at = Some(Moment::now());
        trade.loses_notices = paying.lose_notices;
        let trade = trade.clone();
        self.notify(&trade, None);
        Ok(())
    }

    /// Closes what is not paid.
    pub(crate) fn close(&mut self, out_trade_no: &str) -> Result<String, Refusal> {
        let trade = self.find(out_trade_no).ok_or(NOT_EXIST)?;
        match trade.status() {
            None => Err(NOT_EXIST),
            Some(Status::WaitBuyerPay) => {
                trade.stage = Stage::Closed;
                Ok(trade.trade_no.clone().unwrap_or_default())
            }
            Some(_) => Err(STATUS_ERROR),
        }
    }
}

fn as_fen<S: serde::Serializer>(amount: &Fen, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(amount.0)
}
