//! Whether the gateway lives, and whether it can work.

use axum::{extract::State, http::StatusCode};

use crate::state::App;

/// `GET /healthz`: the process lives.
pub async fn alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: it is not about to stop, and its database takes writes.
///
/// The card platform is not asked: without it the page still shows the last catalog, and every other gateway would be in
/// the same case.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    match app.db.takes_writes().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(cause) => (StatusCode::SERVICE_UNAVAILABLE, cause.as_str()),
    }
}
