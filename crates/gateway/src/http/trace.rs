//! One line in the log for each request, and its figures.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use crate::http::{metrics, request_id::RequestId};

/// Logs and counts the request by its route's template: the path itself may hold an order's id, the query anything.
pub async fn observe(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let id = request.extensions().get::<RequestId>().cloned();
    let span = tracing::info_span!("request", id = id.as_ref().map_or("", RequestId::as_str));
    async move {
        let response = next.run(request).await;
        let (status, took) = (response.status().as_u16(), began.elapsed());
        let route = route.as_ref().map_or("other", MatchedPath::as_str);
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if matches!(route, "/healthz" | "/readyz" | "/metrics") {
            tracing::debug!(method, route, status, duration_ms, "answered");
        } else {
            tracing::info!(method, route, status, duration_ms, "answered");
        }
        metrics::answered(method, route, status, took);
        response
    }
    .instrument(span)
    .await
}

/// A method's name; anything that is not a usual one is one thing, since callers can make up any number of them.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "OTHER",
    }
}
