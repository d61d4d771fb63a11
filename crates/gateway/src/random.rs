//! Numbers that nobody can guess.

use contract::OrderId;

use crate::clock::now;

/// `N` bytes from the operating system.
///
/// # Panics
/// The operating system has no randomness to give: nothing here can go on without it.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A new order's id.
#[must_use]
pub fn order_id() -> OrderId {
    OrderId::from_bytes(bytes())
}

/// A number of our own for an effect outside, such as an `out_trade_no`: 32 digits and lower-case letters, of which
/// 122 bits or more are random. The prefix tells in a ledger what it is.
#[must_use]
pub fn effect_number(prefix: char) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let random: [u8; 31] = bytes();
    std::iter::once(prefix)
        .chain(
            random
                .iter()
                .map(|byte| char::from(LETTERS[usize::from(byte % 32)])),
        )
        .collect()
}

/// An order's number for people: the time to the second in China and five random digits. It opens nothing.
#[must_use]
pub fn order_number() -> String {
    let china = now().plus_ms(8 * 3_600_000).to_string();
    let digits: String = china
        .chars()
        .filter(char::is_ascii_digit)
        .take(14)
        .collect();
    let random = u32::from_be_bytes(bytes()) % 100_000;
    format!("R{digits}{random:05}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effect_numbers_have_the_wallets_form() {
        let number = effect_number('P');
        assert_eq!(number.len(), 32);
        assert!(number.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(number, effect_number('P'));
    }

    #[test]
    fn order_numbers_begin_with_the_day() {
        let number = order_number();
        assert_eq!(number.len(), 20);
        assert!(number.starts_with("R20"));
    }
}
