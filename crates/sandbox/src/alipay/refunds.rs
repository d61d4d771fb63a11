//! Money given back: never more than was paid, and once for each number.

use super::{
    Alipay,
    trades::{NOT_EXIST, Refund, Refusal, Stage},
};
use crate::{clock::Moment, money::Fen};

const TOO_MUCH: Refusal = Refusal("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限");
const DISCORDANT: Refusal = Refusal("ACQ.DISCORDANT_REPEAT_REQUEST", "不一致的请求");
const NOT_PAID: Refusal = Refusal("ACQ.TRADE_STATUS_ERROR", "交易状态不合法");
const NO_AMOUNT: Refusal = Refusal("ACQ.INVALID_PARAMETER", "参数无效");

impl Alipay {
    /// Gives money back; tells whether this call moved any.
    pub(crate) fn refund(
        &mut self,
        out_trade_no: &str,
        out_request_no: &str,
        amount: Fen,
    ) -> Result<bool, Refusal> {
        let trade = self.find(out_trade_no).ok_or(NOT_EXIST)?;
        if trade.status().is_none() {
            return Err(NOT_EXIST);
        }
        if trade.stage != Stage::Paid {
            return Err(NOT_PAID);
        }
        if let Some(known) = trade.refund(out_request_no) {
            return if known.amount == amount {
                Ok(false)
            } else {
                Err(DISCORDANT)
            };
        }
        if amount <= Fen(0) {
            return Err(NO_AMOUNT);
        }
        if Fen(trade.refunded().0 + amount.0) > trade.total {
            return Err(TOO_MUCH);
        }
        let refund = Refund {
            out_request_no: out_request_no.to_owned(),
            amount,
            at: Moment::now(),
        };
        trade.refunds.push(refund.clone());
        let trade = trade.clone();
        self.notify(&trade, Some(&refund));
        Ok(true)
    }
}
