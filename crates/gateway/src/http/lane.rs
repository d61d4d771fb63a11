//! How much is worked on at once, and for how long.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::ErrorCode;
use tokio::sync::Semaphore;

use crate::error::ApiError;

/// How many requests may be worked on at once.
#[derive(Clone)]
pub struct Lane(Arc<Semaphore>);

impl Lane {
    /// A lane so wide.
    #[must_use]
    pub fn new(width: NonZeroU32) -> Lane {
        Lane(Arc::new(Semaphore::new(width.get() as usize)))
    }
}

/// Turns a request away at once when the lane is full: waiting would only make the next one wait too. A stream leaves
/// the lane when it has begun.
pub async fn shed(State(lane): State<Lane>, request: Request, next: Next) -> Response {
    match lane.0.try_acquire() {
        Ok(_permit) => next.run(request).await,
        Err(_) => ApiError::from(ErrorCode::Overloaded)
            .retry_after(2)
            .into_response(),
    }
}

/// Gives a request up after this time; what a stream sends after it has begun is not counted.
pub async fn deadline(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(
                limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
                "a request took too long"
            );
            ApiError::new(ErrorCode::Overloaded, "the request took too long")
                .retry_after(2)
                .into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt;

    use super::*;

    async fn status(router: &Router, path: &str) -> u16 {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer")
            .status()
            .as_u16()
    }

    #[tokio::test]
    async fn a_full_lane_turns_away_and_empties() {
        let entered = Arc::new(tokio::sync::Notify::new());
        let leave = Arc::new(tokio::sync::Notify::new());
        let (inside, go) = (entered.clone(), leave.clone());
        let slow = get(async move || {
            inside.notify_one();
            go.notified().await;
        });
        let router = Router::new()
            .route("/slow", slow)
            .route("/", get(async || ()))
            .layer(from_fn_with_state(Lane::new(NonZeroU32::MIN), shed));
        let held = tokio::spawn({
            let router = router.clone();
            async move { status(&router, "/slow").await }
        });
        entered.notified().await;
        assert_eq!(status(&router, "/").await, 503);
        leave.notify_one();
        assert_eq!(held.await.expect("it ends"), 200);
        assert_eq!(status(&router, "/").await, 200);
    }

    #[tokio::test]
    async fn slow_work_is_given_up() {
        let router = Router::new()
            .route("/slow", get(std::future::pending::<()>))
            .route("/", get(async || ()))
            .layer(from_fn_with_state(Duration::from_millis(20), deadline));
        assert_eq!(status(&router, "/slow").await, 503);
        assert_eq!(status(&router, "/").await, 200);
    }
}
