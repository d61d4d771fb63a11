//! Notices of payments and refunds: signed like answers, their content sealed.
//!
//! Sources: pay.weixin.qq.com/doc/v3/merchant/ 4012791861 (payment), 4012791865 (refund).

use std::time::SystemTime;

use reqwest::header::HeaderMap;
use serde::Deserialize;
use thiserror::Error;

use crate::{
    Client, Doubt, Fen, keyring::may_be_fetched, number::is_number, payment::Told, seal::Sealed,
    time, verify::Stamp,
};

/// What a verified notice is about.
///
/// It says that there is something to ask about; [`Client::query`] tells how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A payment.
    Payment {
        /// The merchant's number.
        out_trade_no: String,
        /// What was paid, where the notice tells that money came.
        amount: Option<Fen>,
    },
    /// A refund.
    Refund {
        /// The merchant's number of the refund.
        out_refund_no: String,
    },
}

/// Why a notice is not believed. It never holds what the notice said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoticeError {
    /// Its signature does not count.
    #[error(transparent)]
    NotBelieved(#[from] Doubt),
    /// It is signed, and has another form or another merchant than expected.
    #[error("{0}")]
    NotOurs(&'static str),
}

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

impl Client {
    /// Reads a notice as far as it is verified and the merchant's: headers and body of a request to `notify_url`, the
    /// body byte by byte as it came. 200 or 204 has to be answered within five seconds to one that was taken in, and a
    /// status of 400 or more to one that was not, above all to a probe ([`Doubt::Probe`]).
    ///
    /// Where it is signed with a certificate that is not known, the certificates are fetched beside this, inside tokio:
    /// the notice is refused, and verifies when WeChat Pay sends it again seconds later.
    ///
    /// # Errors
    /// It is not believed, or it is another merchant's.
    pub fn read_notice(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notice, NoticeError> {
        self.verify(headers, body)?;
        let refuse = NoticeError::NotOurs;
        // Some senders put a mark in front, which is signed and no part of the JSON.
        let content = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let envelope: Envelope =
            serde_json::from_slice(content).map_err(|_| refuse("it has another form"))?;
        let opened = self
            .caller
            .seal
            .open(&envelope.resource)
            .ok_or(refuse("it is not sealed with our API v3 key"))?;
        let form = |_| refuse("what was sealed has another form");
        let (number, notice) = match envelope.event_type.as_str() {
            "TRANSACTION.SUCCESS" => {
                let payment: Told = serde_json::from_slice(&opened).map_err(form)?;
                if payment.mchid != self.mch_id || payment.appid != self.app_id {
                    return Err(refuse("it is another merchant's or another app's"));
                }
                let notice = Notice::Payment {
                    amount: payment.received(),
                    out_trade_no: payment.out_trade_no.clone(),
                };
                (payment.out_trade_no, notice)
            }
            "REFUND.SUCCESS" | "REFUND.ABNORMAL" | "REFUND.CLOSED" => {
                let refund: Refund = serde_json::from_slice(&opened).map_err(form)?;
                if refund.mchid != self.mch_id {
                    return Err(refuse("it is another merchant's"));
                }
                let notice = Notice::Refund {
                    out_refund_no: refund.out_refund_no.clone(),
                };
                (refund.out_refund_no, notice)
            }
            _ => return Err(refuse("it tells of something else")),
        };
        if is_number(&number) {
            Ok(notice)
        } else {
            Err(refuse("its number cannot be ours"))
        }
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Doubt> {
        let stamp = Stamp::of(headers)?;
        stamp.is_plausible(time::seconds(SystemTime::now()))?;
        let Some(key) = self.caller.keys.find(stamp.serial) else {
            self.fetch_beside(stamp.serial);
            return Err(Doubt::UnknownKey);
        };
        stamp.is_by(&key, body)
    }

    fn fetch_beside(&self, serial: &str) {
        if !may_be_fetched(serial) {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current()
            && let Some(turn) = self.caller.keys.turn_now()
        {
            let caller = self.caller.clone();
            runtime.spawn(async move { caller.fetch_certificates(turn).await });
        }
    }
}

#[cfg(test)]
mod tests;
