//! Points in time.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time as milliseconds since 1970-01-01T00:00:00Z; in JSON it is RFC 3339 text in UTC.
///
/// Written by hand, since a date library would cost the page more bytes than its whole checkout: the algorithm is the
/// proleptic Gregorian calendar's arithmetic over eras of 400 years, checked against a date library in the tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = DateTime, example = "2026-11-21T10:32:35.000Z"))]
pub struct Timestamp(pub i64);

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;
const DAY_MS: i64 = 86_400_000;
/// China's clocks are ahead of UTC by this, all year, in the whole country.
const CHINA_MS: i64 = 8 * 3_600_000;

impl Timestamp {
    /// Reads RFC 3339 text with any offset. Fractions finer than a millisecond are cut off.
    #[must_use]
    pub fn parse(text: &str) -> Option<Timestamp> {
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| {
            let digits = bytes.get(from..to)?;
            digits.iter().try_fold(0_i64, |sum, byte| {
                byte.is_ascii_digit()
                    .then(|| sum * 10 + i64::from(byte - b'0'))
            })
        };
        let is =
            |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|byte| allowed.contains(byte));
        if !(is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":")) {
            return None;
        }
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let mut at = 19;
        let mut millis = 0;
        if is(at, b".") {
            let end = at
                + 1
                + bytes[at + 1..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_digit())
                    .count();
            if end == at + 1 {
                return None;
            }
            millis = (1..=3).fold(0, |sum, place| {
                let digit = if at + place < end {
                    i64::from(bytes[at + place] - b'0')
                } else {
                    0
                };
                sum * 10 + digit
            });
            at = end;
        }
        let offset = match bytes.get(at)? {
            b'Z' | b'z' if bytes.len() == at + 1 => 0,
            sign @ (b'+' | b'-') if bytes.len() == at + 6 && is(at + 3, b":") => {
                let (hours, minutes) = (number(at + 1, at + 3)?, number(at + 4, at + 6)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let minutes = hours * 60 + minutes;
                if *sign == b'+' { minutes } else { -minutes }
            }
            _ => return None,
        };
        let seconds =
            ((days_of(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second;
        Some(Timestamp(seconds * 1000 + millis))
    }

    /// The moment whose date in UTC is this one's in China, where the carriers and the platform count days.
    #[must_use]
    pub fn in_china(self) -> Timestamp {
        self.plus_ms(CHINA_MS)
    }

    /// The day in China, as days since 1970-01-01: two times are of one day where these are equal.
    #[must_use]
    pub fn china_day(self) -> i64 {
        self.in_china().0.div_euclid(DAY_MS)
    }

    /// This many milliseconds later.
    #[must_use]
    pub fn plus_ms(self, millis: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(millis))
    }
}

/// Days from 1970-01-01 to a date. The year is counted from March, so that the leap day is its last.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
        - EPOCH_DAYS
}

/// The date that is this many days after 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH_DAYS;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of(self.0.div_euclid(DAY_MS));
        let rest = self.0.rem_euclid(DAY_MS);
        let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
        let (second, millis) = (rest / 1000 % 60, rest % 1000);
        write!(
            out,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse(&text).ok_or_else(|| de::Error::custom("a time is RFC 3339 text"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::{OffsetDateTime, format_description::well_known::Rfc3339};

    use super::*;

    #[test]
    fn reads_offsets_and_fractions() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                Timestamp::parse(text).map(|time| time.to_string()),
                expected.map(str::to_owned),
                "{text}"
            );
        };
        check(
            "2026-11-21T18:32:35+08:00",
            Some("2026-11-21T10:32:35.000Z"),
        );
        check(
            "2026-11-21T10:32:35.1239Z",
            Some("2026-11-21T10:32:35.123Z"),
        );
        check("2024-02-29T00:00:00Z", Some("2024-02-29T00:00:00.000Z"));
        for text in [
            "",
            "2026-11-21",
            "2023-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T10:32:35",
            "2026-11-21T10:32:35.Z",
            "2026-11-21T10:32:35Zjunk",
            "2026-11-21T10:32:35+8:00",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_day_is_chinas() {
        let check = |text: &str, expected: &str| {
            let at = Timestamp::parse(text).expect("a time");
            assert_eq!(&at.in_china().to_string()[..10], expected, "{text}");
        };
        check("2026-11-30T23:59:59+08:00", "2026-11-30");
        check("2026-12-01T00:00:00+08:00", "2026-12-01");
        check("2026-11-30T15:59:59.999Z", "2026-11-30");
        check("2026-12-31T16:00:00Z", "2027-01-01");
        assert_eq!(Timestamp(-28_800_000).china_day(), 0);
        assert_eq!(Timestamp(-28_800_001).china_day(), -1);
    }

    proptest! {
        #[test]
        fn agrees_with_a_date_library(millis in -62_135_596_800_000_i64..253_402_300_799_999) {
            let text = Timestamp(millis).to_string();
            let theirs = OffsetDateTime::parse(&text, &Rfc3339).expect("our text is RFC 3339");
            prop_assert_eq!(theirs.unix_timestamp_nanos(), i128::from(millis) * 1_000_000);
            prop_assert_eq!(Timestamp::parse(&text), Some(Timestamp(millis)));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = Timestamp::parse(&text);
        }

        #[test]
        fn nearly_right_text_does_not_panic(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.Z+0-9:-]{0,9}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
