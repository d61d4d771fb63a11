//! Who may use the operator's interface.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::ErrorCode;
use sha2::{Digest, Sha256};

use crate::{ApiError, App, http::client_ip};

/// Lets a request through that carries `Authorization: Bearer` and the token of the configuration. Without a token in
/// the configuration there is no such interface.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let token = app.config.admin.token.expose();
    if token.is_empty() {
        return ApiError::from(ErrorCode::NotFound).into_response();
    }
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    // Digests are of one length, and comparing them tells nothing of the token by its time.
    let same = verify_slices_are_equal(&Sha256::digest(given), &Sha256::digest(token)).is_ok();
    if same {
        return next.run(request).await;
    }
    let ip = client_ip::of_request(&request, &app);
    tracing::warn!(%ip, security = true, "the operator's interface was asked for with a wrong token");
    match app.limiters.order(ip) {
        Ok(()) => ApiError::from(ErrorCode::Unauthorized).into_response(),
        Err(error) => error.into_response(),
    }
}
