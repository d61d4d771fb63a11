//! When a payment of which nothing was heard is asked for.

use super::row::PaymentRow;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// No payment is put off for longer than this until it is asked for again, in milliseconds.
pub const LONGEST_MS: i64 = 6 * HOUR;
/// After this time a last question that failed is asked again, in milliseconds.
pub(super) const LAST_AGAIN_MS: i64 = HOUR;
/// The time between two questions about what was given up here, before its end.
const GIVEN_UP: i64 = 5 * MINUTE;
/// Times after its end at which it is asked for, since late money is money too.
const AFTER: [i64; 7] = [
    MINUTE,
    10 * MINUTE,
    HOUR,
    6 * HOUR,
    12 * HOUR,
    18 * HOUR,
    24 * HOUR,
];
/// Nobody stops asking with fewer questions than this, whatever the clock says: it may be wrong for a moment.
const FEWEST: i64 = 8;

/// Milliseconds until it is asked for again, or `None` when nothing more is to be learnt.
///
/// Soon at first, since a lost notice must not keep a buyer waiting, then ever later with its age. One that was given up
/// or replaced here can hardly be paid any more, and is asked for seldom; just after its end a channel knows for sure.
#[must_use]
pub(super) fn next(payment: &PaymentRow, at: i64) -> Option<i64> {
    let (age, over) = (at - payment.created_at, at - payment.expires_at);
    if over >= 0 {
        let next = AFTER.into_iter().find(|after| *after > over);
        return match next {
            Some(after) => Some(after - over),
            None if payment.asks < FEWEST => Some(HOUR),
            None => None,
        };
    }
    let delay = if payment.payment_state().is_open() {
        (age / 5 * 3).clamp(5 * SECOND, 90 * SECOND)
    } else {
        GIVEN_UP
    };
    Some(delay.min(10 * SECOND - over))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::row::samples;

    fn payment(state: &str, asks: i64) -> PaymentRow {
        PaymentRow {
            state: state.to_owned(),
            created_at: 0,
            expires_at: 15 * MINUTE,
            asks,
            ..samples::payment()
        }
    }

    #[test]
    fn asking_slows_down_and_ends_a_day_after_the_end() {
        let check = |state: &str, at_s: i64, asks: i64, seconds: Option<i64>| {
            let delay = next(&payment(state, asks), at_s * SECOND);
            assert_eq!(delay, seconds.map(|it| it * SECOND), "{state} {at_s}");
        };
        check("launched", 5, 0, Some(5));
        check("created", 50, 5, Some(30));
        check("unknown", 300, 10, Some(90));
        check("launched", 890, 15, Some(20));
        check("closed", 60, 3, Some(300));
        check("closed", 700, 3, Some(210));
        check("closed", 905, 4, Some(55));
        check("launched", 970, 16, Some(530));
        check("closed", 900 + 3600, 16, Some(18_000));
        check("closed", 900 + 86_400, 16, None);
        // The clock stood at another day when it was asked for the second time.
        check("launched", 900 + 86_400 * 3, 1, Some(3600));
        // It went back.
        check("launched", -3600, 3, Some(5));
    }

    #[test]
    fn an_unpaid_payment_makes_few_questions() {
        let count = |state: &str| {
            let (mut at, mut asks) = (5 * SECOND, 0);
            while let Some(delay) = next(&payment(state, asks), at) {
                assert!(delay > 0 && delay <= LONGEST_MS, "{at} {delay}");
                asks += 1;
                at += delay;
            }
            asks
        };
        assert_eq!(
            count("launched"),
            23,
            "a channel that never says that it is over"
        );
        assert_eq!(count("closed"), 10, "the same of one that was replaced");
    }
}
