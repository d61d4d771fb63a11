//! Requests that change something come from the shop's own pages, or from no page at all.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::{ErrorCode, Mode};
use url::Url;

use crate::{config::Config, error::ApiError, http::json::is_json};

/// Refuses what another site's page sends, and every body that a form can make.
pub async fn check(State(config): State<Arc<Config>>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let headers = request.headers();
    if !is_ours(headers, &config) {
        return ApiError::from(ErrorCode::OriginRefused).into_response();
    }
    // A form of another site always says what it is, and never JSON, even where it has nothing to send.
    if headers.contains_key(header::CONTENT_TYPE) && !is_json(headers) {
        return ApiError::from(ErrorCode::UnsupportedMediaType).into_response();
    }
    next.run(request).await
}

fn is_ours(headers: &HeaderMap, config: &Config) -> bool {
    let cross_site = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site");
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let ours = match (origins.next(), origins.next()) {
        (None, _) => !cross_site,
        (Some(origin), None) => origin.to_str().is_ok_and(|origin| {
            let listed = config
                .http
                .allowed_origins
                .iter()
                .any(|url| is_origin_of(origin, url));
            listed
                || (!cross_site
                    && (is_origin_of(origin, &config.http.public_url)
                        || is_demo_address(origin, headers, config)))
        }),
        (Some(_), Some(_)) => false,
    };
    if !ours {
        tracing::info!("a request of another site was refused");
    }
    ours
}

fn is_origin_of(origin: &str, url: &Url) -> bool {
    url.origin().ascii_serialization() == origin
}

/// A demo is reached by whatever address its machine has: `localhost`, `127.0.0.1`, its address in the local network.
/// A name that is none of these could have been pointed at this machine by somebody else.
fn is_demo_address(origin: &str, headers: &HeaderMap, config: &Config) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let unnamed = name == "localhost" || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    config.mode == Mode::Demo && unnamed && origin.strip_prefix("http://") == Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::defaults;

    #[test]
    fn only_our_pages_may_change_anything() {
        let check = |mode: Mode, lines: &[(&'static str, &str)], expected: bool| {
            let mut config = defaults();
            config.mode = mode;
            config.http.public_url = "https://pay.example".parse().expect("an address");
            config.http.allowed_origins =
                vec!["https://partner.example".parse().expect("an address")];
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(*name, value.parse().expect("a header"));
            }
            assert_eq!(is_ours(&headers, &config), expected, "{lines:?}");
        };
        check(Mode::Live, &[], true);
        check(Mode::Live, &[("origin", "https://pay.example")], true);
        check(
            Mode::Live,
            &[
                ("origin", "https://pay.example"),
                ("sec-fetch-site", "same-origin"),
            ],
            true,
        );
        check(
            Mode::Live,
            &[
                ("origin", "https://partner.example"),
                ("sec-fetch-site", "cross-site"),
            ],
            true,
        );
        check(Mode::Live, &[("sec-fetch-site", "cross-site")], false);
        check(
            Mode::Live,
            &[
                ("origin", "https://pay.example"),
                ("sec-fetch-site", "cross-site"),
            ],
            false,
        );
        for other in [
            "http://pay.example",
            "https://pay.example:444",
            "https://evil.example",
            "null",
            "",
        ] {
            check(Mode::Live, &[("origin", other)], false);
        }
        check(
            Mode::Live,
            &[
                ("origin", "https://pay.example"),
                ("origin", "https://evil.example"),
            ],
            false,
        );
        check(
            Mode::Live,
            &[
                ("origin", "http://127.0.0.1:8080"),
                ("host", "127.0.0.1:8080"),
            ],
            false,
        );
        check(
            Mode::Demo,
            &[
                ("origin", "http://127.0.0.1:8080"),
                ("host", "127.0.0.1:8080"),
            ],
            true,
        );
        check(
            Mode::Demo,
            &[
                ("origin", "http://localhost:8080"),
                ("host", "localhost:8080"),
            ],
            true,
        );
        check(
            Mode::Demo,
            &[("origin", "http://[::1]:8080"), ("host", "[::1]:8080")],
            true,
        );
        check(
            Mode::Demo,
            &[("origin", "http://evil.example"), ("host", "evil.example")],
            false,
        );
        check(
            Mode::Demo,
            &[
                ("origin", "http://evil.example"),
                ("host", "127.0.0.1:8080"),
            ],
            false,
        );
    }
}
