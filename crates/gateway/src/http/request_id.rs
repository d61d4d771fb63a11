//! One name for each request, in its answer and in all that is logged of it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

use crate::{config::Config, http::client_ip, random};

/// The header that carries it.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// A request's name: 8 to 64 letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A new one.
    #[must_use]
    pub fn random() -> RequestId {
        RequestId(format!("{:016x}", u64::from_be_bytes(random::bytes())).into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Option<RequestId> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        ((8..=64).contains(&text.len()) && text.bytes().all(plain)).then(|| RequestId(text.into()))
    }
}

/// Names the request, or keeps the name that a trusted proxy gave it.
pub async fn name(State(config): State<Arc<Config>>, mut request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(HEADER)
        .and_then(|value| RequestId::parse(value.to_str().ok()?));
    let trusted = config.http.trusts(client_ip::peer(request.extensions()));
    let id = given.filter(|_| trusted).unwrap_or_else(RequestId::random);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for (text, good) in [
            ("abcd-EFGH_1", true),
            ("short", false),
            ("with blank", false),
            ("line\nbreak", false),
        ] {
            assert_eq!(RequestId::parse(text).is_some(), good, "{text:?}");
        }
        assert!(RequestId::parse(&"a".repeat(65)).is_none());
        assert_eq!(
            RequestId::parse(RequestId::random().as_str()).map(|id| id.as_str().len()),
            Some(16)
        );
    }
}
