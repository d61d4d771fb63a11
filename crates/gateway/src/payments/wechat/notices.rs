//! Notices of payments and refunds: signed like answers, their content sealed.
//!
//! Sources: pay.weixin.qq.com/doc/v3/merchant/ 4012791861 (payment), 4012791865 (refund).

use serde::Deserialize;

use super::{
    WechatPay,
    keyring::may_be_fetched,
    seal::Sealed,
    trade::Trade,
    verify::{Doubt, Stamp},
    words::is_number,
};
use crate::{
    clock::now,
    payments::channel::{Notice, NoticeError, RawNotice},
};

#[derive(Deserialize)]
struct Envelope {
    event_type: String,
    resource: Sealed,
}

#[derive(Deserialize)]
struct Refund {
    mchid: String,
    out_refund_no: String,
}

pub(super) fn read(wechat: &WechatPay, notice: &RawNotice) -> Result<Notice, NoticeError> {
    verify(wechat, notice).map_err(|doubt| NoticeError(doubt.to_string()))?;
    let refuse = |why: &str| NoticeError(why.to_owned());
    let envelope: Envelope =
        serde_json::from_slice(notice.content()).map_err(|_| refuse("it has another form"))?;
    let opened = wechat
        .client
        .seal()
        .open(&envelope.resource)
        .ok_or_else(|| refuse("it is not sealed with our API v3 key"))?;
    let form = |_| refuse("what was sealed has another form");
    let number = match envelope.event_type.as_str() {
        "TRANSACTION.SUCCESS" => {
            let payment: Trade = serde_json::from_slice(&opened).map_err(form)?;
            if payment.mchid != wechat.mch_id || payment.appid != wechat.app_id {
                return Err(refuse("it is another merchant's or another app's"));
            }
            Notice::Payment {
                amount: payment.received(),
                out_trade_no: payment.out_trade_no,
            }
        }
        "REFUND.SUCCESS" | "REFUND.ABNORMAL" | "REFUND.CLOSED" => {
            let refund: Refund = serde_json::from_slice(&opened).map_err(form)?;
            if refund.mchid != wechat.mch_id {
                return Err(refuse("it is another merchant's"));
            }
            Notice::Refund(refund.out_refund_no)
        }
        _ => return Err(refuse("it tells of something else")),
    };
    match &number {
        Notice::Payment {
            out_trade_no: text, ..
        }
        | Notice::Refund(text)
            if !is_number(text) =>
        {
            Err(refuse("its number cannot be ours"))
        }
        _ => Ok(number),
    }
}

fn verify(wechat: &WechatPay, notice: &RawNotice) -> Result<(), Doubt> {
    let stamp = Stamp::of(&notice.headers)?;
    stamp.is_plausible(now().0.div_euclid(1000))?;
    let Some(key) = wechat.client.keys().find(stamp.serial) else {
        fetch(wechat, stamp.serial);
        return Err(Doubt::UnknownKey);
    };
    stamp.is_by(&key, &notice.body)
}

/// Lets the certificates be fetched beside this. The notice is refused, and WeChat Pay sends it again seconds later.
fn fetch(wechat: &WechatPay, serial: &str) {
    if !may_be_fetched(serial) {
        return;
    }
    if let Ok(runtime) = tokio::runtime::Handle::try_current()
        && let Some(turn) = wechat.client.keys().turn_now()
    {
        let client = wechat.client.clone();
        runtime.spawn(async move { client.fetch_certificates(turn).await });
    }
}

#[cfg(test)]
mod tests;
