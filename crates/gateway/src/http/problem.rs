//! Errors as problem details (RFC 9457).

use std::{any::Any, sync::Arc};

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::{ErrorCode, Problem};
use url::Url;

use crate::{
    config::Config,
    error::ApiError,
    http::{docs, request_id::RequestId},
};

/// The media type of problem details.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Writes the body of every answer that failed. Under `/api/` that includes what the framework refuses by itself.
pub async fn render(State(config): State<Arc<Config>>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let interface = is_interface(request.uri().path());
    let mut response = next.run(request).await;
    let error = match response.extensions_mut().remove::<ApiError>() {
        Some(error) => error,
        None if interface => match code_of(response.status()) {
            Some(code) => code.into(),
            None => return response,
        },
        None => return response,
    };
    let problem = problem(
        error,
        &config.http.public_url,
        id.as_ref().map_or("", RequestId::as_str),
    );
    let mut rendered = answer(&problem);
    // What a middleware or handler said beside the body, such as `Allow`, still holds.
    for (name, value) in response.headers() {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH)
            && !rendered.headers().contains_key(name)
        {
            rendered.headers_mut().append(name, value.clone());
        }
    }
    rendered
}

/// What a panic is answered with; what it said has gone to standard error.
pub fn of_panic(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    ApiError::from(ErrorCode::Internal).into_response()
}

/// Whether errors at this path are problem details, whoever makes them.
pub(super) fn is_interface(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/") || path.starts_with("/admin/")
}

fn problem(error: ApiError, public_url: &Url, request_id: &str) -> Problem {
    let mut kind = public_url.clone();
    kind.set_path(docs::ERRORS);
    kind.set_fragment(Some(error.code.as_str()));
    Problem {
        kind: kind.into(),
        status: error.code.status(),
        code: error.code,
        title: error.code.title().to_owned(),
        detail: error.detail,
        request_id: request_id.to_owned(),
        field: error.field.map(str::to_owned),
        retry_after: error.retry_after,
        price_fen: error.price_fen,
    }
}

fn answer(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(problem)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The code for a refusal of the framework's own, whose words are not passed on, since they may quote the request.
fn code_of(status: StatusCode) -> Option<ErrorCode> {
    match status {
        StatusCode::NOT_FOUND => Some(ErrorCode::NotFound),
        StatusCode::METHOD_NOT_ALLOWED => Some(ErrorCode::MethodNotAllowed),
        StatusCode::PAYLOAD_TOO_LARGE => Some(ErrorCode::PayloadTooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(ErrorCode::UnsupportedMediaType),
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => {
            Some(ErrorCode::Overloaded)
        }
        status if status.is_client_error() => Some(ErrorCode::InvalidRequest),
        status if status.is_server_error() => Some(ErrorCode::Internal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    #[test]
    fn names_its_page_and_the_request() {
        let error = ApiError::from(ErrorCode::RateLimited)
            .field("number")
            .retry_after(7);
        let url = Url::parse("https://pay.example").expect("an address");
        let problem = problem(error, &url, "abcdefgh");
        assert_eq!(problem.kind, "https://pay.example/docs/errors#rate_limited");
        assert_eq!(
            (problem.status, problem.request_id.as_str()),
            (429, "abcdefgh")
        );
        let response = answer(&problem);
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[header::CONTENT_TYPE], MEDIA_TYPE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "7");
    }

    #[test]
    fn the_frameworks_refusals_have_codes() {
        let check = |status: u16, code: Option<ErrorCode>| {
            assert_eq!(
                code_of(StatusCode::from_u16(status).expect("a status")),
                code,
                "{status}"
            );
        };
        check(200, None);
        check(304, None);
        check(400, Some(ErrorCode::InvalidRequest));
        check(404, Some(ErrorCode::NotFound));
        check(405, Some(ErrorCode::MethodNotAllowed));
        check(413, Some(ErrorCode::PayloadTooLarge));
        check(503, Some(ErrorCode::Overloaded));
        check(500, Some(ErrorCode::Internal));
    }

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        let panics = get(async || -> () { panic!("4711 on purpose") });
        let router = Router::new()
            .route("/panics", panics)
            .layer(CatchPanicLayer::custom(of_panic))
            .layer(from_fn_with_state(
                Arc::new(crate::config::defaults()),
                render,
            ));
        let request = Request::get("/panics")
            .body(Body::empty())
            .expect("a request");
        let response = router.oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 4096)
            .await
            .expect("a body");
        let problem: Problem = serde_json::from_slice(&body).expect("a problem");
        assert_eq!(problem.code, ErrorCode::Internal);
        assert!(!problem.detail.contains("4711"));
    }
}
