//! The key that makes creating an order repeatable.

use axum::{extract::FromRequestParts, http::request::Parts};
use contract::{CreateOrder, ErrorCode, routes};

use crate::{ApiError, ApiResult, digest::sha256};

/// An `Idempotency-Key`: 16 to 128 visible ASCII characters, chosen by the caller.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads a key.
    ///
    /// # Errors
    /// It is too short, too long, or holds other characters.
    pub fn parse(text: &str) -> ApiResult<IdempotencyKey> {
        if (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(IdempotencyKey(text.to_owned()))
        } else {
            Err(ErrorCode::IdempotencyKeyInvalid.into())
        }
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<IdempotencyKey> {
        let mut values = parts.headers.get_all(routes::IDEMPOTENCY_KEY).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => IdempotencyKey::parse(value.to_str().unwrap_or_default()),
            _ => Err(ErrorCode::IdempotencyKeyInvalid.into()),
        }
    }
}

/// Tells one request from another under the same key. Whether a repeat was confirmed is left out: the same purchase,
/// asked and then confirmed, is still that purchase.
#[must_use]
pub fn digest(card: &contract::CardNumber, request: &CreateOrder) -> String {
    sha256(format!(
        "{}\n{}\n{}",
        card.as_str(),
        request.package_id,
        request.quoted_fen.0
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_bounds() {
        for (key, expected) in [
            ("0123456789abcdef", true),
            (&*"k".repeat(128), true),
            ("short", false),
            (&*"k".repeat(129), false),
            ("0123456789 abcdef", false),
            ("0123456789abcdé0", false),
            ("", false),
        ] {
            assert_eq!(IdempotencyKey::parse(key).is_ok(), expected, "{key}");
        }
    }
}
