//! Payments: what was asked for, and the buyer's side of it.

use reqwest::Url;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::Shingsou;
use crate::{cashier::Paying, clock::Moment, money::Fen, notices::Tally, random};

/// One payment request and what became of it; it is also the sales order.
#[derive(Clone)]
pub(crate) struct Payment {
    /// Names the cashier's page.
    pub(crate) id: String,
    pub(crate) order_id: String,
    pub(crate) out_trade_no: String,
    /// As it was given: an ICCID or an MSISDN.
    pub(crate) card_no: String,
    pub(crate) iccid: &'static str,
    pub(crate) product_id: String,
    pub(crate) product_name: String,
    /// In MB.
    pub(crate) data_volume: i64,
    /// What the buyer is shown.
    pub(crate) asked: Fen,
    /// What the platform says was paid; differs from `asked` only when a test says so.
    pub(crate) total: Fen,
    pub(crate) channel: Channel,
    pub(crate) return_url: Option<Url>,
    pub(crate) notify_url: Url,
    pub(crate) expires: Moment,
    pub(crate) created: Moment,
    pub(crate) status: Status,
    /// What the platform calls the status instead, when a test says so.
    pub(crate) word: Option<String>,
    pub(crate) transaction_id: Option<String>,
    pub(crate) paid_at: Option<Moment>,
    pub(crate) credited_at: Option<Moment>,
    pub(crate) loses_notices: bool,
    pub(crate) noticed: Tally,
    /// When the next step towards the credit is due.
    pub(crate) next_step: Option<Instant>,
}

/// The wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Channel {
    Alipay,
    Wechat,
}

/// How a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Unpaid,
    Paid,
    Crediting,
    Credited,
    Failed,
    Refunded,
    Closed,
}

/// Why a payment cannot be paid or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unpayable {
    Unknown,
    AlreadyPaid,
    Closed,
}

impl Payment {
    /// Unpaid ones are closed once their time is over.
    pub(crate) fn status(&self) -> Status {
        match self.status {
            Status::Unpaid if self.is_expired() => Status::Closed,
            status => status,
        }
    }

    pub(crate) fn is_expired(&self) -> bool {
        self.expires <= Moment::now()
    }
}

impl Shingsou {
    pub(crate) fn payment(&self, id: &str) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.id == id)
    }

    pub(crate) fn payment_of(&self, out_trade_no: &str) -> Option<&Payment> {
        self.payments
            .iter()
            .find(|payment| payment.out_trade_no == out_trade_no)
    }

    pub(crate) fn payment_mut(&mut self, id: &str) -> Option<&mut Payment> {
        self.payments.iter_mut().find(|payment| payment.id == id)
    }

    /// Takes the money, once, and sets the credit going.
    pub(crate) fn pay(&mut self, id: &str, paying: Paying) -> Result<(), Unpayable> {
        let first_step = Instant::now() + self.crediting.delay / 2;
        let payment = self.payment_mut(id).ok_or(Unpayable::Unknown)?;
        match payment.status() {
            Status::Unpaid => {}
            Status::Closed if paying.force => {}
            Status::Closed => return Err(Unpayable::Closed),
            _ => return Err(Unpayable::AlreadyPaid),
        }
        let now = Moment::now();
        payment.status = Status::Paid;
        payment.total = paying.total.unwrap_or(payment.asked);
        payment.transaction_id = Some(transaction_id(payment.channel, now));
        payment.paid_at = Some(now);
        payment.loses_notices = paying.lose_notices;
        payment.next_step = Some(first_step);
        let payment = payment.clone();
        self.take_from_stock(&payment.product_id);
        self.notify(&payment);
        Ok(())
    }

    /// One package less, where its stock is counted.
    pub(super) fn take_from_stock(&mut self, product_id: &str) {
        if let Some(stock) = self
            .product_mut(product_id)
            .and_then(|product| product.stock.as_mut())
        {
            *stock = stock.saturating_sub(1);
        }
    }

    /// The buyer leaves for good.
    pub(crate) fn cancel(&mut self, id: &str) -> Result<(), Unpayable> {
        let payment = self.payment_mut(id).ok_or(Unpayable::Unknown)?;
        match payment.status() {
            Status::Unpaid => {
                payment.status = Status::Closed;
                Ok(())
            }
            Status::Closed => Err(Unpayable::Closed),
            _ => Err(Unpayable::AlreadyPaid),
        }
    }
}

/// 28 digits, as both wallets have them: Alipay's begin with the day, WeChat Pay's with 42.
fn transaction_id(channel: Channel, now: Moment) -> String {
    let day = now.plain()[..10].replace('-', "");
    match channel {
        Channel::Alipay => format!("{day}2200{}", random::digits(16)),
        Channel::Wechat => format!("42000002{day}{}", random::digits(12)),
    }
}
