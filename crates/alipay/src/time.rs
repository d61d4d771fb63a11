//! Alipay's clock: `2026-11-21 18:32:35`, always in China, where no clock is ever put forward or back.

use std::time::{SystemTime, UNIX_EPOCH};

use ::time::{
    OffsetDateTime, PrimitiveDateTime, UtcOffset,
    format_description::StaticFormatDescription,
    macros::{format_description, offset},
};

const CHINA: UtcOffset = offset!(+8);

const FORMAT: StaticFormatDescription =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// The last year that is written with four digits begins then: later moments are written as this one.
const LATEST_S: u64 = 253_370_764_800;

/// As Alipay writes a moment; what is below a second is cut off, so that an expiry is never later than asked for.
pub(crate) fn write(moment: SystemTime) -> String {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs().min(LATEST_S);
    let seconds = i64::try_from(seconds).expect("it is not later than the latest");
    OffsetDateTime::from_unix_timestamp(seconds)
        .expect("it is between 1970 and 9999")
        .to_offset(CHINA)
        .format(FORMAT)
        .expect("a date has all the parts of the format")
}

/// Reads what Alipay wrote.
pub(crate) fn read(text: &str) -> Option<SystemTime> {
    let moment = PrimitiveDateTime::parse(text, FORMAT).ok()?;
    Some(moment.assume_offset(CHINA).into())
}

#[cfg(test)]
mod tests {
    use ::time::macros::datetime;

    use super::*;

    #[test]
    fn moments_go_out_and_in() {
        let check = |utc: OffsetDateTime, china: &str| {
            assert_eq!(write(utc.into()), china);
            let whole = utc.replace_nanosecond(0).expect("a second");
            assert_eq!(read(china), Some(whole.into()));
        };
        check(datetime!(2026-11-21 10:32:35 UTC), "2026-11-21 18:32:35");
        check(
            datetime!(2026-12-31 16:00:00.999 UTC),
            "2027-01-01 00:00:00",
        );
        check(datetime!(2028-02-28 16:00:00 UTC), "2028-02-29 00:00:00");
        let far = UNIX_EPOCH + std::time::Duration::from_secs(1 << 40);
        assert_eq!(write(far), "9999-01-01 08:00:00");
        assert_eq!(read("2026-11-21"), None);
        assert_eq!(read("2026-02-29 00:00:00"), None);
        assert_eq!(read("yesterday"), None);
    }
}
