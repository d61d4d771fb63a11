//! The shape of an answer: `{"<method>_response": {…}, "sign": "…"}`.
//!
//! The signature is over the text of the node as it stands between the two braces, its escapes and white space
//! included; so the node is cut out of the received bytes and never written anew. A member named `sign` may also stand
//! inside the node, and white space around any colon. Source: Alipay's guide to verifying synchronous answers.
//!
//! What Alipay refuses before it has read in which charset it was asked, it refuses in GBK. There the second byte of a
//! letter can look like a brace or a quotation mark, so it is read as text first, and the node is found again in the
//! bytes.

use std::{borrow::Cow, fmt};

use encoding_rs::GBK;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// An answer as it came, and as text.
pub(crate) struct Answer<'a> {
    bytes: &'a [u8],
    text: Cow<'a, str>,
}

/// An answer, opened but not verified.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    /// What it says.
    pub(crate) node: &'a str,
    /// The same as it came: what is signed.
    pub(crate) signed: &'a [u8],
    /// The signature in base64; not every error comes with one.
    pub(crate) sign: Option<String>,
    /// In certificate mode, the number of the certificate that signed.
    pub(crate) alipay_cert_sn: Option<String>,
}

impl<'a> Answer<'a> {
    /// Reads an answer in either charset.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Answer<'a>, &'static str> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => GBK
                .decode_without_bom_handling_and_without_replacement(bytes)
                .ok_or("the answer is in no charset of Alipay's")?,
        };
        Ok(Answer { bytes, text })
    }

    /// Opens an answer to a method.
    ///
    /// A member that stands twice is refused, since readers differ about which one counts.
    pub(crate) fn open(&self, method: &str) -> Result<Envelope<'_>, &'static str> {
        let Members(members) = serde_json::from_str(&self.text)
            .map_err(|_| "the answer is not the JSON that was expected")?;
        let expected = format!("{}_response", method.replace('.', "_"));
        let mut nodes = Vec::new();
        let mut sign = None;
        let mut alipay_cert_sn = None;
        for (name, value) in members {
            match name.as_str() {
                "sign" => sign = Some(text(value)?),
                "alipay_cert_sn" => alipay_cert_sn = Some(text(value)?),
                "error_response" => nodes.push(value.get()),
                name if name == expected => nodes.push(value.get()),
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
            signed: self.as_it_came(node).ok_or("the answer cannot be read")?,
            sign,
            alipay_cert_sn,
        })
    }

    /// The bytes of a part of the text.
    fn as_it_came(&self, part: &str) -> Option<&[u8]> {
        let start = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let before = self.text.get(..start)?;
        match self.text {
            Cow::Borrowed(_) => self.bytes.get(start..start + part.len()),
            Cow::Owned(_) => {
                let start = length_in_gbk(self.bytes, before.chars().count())?;
                let rest = self.bytes.get(start..)?;
                rest.get(..length_in_gbk(rest, part.chars().count())?)
            }
        }
    }
}

/// How many bytes so many letters take.
fn length_in_gbk(bytes: &[u8], letters: usize) -> Option<usize> {
    let mut at = 0;
    for _ in 0..letters {
        at += match (bytes.get(at)?, bytes.get(at + 1)) {
            (0x81..=0xfe, Some(b'0'..=b'9')) => 4,
            (0x81..=0xfe, Some(_)) => 2,
            _ => 1,
        };
    }
    Some(at)
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
            let answer = Answer::read(body.as_bytes()).expect("text");
            let envelope = answer.open(METHOD).expect("an answer");
            assert_eq!(envelope.node, node);
            assert_eq!(envelope.signed, node.as_bytes());
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
            let answer = Answer::read(body.as_bytes()).expect("text");
            assert_eq!(answer.open(METHOD).expect_err(body), expected);
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

    #[test]
    fn an_answer_in_gbk_is_read_and_cut_out_as_it_came() {
        // Second bytes of these look like a backslash, a bar and braces; the last letter takes four bytes.
        let node = r#"{"code":"40002","sub_msg":"誠珅珆珄 𠂇","sub_code":"isv.invalid-signature"}"#;
        let text = format!("{{\"提示\":\"珅\", \"error_response\": {node},\"sign\":\"s\"}}");
        let (bytes, _, lost) = encoding_rs::GB18030.encode(&text);
        assert!(!lost && std::str::from_utf8(&bytes).is_err());
        let answer = Answer::read(&bytes).expect("GBK");
        let envelope = answer.open(METHOD).expect("an answer");
        assert_eq!(envelope.node, node);
        assert_eq!(envelope.signed, &*encoding_rs::GB18030.encode(node).0);
        assert!(Answer::read(b"{\"a\":\"\xff\xff\"}").is_err());
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_an_answer() {
        let body = b"\xef\xbb\xbf{\"error_response\":{},\"sign\":\"s\"}";
        let answer = Answer::read(body).expect("text");
        assert_eq!(answer.open(METHOD).expect("an answer").signed, b"{}");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Answer::read(&body).map(|answer| answer.open(METHOD).is_ok());
        }

        #[test]
        fn each_letter_of_gbk_is_counted(text in r#"[ -!#-\[\]-~\u{a0}-\u{fff}\u{2000}-\u{d7ff}\u{10000}-\u{2ffff}]{0,30}"#) {
            let body = format!(r#"{{"x":"{text}","error_response":{{"a":"{text}"}}}}"#);
            let (bytes, _, lost) = encoding_rs::GB18030.encode(&body);
            prop_assume!(!lost && std::str::from_utf8(&bytes).is_err());
            let answer = Answer::read(&bytes).expect("GBK");
            let envelope = answer.open(METHOD).expect("an answer");
            let node = format!(r#"{{"a":"{text}"}}"#);
            prop_assert_eq!(envelope.signed, &*encoding_rs::GB18030.encode(&node).0);
        }

        #[test]
        fn nothing_after_the_node_changes_it(node in r#"\{("[a-z]{1,3}":"[ -!#-\[\]-~]{0,9}")?\}"#) {
            let body = format!(r#"{{"alipay_trade_query_response":{node},"sign":"s"}}"#);
            let answer = Answer::read(body.as_bytes()).expect("text");
            prop_assert_eq!(answer.open(METHOD).expect("an answer").node, node);
        }
    }
}
