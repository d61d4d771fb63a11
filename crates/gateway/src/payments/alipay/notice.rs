//! Alipay's notices: a form, signed over its decoded parameters.
//!
//! Decoded once, without `sign` and `sign_type`, sorted by name, `name=value` joined by `&`. The signature is over bytes
//! in the notice's own charset, so nothing is turned into text before it is verified; what is read of it afterwards is
//! plain ASCII in every charset. Source: Alipay's guide to asynchronous notices.

use contract::Fen;

use super::client::Trust;
use crate::payments::channel::{Notice, NoticeError};

/// Far more than any notice.
const LARGEST_BODY: usize = 64 * 1024;
const MOST_PARAMETERS: usize = 200;

/// Reads a notice as far as it is verified and ours.
///
/// The algorithm is RSA2, whatever the message says of itself: its `sign_type` is not part of what is signed.
pub(super) fn read(
    body: &[u8],
    app_id: &str,
    seller_id: &str,
    trust: &Trust,
) -> Result<Notice, NoticeError> {
    let form = Form::decode(body)?;
    let sign = form
        .get("sign")
        .ok_or_else(|| error("it has no signature"))?;
    if !trust.verifies(&form.message(), sign.as_bytes()) {
        return Err(error("its signature is wrong"));
    }
    if form.get("app_id") != Some(app_id) {
        return Err(error("it is for another app"));
    }
    if form.get("seller_id") != Some(seller_id) {
        return Err(error("it is for another seller"));
    }
    let status = form
        .get("trade_status")
        .filter(|status| !status.is_empty())
        .ok_or_else(|| error("it tells no trade's status"))?;
    let out_trade_no = form
        .get("out_trade_no")
        .filter(|number| is_number(number))
        .ok_or_else(|| error("it names no payment"))?;
    // Refunds tell the address of the payment; their number is a payment's where the whole trade was cancelled.
    let refund = form.get("out_biz_no").filter(|number| {
        form.get("refund_fee").is_some() && is_number(number) && *number != out_trade_no
    });
    Ok(match refund {
        Some(refund) => Notice::Refund(refund.to_owned()),
        None => Notice::Payment {
            out_trade_no: out_trade_no.to_owned(),
            amount: form
                .get("total_amount")
                .filter(|_| matches!(status, "TRADE_SUCCESS" | "TRADE_FINISHED"))
                .and_then(|amount| Fen::from_yuan(amount).ok()),
        },
    })
}

/// Names and values as bytes, each name once.
struct Form(Vec<(Vec<u8>, Vec<u8>)>);

impl Form {
    fn decode(body: &[u8]) -> Result<Form, NoticeError> {
        if body.len() > LARGEST_BODY {
            return Err(error("it is too large"));
        }
        let mut parameters: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for pair in body.split(|byte| *byte == b'&') {
            if parameters.len() == MOST_PARAMETERS {
                return Err(error("it has too many parameters"));
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().and_then(decode);
            let value = halves.next().and_then(decode);
            let (Some(name), Some(value)) = (name, value) else {
                return Err(error("it is no form"));
            };
            // A name with a mark in it could make one message of two.
            if name.is_empty()
                || !name
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            {
                return Err(error("it has a parameter that Alipay does not send"));
            }
            parameters.push((name, value));
        }
        parameters.sort_unstable();
        if parameters.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(error("a parameter stands twice"));
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

fn error(what: &str) -> NoticeError {
    NoticeError(what.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::payments::alipay::tests::{keys, trust};

    const APP: &str = "2021000000000001";
    const SELLER: &str = "2088000000000001";

    /// The parameters of a genuine notice; the subject holds what forms are made of.
    const GENUINE: [(&str, &[u8]); 8] = [
        ("app_id", APP.as_bytes()),
        ("charset", b"utf-8"),
        ("notify_type", b"trade_status_sync"),
        ("out_trade_no", b"P1"),
        ("seller_id", SELLER.as_bytes()),
        ("subject", "2GB + 月清零 & a=b %2B".as_bytes()),
        ("total_amount", b"18.00"),
        ("trade_status", b"TRADE_SUCCESS"),
    ];

    fn signed(parameters: &[(&str, &[u8])], sign_type: &str) -> String {
        let (private, _) = keys();
        let mut sorted = parameters.to_vec();
        sorted.sort_unstable();
        let lines: Vec<Vec<u8>> = sorted
            .iter()
            .map(|(name, value)| [name.as_bytes(), b"=", value].concat())
            .collect();
        let sign = private.sign(&lines.join(&b'&'));
        let mut body: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        body.push(format!("sign_type={sign_type}"));
        body.push(format!("sign={}", encode(sign.as_bytes())));
        body.join("&")
    }

    fn encode(bytes: &[u8]) -> String {
        bytes
            .iter()
            .map(|byte| match byte {
                b' ' => "+".to_owned(),
                byte if byte.is_ascii_alphanumeric() || b"-_.".contains(byte) => {
                    char::from(*byte).to_string()
                }
                byte => format!("%{byte:02X}"),
            })
            .collect()
    }

    fn take(body: &[u8]) -> Result<Notice, String> {
        read(body, APP, SELLER, trust()).map_err(|error| error.0)
    }

    fn with(changes: &[(&'static str, &'static [u8])]) -> Vec<(&'static str, &'static [u8])> {
        let mut parameters = GENUINE.to_vec();
        parameters.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        parameters.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
        parameters
    }

    #[test]
    fn a_genuine_notice_names_its_payment_or_its_refund() {
        let about = |amount| {
            Ok(Notice::Payment {
                out_trade_no: "P1".to_owned(),
                amount,
            })
        };
        let payment = about(Some(Fen(1800)));
        let check = |changes, expected: Result<Notice, &str>| {
            let body = signed(&with(changes), "RSA2");
            assert_eq!(take(body.as_bytes()), expected.map_err(str::to_owned));
        };
        check(&[], payment.clone());
        check(&[("trade_status", b"TRADE_FINISHED")], payment.clone());
        check(&[("trade_status", b"TRADE_CLOSED")], about(None));
        check(&[("total_amount", b"1e2")], about(None));
        check(&[("total_amount", b"")], about(None));
        check(
            &[("refund_fee", b"5.00"), ("out_biz_no", b"R1")],
            Ok(Notice::Refund("R1".to_owned())),
        );
        check(&[("refund_fee", b"5.00")], payment.clone());
        check(
            &[("refund_fee", b"5.00"), ("out_biz_no", b"P1")],
            payment.clone(),
        );
        // In GBK: the bytes are verified as they came.
        check(
            &[
                ("charset", b"gbk"),
                ("subject", b"\xd4\xc2\xc7\xe5\xc1\xe3"),
            ],
            payment,
        );
        check(
            &[("app_id", b"2021000000000002")],
            Err("it is for another app"),
        );
        check(&[("app_id", b"")], Err("it is for another app"));
        check(
            &[("seller_id", b"2088000000000002")],
            Err("it is for another seller"),
        );
        check(&[("seller_id", b"")], Err("it is for another seller"));
        check(&[("trade_status", b"")], Err("it tells no trade's status"));
        check(&[("out_trade_no", b"")], Err("it names no payment"));
        check(&[("out_trade_no", b"P1\0")], Err("it names no payment"));
        check(&[("out_trade_no", b"P1' or 1")], Err("it names no payment"));
    }

    #[test]
    fn the_message_does_not_choose_the_algorithm() {
        for sign_type in ["RSA", "MD5", "rsa2", "none", ""] {
            let body = signed(&GENUINE, sign_type);
            assert!(take(body.as_bytes()).is_ok(), "{sign_type}");
            let forged = body.replace("18.00", "18.01");
            assert_eq!(
                take(forged.as_bytes()),
                Err("its signature is wrong".to_owned())
            );
        }
    }

    #[test]
    fn every_altered_byte_is_refused() {
        let body = signed(&GENUINE, "RSA2");
        let type_at = body.find("sign_type=").expect("it is there");
        let type_value = type_at + "sign_type=".len()..type_at + "sign_type=RSA2".len();
        for at in 0..body.len() {
            // Which algorithm the message names is not signed, and not asked.
            if type_value.contains(&at) {
                continue;
            }
            let mut altered = body.clone().into_bytes();
            altered[at] ^= 1;
            assert!(
                take(&altered).is_err() || same_form(&altered, body.as_bytes()),
                "at {at}: {}",
                String::from_utf8_lossy(&altered)
            );
        }
    }

    /// An altered byte may be another spelling of the same byte, such as `%2b` for `%2B`.
    fn same_form(one: &[u8], other: &[u8]) -> bool {
        let form = |body| Form::decode(body).ok().map(|form| form.0);
        form(one) == form(other)
    }

    #[test]
    fn forms_that_can_be_read_in_two_ways_are_refused() {
        let body = signed(&GENUINE, "RSA2");
        let check = |body: String, expected: &str| {
            assert_eq!(take(body.as_bytes()), Err(expected.to_owned()));
        };
        check(
            format!("{body}&out_trade_no=P1"),
            "a parameter stands twice",
        );
        check(
            format!("{body}&total%5Famount=18.00"),
            "a parameter stands twice",
        );
        check(format!("{body}&sign_type=RSA2"), "a parameter stands twice");
        check(
            format!("{body}&a%26b=1"),
            "it has a parameter that Alipay does not send",
        );
        check(
            format!("{body}&=1"),
            "it has a parameter that Alipay does not send",
        );
        check(format!("{body}&a"), "it is no form");
        check(format!("{body}&"), "it is no form");
        check(format!("{body}&a=%4"), "it is no form");
        check(format!("{body}&a=%zz"), "it is no form");
        check(format!("{body}&a="), "its signature is wrong");
        check(String::new(), "it is no form");
        check("a=1".to_owned(), "it has no signature");
        check(format!("a={}", "1".repeat(LARGEST_BODY)), "it is too large");
        let many: Vec<String> = (0..=MOST_PARAMETERS).map(|at| format!("a{at}=1")).collect();
        check(many.join("&"), "it has too many parameters");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(take(&body).is_err());
        }

        #[test]
        fn no_form_panics(body in "([a-z_]{1,9}=[ -~]{0,9}&){0,9}sign=[A-Za-z0-9+/]{0,20}") {
            prop_assert!(take(body.as_bytes()).is_err());
        }
    }
}
