//! Whether the gateway lives, and whether it can work.

use std::time::Duration;

use axum::{extract::State, http::StatusCode};

use crate::state::App;

const DATABASE_ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// `GET /healthz`: the process lives.
pub async fn alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: it is not about to stop, and its database answers. The card platform is not asked: without it the
/// page still shows the last catalog, and every other gateway would be in the same case.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    let asked = sqlx::query("select 1").execute(app.db.pool());
    match tokio::time::timeout(DATABASE_ANSWERS_WITHIN, asked).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer",
            )
        }
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer in time",
        ),
    }
}
