//! Hands requests on to the shop, and puts a script into its pages.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::Hosts;

/// What runs first in each of the shop's pages.
pub(super) const SCRIPT: &str = "/hosts/inject.js";

/// No page and no request of the shop is larger, in bytes.
const LARGEST: usize = 4 << 20;

/// What is between two programs and not for a third (RFC 9110, section 7.6.1).
const OF_THE_CONNECTION: [HeaderName; 7] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Answers as the shop does.
pub(super) async fn hand_on(State(hosts): State<Arc<Hosts>>, request: Request) -> Response {
    match hosts.ask_the_shop(request).await {
        Ok(response) => response,
        Err(Trouble::Unreachable) => (
            StatusCode::BAD_GATEWAY,
            format!("店铺没有应答：{}\n", hosts.shop),
        )
            .into_response(),
        Err(Trouble::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}

enum Trouble {
    Unreachable,
    TooLarge,
}

impl Hosts {
    async fn ask_the_shop(&self, request: Request) -> Result<Response, Trouble> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let body = to_bytes(body, LARGEST)
            .await
            .map_err(|_| Trouble::TooLarge)?;
        let answer = self
            .http
            .request(parts.method, format!("{}{path}", self.shop))
            .headers(self.as_the_shop_hears(parts.headers))
            .body(body)
            .send()
            .await
            .map_err(|_| Trouble::Unreachable)?;
        let (mut parts, body) = axum::http::Response::from(answer).into_parts();
        let is_page = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        self.clear_for_the_app(&mut parts.headers);
        // All but pages go on as they come, an order's events piece by piece.
        let body = if is_page {
            parts.headers.remove(header::CONTENT_LENGTH);
            let page = to_bytes(Body::new(body), LARGEST)
                .await
                .map_err(|_| Trouble::Unreachable)?;
            with_script(&String::from_utf8_lossy(&page)).into()
        } else {
            Body::new(body)
        };
        Ok(Response::from_parts(parts, body))
    }

    /// The shop is to see its own page ask, or it refuses.
    fn as_the_shop_hears(&self, mut headers: HeaderMap) -> HeaderMap {
        forget_connection(&mut headers);
        headers.remove(header::HOST);
        headers.remove(header::CONTENT_LENGTH);
        for name in [header::ORIGIN, header::REFERER] {
            move_base(&mut headers, &name, &self.url, &self.shop);
        }
        let page_wanted = headers
            .get(header::ACCEPT)
            .is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"));
        if page_wanted {
            // Nothing can be put into what is compressed.
            headers.remove(header::ACCEPT_ENCODING);
        }
        headers
    }

    /// A web view is no frame, so what the shop says of frames is not for it. Here the example apps alone frame it.
    fn clear_for_the_app(&self, headers: &mut HeaderMap) {
        forget_connection(headers);
        headers.remove(header::X_FRAME_OPTIONS);
        if let Some(policy) = headers.get_mut(header::CONTENT_SECURITY_POLICY)
            && let Some(framed) = policy.to_str().ok().map(framed_by_itself)
            && let Ok(framed) = HeaderValue::try_from(framed)
        {
            *policy = framed;
        }
        move_base(headers, &header::LOCATION, &self.shop, &self.url);
    }
}

/// Puts one base of an address in another's place, where the header has it.
pub(super) fn move_base(headers: &mut HeaderMap, name: &HeaderName, from: &str, to: &str) {
    if let Some(value) = headers.get_mut(name)
        && let Some(rest) = value.to_str().ok().and_then(|text| text.strip_prefix(from))
        && (rest.is_empty() || rest.starts_with('/'))
        && let Ok(moved) = HeaderValue::try_from(format!("{to}{rest}"))
    {
        *value = moved;
    }
}

fn forget_connection(headers: &mut HeaderMap) {
    for name in &OF_THE_CONNECTION {
        headers.remove(name);
    }
}

fn framed_by_itself(policy: &str) -> String {
    policy
        .split(';')
        .map(|directive| match directive.trim() {
            one if one.starts_with("frame-ancestors") => "frame-ancestors 'self'",
            other => other,
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// Before everything else in the head, which is also before the page's own scripts.
fn with_script(page: &str) -> String {
    page.replacen(
        "<head>",
        &format!(r#"<head><script src="{SCRIPT}"></script>"#),
        1,
    )
}
