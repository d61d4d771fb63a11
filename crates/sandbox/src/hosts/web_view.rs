//! The wallets' pages in the web view of an example app. They allow no frame; a web view is none, but here one plays it.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

use super::{Hosts, proxy::move_base};

/// No page of a wallet is larger, in bytes.
const LARGEST: usize = 1 << 20;

/// Lets the example apps, and nobody else, show a wallet's page, from which the way back leads to the shop as they show
/// it: at their own address.
pub(crate) async fn let_in(
    State(hosts): State<Arc<Hosts>>,
    request: Request,
    next: Next,
) -> Response {
    let in_web_view = request
        .headers()
        .get("sec-fetch-dest")
        .is_some_and(|destination| destination == "iframe");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if headers.remove(header::X_FRAME_OPTIONS).is_some()
        && let Ok(policy) = HeaderValue::try_from(format!("frame-ancestors {}", hosts.url))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if in_web_view {
        move_base(headers, &header::LOCATION, &hosts.shop, &hosts.url);
        return with_way_back(&hosts, response).await;
    }
    response
}

async fn with_way_back(hosts: &Hosts, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let page = to_bytes(body, LARGEST).await.unwrap_or_default();
    let page = String::from_utf8_lossy(&page).replace(
        &format!(r#"href="{}/"#, hosts.shop),
        &format!(r#"href="{}/"#, hosts.url),
    );
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page))
}
