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
