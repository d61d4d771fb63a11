//! Moments as WeChat Pay writes them.

use std::time::{SystemTime, UNIX_EPOCH};

use ::time::{
    OffsetDateTime, UtcOffset,
    format_description::{StaticFormatDescription, well_known::Rfc3339},
    macros::{format_description, offset},
};

const CHINA: UtcOffset = offset!(+8);

/// RFC 3339 to the second.
const FORMAT: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+08:00");

/// The last year that is written with four digits begins then: later moments are written as this one.
const LATEST_S: i64 = 253_370_764_800;

/// As WeChat Pay wants a moment, in China's time; what is below a second is cut off.
pub(crate) fn write(moment: SystemTime) -> String {
    OffsetDateTime::from_unix_timestamp(seconds(moment).min(LATEST_S))
        .expect("it is between 1970 and 9999")
        .to_offset(CHINA)
        .format(FORMAT)
        .expect("a date has all the parts of the format")
}

/// Reads RFC 3339.
pub(crate) fn read(text: &str) -> Option<SystemTime> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some(moment.into())
}

/// In whole seconds since 1970.
pub(crate) fn seconds(moment: SystemTime) -> i64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use ::time::macros::datetime;

    use super::*;

    #[test]
    fn moments_go_out_in_china_s_time_and_come_in_with_any_offset() {
        let check = |utc: OffsetDateTime, china: &str| {
            assert_eq!(write(utc.into()), china);
            let whole = utc.replace_nanosecond(0).expect("a second");
            assert_eq!(read(china), Some(whole.into()));
        };
        check(
            datetime!(2026-11-21 10:32:35.999 UTC),
            "2026-11-21T18:32:35+08:00",
        );
        check(
            datetime!(2026-12-31 20:00:00 UTC),
            "2027-01-01T04:00:00+08:00",
        );
        assert_eq!(
            read("2026-11-21T10:32:35Z"),
            read("2026-11-21T18:32:35+08:00")
        );
        let far = UNIX_EPOCH + std::time::Duration::from_secs(1 << 40);
        assert_eq!(write(far), "9999-01-01T08:00:00+08:00");
        for text in ["2026-11-21", "2026-11-21T18:32:35", "soon", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
