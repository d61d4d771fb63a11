//! The platform's clock: China Standard Time, on the wire in RFC 3339.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{
    Duration, OffsetDateTime, Time, UtcOffset, format_description::well_known::Rfc3339,
    macros::offset,
};

const CHINA: UtcOffset = offset!(+8);

/// A moment as the platform writes it, to the second or finer when it was given finer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(OffsetDateTime);

impl Moment {
    pub(crate) fn now() -> Self {
        let now = OffsetDateTime::now_utc().to_offset(CHINA);
        Self(now.truncate_to_millisecond())
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339)
            .ok()
            .map(|moment| Self(moment.to_offset(CHINA)))
    }

    pub(crate) fn date(self) -> time::Date {
        self.0.date()
    }

    /// Negative days lie in the past.
    pub(crate) fn plus_days(self, days: i64) -> Self {
        Self(self.0 + Duration::days(days))
    }

    /// Negative seconds lie in the past.
    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + Duration::seconds(seconds))
    }

    /// Date and time as fourteen digits.
    pub(crate) fn digits(self) -> String {
        let text = self.plain();
        text.chars().filter(char::is_ascii_digit).collect()
    }

    /// RFC 3339 without a fraction of a second.
    pub(crate) fn to_second(self) -> String {
        Self(self.0.truncate_to_second()).to_string()
    }

    /// The last second of this moment's month.
    pub(crate) fn end_of_month(self) -> Self {
        let date = self.0.date();
        let last = date
            .replace_day(date.month().length(date.year()))
            .expect("a month has the day that its length names");
        Self(last.with_time(Time::MIDNIGHT).assume_offset(CHINA) + Duration::seconds(86_399))
    }

    /// For people: date, hours, minutes and seconds.
    pub(crate) fn plain(self) -> String {
        let format =
            time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
        self.0
            .format(&format)
            .expect("the format asks for parts that every moment has")
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| std::fmt::Error)?)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("expected an RFC 3339 time"))
    }
}
