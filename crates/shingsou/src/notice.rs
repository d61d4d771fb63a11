//! The platform's notice of a payment. No document tells of a signature, so that a notice is a hint to ask
//! `order-get` and nothing more; it is read strictly all the same.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{Fen, values::Yuan};

/// A notice is far smaller.
const LARGEST: usize = 16 * 1024;

/// Both names are guessed after those of `payment-post`.
const OUT_TRADE_NO: &str = "outTradeNo";
const TOTAL: &str = "total";

/// What a notice says of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Our number of it: 1 to 32 letters and digits.
    pub out_trade_no: String,
    /// What was paid, where it is told.
    pub total: Option<Fen>,
}

/// Why a notice is not read. It never repeats what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// Larger than any notice.
    #[error("the notice is larger than 16 KB")]
    TooLarge,
    /// Not one JSON object, or one that names a key twice.
    #[error("the notice is not a JSON object that names each key once")]
    NotJson,
    /// No number, or one that cannot be ours.
    #[error("outTradeNo must be 1 to 32 letters and digits")]
    OutTradeNo,
    /// The amount cannot be read exactly.
    #[error("total must be an amount of yuan with at most two decimals")]
    Total,
}

/// Reads a notice's body.
///
/// # Errors
/// [`NoticeError`] says which rule was broken.
pub fn read_notice(body: &[u8]) -> Result<Notice, NoticeError> {
    if body.len() > LARGEST {
        return Err(NoticeError::TooLarge);
    }
    let fields: Fields = serde_json::from_slice(body).map_err(|_| NoticeError::NotJson)?;
    let out_trade_no = fields
        .out_trade_no
        .and_then(|raw| serde_json::from_str::<String>(raw.get()).ok())
        .filter(|number| (1..=32).contains(&number.len()))
        .filter(|number| number.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .ok_or(NoticeError::OutTradeNo)?;
    let total = fields
        .total
        .filter(|raw| raw.get() != "null")
        .map(|raw| Yuan::read(&raw).ok_or(NoticeError::Total))
        .transpose()?;
    Ok(Notice {
        out_trade_no,
        total,
    })
}

/// The object with the fields that count; every key is checked to stand once, since two readers of a doubled key may
/// each believe another value.
#[derive(Default)]
struct Fields {
    out_trade_no: Option<Box<RawValue>>,
    total: Option<Box<RawValue>>,
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
        deserializer.deserialize_map(EachOnce)
    }
}

struct EachOnce;

impl<'de> Visitor<'de> for EachOnce {
    type Value = Fields;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object that names each key once")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields, M::Error> {
        let mut fields = Fields::default();
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                OUT_TRADE_NO => fields.out_trade_no = Some(map.next_value()?),
                TOTAL => fields.total = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            if !seen.insert(key) {
                return Err(serde::de::Error::custom("a key stands twice"));
            }
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_a_notice_strictly() {
        let check = |body: &str, expected: Result<(&str, Option<i64>), NoticeError>| {
            let expected = expected.map(|(number, total)| Notice {
                out_trade_no: number.into(),
                total: total.map(Fen),
            });
            assert_eq!(read_notice(body.as_bytes()), expected, "{body}");
        };
        check(
            r#"{"noticeId":"n1","outTradeNo":"P1","paymentId":"x","transactionId":"42","total":24.1,
                "status":"paid","payTime":"2026-11-21T18:00:00+08:00"}"#,
            Ok(("P1", Some(2410))),
        );
        check(
            r#" {"outTradeNo":"P1","total":"18.00"} "#,
            Ok(("P1", Some(1800))),
        );
        check(r#"{"outTradeNo":"P1","total":null}"#, Ok(("P1", None)));
        check(
            r#"{"outTradeNo":"P1","new":{"a":[1,{}]}}"#,
            Ok(("P1", None)),
        );
        check(
            r#"{"outTradeNo":"P1","outTradeNo":"P1"}"#,
            Err(NoticeError::NotJson),
        );
        check(
            r#"{"outTradeNo":"P1","total":1,"total":2}"#,
            Err(NoticeError::NotJson),
        );
        check(
            r#"{"outTradeNo":"P1","status":"a","status":"b"}"#,
            Err(NoticeError::NotJson),
        );
        check(
            r#"{"outTradeNo":"P1","out\u0054radeNo":"P2"}"#,
            Err(NoticeError::NotJson),
        );
        check(
            r#"{"outTradeNo":"P1"}{"outTradeNo":"P2"}"#,
            Err(NoticeError::NotJson),
        );
        check(r#"{"outTradeNo":"P1",}"#, Err(NoticeError::NotJson));
        check(r#"{'outTradeNo':'P1'}"#, Err(NoticeError::NotJson));
        check("\u{FEFF}{\"outTradeNo\":\"P1\"}", Err(NoticeError::NotJson));
        check(r#"[{"outTradeNo":"P1"}]"#, Err(NoticeError::NotJson));
        check("outTradeNo=P1", Err(NoticeError::NotJson));
        check("", Err(NoticeError::NotJson));
        check("null", Err(NoticeError::NotJson));
        check("{}", Err(NoticeError::OutTradeNo));
        check(r#"{"outTradeNo":1}"#, Err(NoticeError::OutTradeNo));
        check(r#"{"outTradeNo":""}"#, Err(NoticeError::OutTradeNo));
        check(
            r#"{"outTradeNo":"P1' or 1=1"}"#,
            Err(NoticeError::OutTradeNo),
        );
        check(r#"{"outTradeNo":"Ｐ1"}"#, Err(NoticeError::OutTradeNo));
        check(
            r#"{"outTradeNo":"P12345678901234567890123456789012"}"#,
            Err(NoticeError::OutTradeNo),
        );
        check(
            r#"{"outTradeNo":"P1","total":18.001}"#,
            Err(NoticeError::Total),
        );
        check(
            r#"{"outTradeNo":"P1","total":1e3}"#,
            Err(NoticeError::Total),
        );
        check(
            r#"{"outTradeNo":"P1","total":-18}"#,
            Err(NoticeError::Total),
        );
        check(r#"{"outTradeNo":"P1","total":{}}"#, Err(NoticeError::Total));
    }

    #[test]
    fn hostile_bodies_are_refused() {
        let padded = format!(r#"{{"outTradeNo":"P1","pad":"{}"}}"#, "x".repeat(LARGEST));
        assert_eq!(read_notice(padded.as_bytes()), Err(NoticeError::TooLarge));
        let deep = format!(r#"{{"outTradeNo":"P1","pad":{}"#, "[".repeat(LARGEST - 30));
        assert_eq!(read_notice(deep.as_bytes()), Err(NoticeError::NotJson));
        assert_eq!(
            read_notice(b"{\"outTradeNo\":\"\xff\"}"),
            Err(NoticeError::NotJson)
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_notice(&body);
        }

        #[test]
        fn nothing_json_like_panics(body in r#"[\[\]{}":,.0-9eE\\u\-+ a-zA-Z\u{80}-\u{800}]{0,200}"#) {
            let _ = read_notice(body.as_bytes());
        }

        #[test]
        fn what_is_read_keeps_the_rules(number in "\\PC{0,40}", total in "\\PC{0,12}") {
            let body = serde_json::json!({ "outTradeNo": number, "total": total }).to_string();
            if let Ok(notice) = read_notice(body.as_bytes()) {
                prop_assert!(notice.out_trade_no == number && (1..=32).contains(&number.len()));
                prop_assert_eq!(notice.total, Fen::from_yuan(&total).ok());
            }
        }
    }
}
