//! States that a channel tells and no list has. They are no verdict, and no silence either: somebody has to look.

/// A longer word is no name of a state.
const LONGEST: usize = 32;
/// More digits could be a number of somebody's.
const MOST_DIGITS: usize = 4;

/// Counts it and says so. `of` is what has the state, such as `payment`.
pub fn tell(channel: &'static str, of: &'static str, word: &str) {
    metrics::counter!("unlisted_states_total", "channel" => channel, "of" => of).increment(1);
    tracing::error!(
        channel,
        of,
        word = plain(word),
        "a channel tells a state that is not listed"
    );
}

/// The word where it can only be the name of a state: whatever else a channel writes there is not for a log.
#[must_use]
pub fn plain(word: &str) -> String {
    let is_name = (1..=LONGEST).contains(&word.len())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if is_name && digits <= MOST_DIGITS {
        word.to_owned()
    } else {
        "(not shown)".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn only_names_are_shown() {
        let check = |word: &str, expected: &str| assert_eq!(plain(word), expected);
        check("TRADE_FROZEN", "TRADE_FROZEN");
        check("partially_refunded2", "partially_refunded2");
        check("7", "7");
        for hidden in ["", "898607B2091701418584", "13800138000", "a b", "支付中"] {
            check(hidden, "(not shown)");
        }
        check(&"a".repeat(33), "(not shown)");
    }
}
