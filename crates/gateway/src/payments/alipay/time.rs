//! Alipay's clock: `2026-11-21 18:32:35`, always in China, where no clock is ever put forward or back.

use contract::Timestamp;

const EIGHT_HOURS_MS: i64 = 8 * 3_600_000;

/// As Alipay writes a moment; what is below a second is cut off, so that an expiry is never later than asked for.
pub(super) fn write(moment: Timestamp) -> String {
    let china = moment.plus_ms(EIGHT_HOURS_MS).to_string();
    china.chars().take(19).collect::<String>().replace('T', " ")
}

/// Reads what Alipay wrote.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{text}+08:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_go_out_and_in() {
        let check = |utc: &str, china: &str| {
            let moment = Timestamp::parse(utc).expect("a moment");
            assert_eq!(write(moment), china);
            assert_eq!(read(china).map(|read| read.0), Some(moment.0 / 1000 * 1000));
        };
        check("2026-11-21T10:32:35.000Z", "2026-11-21 18:32:35");
        check("2026-12-31T16:00:00.999Z", "2027-01-01 00:00:00");
        check("2028-02-28T16:00:00.000Z", "2028-02-29 00:00:00");
        assert_eq!(read("2026-11-21"), None);
        assert_eq!(read("yesterday"), None);
    }
}
