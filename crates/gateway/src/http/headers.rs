//! The headers on every answer.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::{config, http::csp};

/// Headers that an answer gets unless it has its own.
#[must_use]
pub fn usual(http: &config::Http) -> Arc<HeaderMap> {
    let named = |name: &'static str, value: &'static str| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    let mut headers = HeaderMap::from_iter([
        named("referrer-policy", "strict-origin-when-cross-origin"),
        named("x-content-type-options", "nosniff"),
        named(
            "permissions-policy",
            "camera=(self), geolocation=(), microphone=()",
        ),
        // Wallets open in windows of their own, which must stay reachable.
        named("cross-origin-opener-policy", "same-origin-allow-popups"),
        named("cache-control", "no-store"),
    ]);
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        csp::of_data(&http.frame_ancestors),
    );
    if http.frame_ancestors.is_empty() {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if http.public_url.scheme() == "https" {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    Arc::new(headers)
}

/// Adds what the answer does not say itself.
pub async fn add(State(usual): State<Arc<HeaderMap>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in usual.iter() {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follow_the_configuration() {
        let mut http = config::defaults().http;
        let headers = usual(&http);
        assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        http.public_url = "https://pay.example".parse().expect("an address");
        http.frame_ancestors = vec!["https://partner.example".into()];
        let headers = usual(&http);
        assert!(!headers.contains_key(header::X_FRAME_OPTIONS));
        assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        let policy = headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .expect("text");
        assert!(
            policy.ends_with("frame-ancestors https://partner.example"),
            "{policy}"
        );
    }
}
