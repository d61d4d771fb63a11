//! The shape of an answer: `{"<method>_response": {…}, "sign": "…"}`.
//!
//! The signature is over the text of the node as it stands between the two braces, its escapes and white space
//! included; so the node is cut out of the received text and never written anew. A member named `sign` may also stand
//! inside the node, and white space around any colon. Source: Alipay's guide to verifying synchronous answers.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// An answer, opened but not verified.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    /// The signed text.
    pub(super) node: &'a RawValue,
    /// The signature in base64; not every error comes with one.
    pub(super) sign: Option<String>,
    /// In certificate mode, the number of the certificate that signed.
    pub(super) alipay_cert_sn: Option<String>,
}

/// Opens an answer to a method.
///
/// A member that stands twice is refused, since readers differ about which one counts.
pub(super) fn open<'a>(body: &'a [u8], method: &str) -> Result<Envelope<'a>, &'static str> {
    let Members(members) =
        serde_json::from_slice(body).map_err(|_| "the answer is not the JSON that was expected")?;
    let expected = format!("{}_response", method.replace('.', "_"));
    let mut nodes = Vec::new();
    let mut sign = None;
    let mut alipay_cert_sn = None;
    for (name, value) in members {
        match name.as_str() {
            "sign" => sign = Some(text(value)?),
            "alipay_cert_sn" => alipay_cert_sn = Some(text(value)?),
            "error_response" => nodes.push(value),
            name if name == expected => nodes.push(value),
            _ => {}
        }
    }
    let node = match nodes.as_slice() {
        [node] => *node,
        [] => return Err("the answer is to something else"),
        _ => return Err("the answer is two answers"),
    };
    Ok(Envelope {
        node,
        sign,
        alipay_cert_sn,
    })
}

fn text(value: &RawValue) -> Result<String, &'static str> {
    serde_json::from_str(value.get()).map_err(|_| "the answer's signature is no text")
}

/// The members of the outermost object, in order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Vec<(String, &'de RawValue)> = Vec::new();
                while let Some(member) = map.next_entry()? {
                    if members.len() == MOST_MEMBERS {
                        return Err(A::Error::custom("too many members"));
                    }
                    members.push(member);
                    let (last, before) = members.split_last().expect("one was just put in");
                    if before.iter().any(|(name, _)| *name == last.0) {
                        return Err(A::Error::custom("a member stands twice"));
                    }
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

/// An answer has three or four.
const MOST_MEMBERS: usize = 16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const METHOD: &str = "alipay.trade.query";

    #[test]
    fn the_node_is_cut_out_as_it_stands() {
        let check = |body: &str, node: &str, sign: Option<&str>| {
            let envelope = open(body.as_bytes(), METHOD).expect("an answer");
            assert_eq!(envelope.node.get(), node);
            assert_eq!(envelope.sign.as_deref(), sign);
        };
        check(
            r#"{"alipay_trade_query_response":{"a":"1\/2"},"sign":"c2\/g="}"#,
            r#"{"a":"1\/2"}"#,
            Some("c2/g="),
        );
        check(
            "{ \"sign\" :\t\"s\" , \"alipay_trade_query_response\"\n :\n { \"b\" : 1,\"a\":2 }\n}",
            "{ \"b\" : 1,\"a\":2 }",
            Some("s"),
        );
        check(
            r#"{"alipay_trade_query_response":{"sign":"inside","x":"},\"sign\":\"trap\""},"sign":"outside"}"#,
            r#"{"sign":"inside","x":"},\"sign\":\"trap\""}"#,
            Some("outside"),
        );
        check(
            r#"{"error_response":{"code":"40002"}}"#,
            r#"{"code":"40002"}"#,
            None,
        );
        check(
            r#"{"alipay_cert_sn":"f00","alipay_trade_query_response":"encrypted","sign":"s"}"#,
            r#""encrypted""#,
            Some("s"),
        );
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        let check = |body: &str, expected: &str| {
            assert_eq!(open(body.as_bytes(), METHOD).expect_err(body), expected);
        };
        let unreadable = "the answer is not the JSON that was expected";
        check("", unreadable);
        check("[]", unreadable);
        check("<html>", unreadable);
        check(r#"{"sign":"a"} x"#, unreadable);
        check(
            r#"{"alipay_trade_query_response":{"a":1},"alipay_trade_query_response":{"a":2},"sign":"s"}"#,
            unreadable,
        );
        check(
            r#"{"alipay_trade_query_response":{},"sign":"a","si\u0067n":"b"}"#,
            unreadable,
        );
        check(
            r#"{"alipay_trade_query_response":{},"error_response":{},"sign":"a"}"#,
            "the answer is two answers",
        );
        check(
            r#"{"alipay_trade_refund_response":{},"sign":"a"}"#,
            "the answer is to something else",
        );
        check(
            r#"{"alipay_trade_query_response":{},"sign":1}"#,
            "the answer's signature is no text",
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = open(&body, METHOD);
        }

        #[test]
        fn nothing_after_the_node_changes_it(node in r#"\{("[a-z]{1,3}":"[ -!#-\[\]-~]{0,9}")?\}"#) {
            let body = format!(r#"{{"alipay_trade_query_response":{node},"sign":"s"}}"#);
            prop_assert_eq!(open(body.as_bytes(), METHOD).expect("an answer").node.get(), node);
        }
    }
}
