//! The merchant's numbers of payments and refunds.

use crate::Error;

/// Whether it can be a merchant's number: 6 to 32 of the characters that WeChat Pay allows.
pub(crate) fn is_number(text: &str) -> bool {
    (6..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-|*@".contains(&byte))
}

/// The number, where it may stand in an address: another could lead to another address.
pub(crate) fn in_address(text: &str) -> Result<&str, Error> {
    if is_number(text) {
        Ok(text)
    } else {
        Err(Error::Unreachable("it is no merchant's number".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain() {
        assert!(is_number("P123456789abcdefghjkmnpqrstvwxyz"));
        for text in [
            "",
            "P1",
            "P12345\n",
            "P1234567890123456789012345678901x",
            "P1234元",
            "P1234567/close",
            "../../../v3/certificates",
            "P1234567?mchid=1",
        ] {
            assert!(!is_number(text), "{text}");
            assert!(matches!(in_address(text), Err(Error::Unreachable(_))));
        }
    }
}
