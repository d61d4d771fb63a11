//! Alipay's notices: a form, signed over its decoded parameters.
//!
//! Decoded once, without `sign` and `sign_type`, sorted by name, `name=value` joined by `&`. The signature is over bytes
//! in the notice's own charset, so nothing is turned into text before it is verified; what is read of it afterwards is
//! plain ASCII in every charset. Source: Alipay's guide to asynchronous notices.

use thiserror::Error;

use crate::{Fen, client::Trust, trade::PAID};

/// What a verified notice is about.
///
/// It says that there is something to ask about; [`Client::query`](crate::Client::query) tells how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A trade.
    Trade {
        /// The merchant's number.
        out_trade_no: String,
        /// What was paid, where the notice tells that money came.
        amount: Option<Fen>,
    },
    /// A refund, which goes to the address of its trade's notices.
    Refund {
        /// The merchant's number of the refund.
        out_request_no: String,
    },
}

/// Why a notice is not believed. It never holds what the notice said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct NoticeError(&'static str);

/// Far more than any notice.
const LARGEST_BODY: usize = 64 * 1024;
const MOST_PARAMETERS: usize = 200;

/// Reads a notice as far as it is verified and ours.
///
/// The algorithm is RSA2, whatever the message says of itself: its `sign_type` is not part of what is signed.
pub(crate) fn read(
    body: &[u8],
    app_id: &str,
    seller_id: &str,
    trust: &Trust,
) -> Result<Notice, NoticeError> {
    let form = Form::decode(body)?;
    let sign = form.get("sign").ok_or(NoticeError("it has no signature"))?;
    if !trust.verifies(&form.message(), sign.as_bytes()) {
        return Err(NoticeError("its signature is wrong"));
    }
    if form.get("app_id") != Some(app_id) {
        return Err(NoticeError("it is for another app"));
    }
    if form.get("seller_id") != Some(seller_id) {
        return Err(NoticeError("it is for another seller"));
    }
    let status = form
        .get("trade_status")
        .filter(|status| !status.is_empty())
        .ok_or(NoticeError("it tells no trade's status"))?;
    let out_trade_no = form
        .get("out_trade_no")
        .filter(|number| is_number(number))
        .ok_or(NoticeError("it names no payment"))?;
    // Refunds tell the address of the payment; their number is a payment's where the whole trade was cancelled.
    let refund = form.get("out_biz_no").filter(|number| {
        form.get("refund_fee").is_some() && is_number(number) && *number != out_trade_no
    });
    Ok(match refund {
        Some(refund) => Notice::Refund {
            out_request_no: refund.to_owned(),
        },
        None => Notice::Trade {
            out_trade_no: out_trade_no.to_owned(),
            amount: form
                .get("total_amount")
                .filter(|_| PAID.contains(&status))
                .and_then(|amount| Fen::from_yuan(amount).ok()),
        },
    })
}

/// Names and values as bytes, each name once.
struct Form(Vec<(Vec<u8>, Vec<u8>)>);

impl Form {
    fn decode(body: &[u8]) -> Result<Form, NoticeError> {
        if body.len() > LARGEST_BODY {
            return Err(NoticeError("it is too large"));
        }
        let mut parameters: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for pair in body.split(|byte| *byte == b'&') {
            if parameters.len() == MOST_PARAMETERS {
                return Err(NoticeError("it has too many parameters"));
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().and_then(decode);
            let value = halves.next().and_then(decode);
            let (Some(name), Some(value)) = (name, value) else {
                return Err(NoticeError("it is no form"));
            };
            // A name with a mark in it could make one message of two.
            if name.is_empty()
                || !name
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            {
                return Err(NoticeError("it has a parameter that Alipay does not send"));
            }
            parameters.push((name, value));
        }
        parameters.sort_unstable();
        if parameters.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(NoticeError("a parameter stands twice"));
        }
        Ok(Form(parameters))
    }

    fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name.as_bytes())?;
        std::str::from_utf8(value).ok()
    }

    fn message(&self) -> Vec<u8> {
        let signed = self
            .0
            .iter()
            .filter(|(name, _)| !matches!(name.as_slice(), b"sign" | b"sign_type"));
        let lines: Vec<Vec<u8>> = signed
            .map(|(name, value)| [name.as_slice(), b"=", value].concat())
            .collect();
        lines.join(&b'&')
    }
}

/// Undoes the encoding of a form, once.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(*rest.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => *byte,
        });
    }
    Some(bytes)
}

/// Alipay's numbers and ours: letters, digits and `-_`.
fn is_number(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests;
