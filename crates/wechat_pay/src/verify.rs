//! Whether bytes come from WeChat Pay: answers and notices are verified alike, over the bytes that were received.
//!
//! Source: pay.weixin.qq.com/doc/v3/merchant/4013053249.

use reqwest::header::HeaderMap;
use thiserror::Error;

use crate::{keys::PlatformKey, sign::SCHEME};

/// So many seconds a signature's time may lie away from ours, in either direction: 300 is fresh, 301 is not. The
/// official libraries differ by that one second.
const FRESH_S: u64 = 300;

/// WeChat Pay sends such signatures now and then, and watches whether they are refused.
const PROBE: &str = "WECHATPAY/SIGNTEST/";

/// The four headers of a signature.
#[derive(Debug)]
pub(crate) struct Stamp<'a> {
    timestamp: &'a str,
    nonce: &'a str,
    /// Names the key.
    pub(crate) serial: &'a str,
    signature: &'a str,
}

/// Why bytes are not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Doubt {
    /// A header is missing, is there twice, or is no text.
    #[error("it needs the header {0} exactly once")]
    Header(&'static str),
    /// A probe of WeChat Pay's, which has to be refused and is no attack.
    #[error("it is WeChat Pay's probe of our verification")]
    Probe,
    /// The time is no number, or more than 300 seconds from ours.
    #[error("its time is too far from ours")]
    Stale,
    /// Signed with a key that is not known here.
    #[error("it is signed with an unknown key")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("its signature is wrong")]
    Forged,
}

impl<'a> Stamp<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Result<Stamp<'a>, Doubt> {
        if headers.contains_key("wechatpay-signature-type")
            && header(headers, "wechatpay-signature-type")? != SCHEME
        {
            return Err(Doubt::Header("wechatpay-signature-type"));
        }
        Ok(Stamp {
            timestamp: header(headers, "wechatpay-timestamp")?,
            nonce: header(headers, "wechatpay-nonce")?,
            serial: header(headers, "wechatpay-serial")?,
            signature: header(headers, "wechatpay-signature")?,
        })
    }

    /// What can be told without a key.
    ///
    /// `now` is in seconds since 1970.
    pub(crate) fn is_plausible(&self, now: i64) -> Result<(), Doubt> {
        if self.signature.starts_with(PROBE) {
            return Err(Doubt::Probe);
        }
        let signed_at: i64 = self.timestamp.parse().map_err(|_| Doubt::Stale)?;
        // An unsigned distance: a difference would overflow for the least of numbers.
        if signed_at.abs_diff(now) > FRESH_S {
            return Err(Doubt::Stale);
        }
        Ok(())
    }

    /// Whether the key that it names signed this body.
    pub(crate) fn is_by(&self, key: &PlatformKey, body: &[u8]) -> Result<(), Doubt> {
        let head = format!("{}\n{}\n", self.timestamp, self.nonce);
        let message = [head.as_bytes(), body, b"\n"].concat();
        if key.verifies(&message, self.signature) {
            Ok(())
        } else {
            Err(Doubt::Forged)
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Doubt> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| Doubt::Header(name)),
        _ => Err(Doubt::Header(name)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    const NOW: i64 = 1_800_000_000;

    fn verdict(headers: &HeaderMap, body: &[u8]) -> Result<(), Doubt> {
        let stamp = Stamp::of(headers)?;
        stamp.is_plausible(NOW)?;
        stamp.is_by(&samples::platform().public_key("PUB_KEY_ID_1"), body)
    }

    #[test]
    fn five_minutes_are_fresh_and_a_second_more_is_not() {
        let check = |timestamp: &str, expected: Result<(), Doubt>| {
            let headers = samples::platform().stamp("PUB_KEY_ID_1", timestamp, b"{}");
            assert_eq!(verdict(&headers, b"{}"), expected, "{timestamp}");
        };
        for distance in [0, -299, -300, 299, 300] {
            check(&(NOW + distance).to_string(), Ok(()));
        }
        for distance in [-301, 301, NOW] {
            check(&(NOW + distance).to_string(), Err(Doubt::Stale));
        }
        for text in [
            &i64::MIN.to_string(),
            &i64::MAX.to_string(),
            "-99999999999999999999",
            "abc",
            "",
            "1800000000.0",
        ] {
            check(text, Err(Doubt::Stale));
        }
    }

    #[test]
    fn each_header_is_needed_once() {
        let good = samples::platform().stamp("PUB_KEY_ID_1", &NOW.to_string(), b"{}");
        assert_eq!(verdict(&good, b"{}"), Ok(()));
        for name in [
            "wechatpay-timestamp",
            "wechatpay-nonce",
            "wechatpay-serial",
            "wechatpay-signature",
        ] {
            let mut headers = good.clone();
            headers.remove(name);
            assert_eq!(verdict(&headers, b"{}"), Err(Doubt::Header(name)));
            let mut headers = good.clone();
            headers.append(name, good[name].clone());
            assert_eq!(verdict(&headers, b"{}"), Err(Doubt::Header(name)));
        }
        let mut headers = good.clone();
        headers.insert(
            "wechatpay-signature-type",
            "WECHATPAY2-SM2-WITH-SM3".parse().expect("a value"),
        );
        assert!(verdict(&headers, b"{}").is_err());
    }

    #[test]
    fn a_probe_is_refused_as_one() {
        let mut headers = samples::platform().stamp("PUB_KEY_ID_1", &NOW.to_string(), b"{}");
        headers.insert(
            "wechatpay-signature",
            "WECHATPAY/SIGNTEST/x".parse().expect("a value"),
        );
        assert_eq!(verdict(&headers, b"{}"), Err(Doubt::Probe));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_other_body_is_refused(body in proptest::collection::vec(any::<u8>(), 0..64)) {
            let headers = samples::platform().stamp("PUB_KEY_ID_1", &NOW.to_string(), b"{\"id\":\"1\"}");
            prop_assume!(body != b"{\"id\":\"1\"}");
            prop_assert_eq!(verdict(&headers, &body), Err(Doubt::Forged));
        }

        #[test]
        fn no_header_panics(values in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 4)) {
            let mut headers = HeaderMap::new();
            for (name, value) in ["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-serial", "wechatpay-signature"].iter().zip(values) {
                if let Ok(value) = reqwest::header::HeaderValue::from_bytes(&value) {
                    headers.insert(*name, value);
                }
            }
            prop_assert!(verdict(&headers, b"body").is_err());
        }
    }
}
