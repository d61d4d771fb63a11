//! The platform's values: money, times, and text that may come as a number.

use std::time::SystemTime;

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;
use time::{
    OffsetDateTime, UtcOffset,
    format_description::{StaticFormatDescription, well_known::Rfc3339},
    macros::{format_description, offset},
};
use url::Url;

use crate::{Carrier, Fen};

const CHINA: UtcOffset = offset!(+8);

const FORMAT: StaticFormatDescription = format_description!(
    "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3][offset_hour sign:mandatory]:[offset_minute]"
);

/// Money as the platform writes it: yuan as a JSON number, or as text. It is read from the digits themselves, since a
/// float would not hold `24.1` exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Yuan(pub(crate) Fen);

/// Text that other services of this kind also send as a number, such as ids and states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) String);

impl Yuan {
    /// Reads a JSON number or a JSON string of decimal yuan.
    pub(crate) fn read(raw: &RawValue) -> Option<Fen> {
        let Text(text) = Text::read(raw)?;
        Fen::from_yuan(&text).ok()
    }
}

impl Text {
    fn read(raw: &RawValue) -> Option<Text> {
        let json = raw.get();
        match json.as_bytes().first()? {
            b'"' => serde_json::from_str(json).ok().map(Text),
            b'-' | b'0'..=b'9' => Some(Text(json.to_owned())),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Yuan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Yuan, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Yuan::read(&raw)
            .map(Yuan)
            .ok_or_else(|| de::Error::custom("not an amount of yuan"))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Text::read(&raw).ok_or_else(|| de::Error::custom("neither text nor a number"))
    }
}

/// Reads a time. One without an offset is China's, where the platform is.
pub(crate) fn time(text: &str) -> Option<SystemTime> {
    let read = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let text = match text.split_once(' ') {
        Some((date, clock)) => format!("{date}T{clock}"),
        None => text.to_owned(),
    };
    read(&text)
        .or_else(|| read(&format!("{text}+08:00")))
        .map(SystemTime::from)
}

/// Writes a time with China's offset, as the platform does; what is below a millisecond is cut off.
pub(crate) fn china(time: SystemTime) -> String {
    OffsetDateTime::from(time)
        .to_offset(CHINA)
        .format(FORMAT)
        .unwrap_or_default()
}

/// Reads a carrier's name: the English words are guessed, the Chinese ones begin the names of categories.
pub(crate) fn carrier(text: &str) -> Option<Carrier> {
    const WORDS: &[(&str, Carrier)] = &[
        ("mobile", Carrier::Mobile),
        ("unicom", Carrier::Unicom),
        ("telecom", Carrier::Telecom),
        ("移动", Carrier::Mobile),
        ("联通", Carrier::Unicom),
        ("电信", Carrier::Telecom),
    ];
    let text = text.trim().to_lowercase();
    WORDS
        .iter()
        .find(|(word, _)| text.contains(word))
        .map(|(_, carrier)| *carrier)
}

/// An amount of data in MB; fractions occur.
pub(crate) fn megabytes(amount: f64) -> Option<f64> {
    // A hundred petabytes: anything larger is a mistake and would not survive arithmetic.
    (amount.is_finite() && (0.0..=1e11).contains(&amount)).then_some(amount)
}

/// An address that a browser may be sent to.
pub(crate) fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_from_its_digits() {
        let check = |json: &str, expected: Option<i64>| {
            let read = serde_json::from_str::<Yuan>(json)
                .ok()
                .map(|Yuan(Fen(fen))| fen);
            assert_eq!(read, expected, "{json}");
        };
        check("18", Some(1800));
        check("24.1", Some(2410));
        check("24.10", Some(2410));
        check(r#""24.10""#, Some(2410));
        check("0.01", Some(1));
        check("90071992547409.93", Some(9_007_199_254_740_993));
        check("24.101", None);
        check("1.8e1", None);
        check("-18", None);
        check("null", None);
        check("true", None);
        check(r#"{"yuan":18}"#, None);
        check(r#""18元""#, None);
    }

    #[test]
    fn text_may_come_as_a_number() {
        let check = |json: &str, expected: Option<&str>| {
            let read = serde_json::from_str::<Text>(json)
                .ok()
                .map(|Text(text)| text);
            assert_eq!(read.as_deref(), expected, "{json}");
        };
        check(r#""11""#, Some("11"));
        check("11", Some("11"));
        check("-1", Some("-1"));
        check("null", None);
        check("[11]", None);
    }

    #[test]
    fn times_are_chinas_where_nothing_else_is_said() {
        let check = |text: &str, expected: Option<&str>| {
            let read = time(text).map(|time| {
                let utc = OffsetDateTime::from(time);
                utc.format(&Rfc3339).expect("a time of this millennium")
            });
            assert_eq!(read.as_deref(), expected, "{text}");
        };
        check("2026-11-21T18:32:35+08:00", Some("2026-11-21T10:32:35Z"));
        check("2026-11-21T18:32:35", Some("2026-11-21T10:32:35Z"));
        check("2026-11-21 18:32:35.5", Some("2026-11-21T10:32:35.5Z"));
        check("2026-11-21T10:32:35Z", Some("2026-11-21T10:32:35Z"));
        check("soon", None);
        let moment = time("2026-11-21T20:00:00.250Z").expect("a time");
        assert_eq!(china(moment), "2026-11-22T04:00:00.250+08:00");
    }

    #[test]
    fn a_browser_is_sent_to_web_addresses_only() {
        let check = |text: &str, allowed: bool| {
            assert_eq!(web_address(text).is_some(), allowed, "{text}");
        };
        check("https://pay.example/a?b=c", true);
        check("http://127.0.0.1:9/x", true);
        check("javascript:alert(1)", false);
        check("weixin://wxpay/bizpayurl?pr=1", false);
        check("data:text/html,x", false);
        check("//pay.example", false);
        check("", false);
    }

    #[test]
    fn carriers_by_either_name() {
        assert_eq!(carrier("Mobile"), Some(Carrier::Mobile));
        assert_eq!(carrier("电信 - 月清零"), Some(Carrier::Telecom));
        assert_eq!(carrier("中国联通"), Some(Carrier::Unicom));
        assert_eq!(carrier("广电"), None);
    }
}
