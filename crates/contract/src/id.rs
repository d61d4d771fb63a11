//! The id of an order.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// 128 random bits as 32 lower-case hexadecimal digits. Whoever has it may see and pay the order.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, example = "00112233445566778899aabbccddeeff"))]
pub struct OrderId(String);

/// The text is not 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderIdError;

impl OrderId {
    /// An id of 128 bits, which must come from a cryptographic source.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> OrderId {
        OrderId(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Reads an id.
    ///
    /// # Errors
    /// The text is not 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<OrderId, OrderIdError> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 32 && text.bytes().all(hex) {
            Ok(OrderId(text.to_owned()))
        } else {
            Err(OrderIdError)
        }
    }

    /// The 32 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first eight digits only: enough to find it in a log, not enough to open it.
impl fmt::Debug for OrderId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}…", &self.0[..8])
    }
}

impl fmt::Display for OrderIdError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an order id is 32 lower-case hexadecimal digits")
    }
}

impl std::error::Error for OrderIdError {}

impl Serialize for OrderId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OrderId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OrderId, D::Error> {
        OrderId::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_round_and_refuses_the_rest() {
        let id = OrderId::from_bytes([0xab; 16]);
        assert_eq!(OrderId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(format!("{id:?}"), "abababab…");
        for text in [
            "",
            "AB",
            &"AB".repeat(16),
            &"ab".repeat(17),
            &"g".repeat(32),
            "../../../../../../../etc/passwd1",
        ] {
            assert_eq!(OrderId::parse(text), Err(OrderIdError), "{text}");
        }
    }
}
