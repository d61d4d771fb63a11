//! Values as WeChat Pay wants them.

use contract::Timestamp;

/// RFC 3339 to the second, in China's time.
pub(super) fn china_time(at: Timestamp) -> String {
    let text = at.plus_ms(8 * 3_600_000).to_string();
    format!("{}+08:00", text.get(..19).unwrap_or(&text))
}

/// As much of a text as fits so many bytes, whole characters only.
pub(super) fn at_most(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Whether it can be one of our numbers: 6 to 32 of the characters that WeChat Pay allows.
pub(super) fn is_number(text: &str) -> bool {
    (6..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-|*@".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_china_s() {
        let check = |utc: &str, expected: &str| {
            assert_eq!(china_time(Timestamp::parse(utc).expect("a time")), expected);
        };
        check("2026-11-21T10:32:35.999Z", "2026-11-21T18:32:35+08:00");
        check("2026-12-31T20:00:00Z", "2027-01-01T04:00:00+08:00");
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(at_most("流量充值", 7), "流量");
        assert_eq!(at_most("abc", 7), "abc");
        assert_eq!(at_most("", 0), "");
    }

    #[test]
    fn numbers_are_plain() {
        assert!(is_number("P123456789abcdefghjkmnpqrstvwxyz"));
        for text in [
            "",
            "P1",
            "P12345\n",
            "P1234567890123456789012345678901x",
            "P1234元",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }
}
