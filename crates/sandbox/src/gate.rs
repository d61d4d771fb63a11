//! What stands before every call of a platform: it counts the call and lets faults meet it.

use std::time::Duration;

use axum::{
    Json,
    extract::{MatchedPath, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use serde_json::json;

use crate::{
    faults::{Fault, Kind},
    world::{Platform, Shared, World},
};

/// Whose calls can go wrong.
pub(crate) trait Gated: Platform {
    /// The call as a fault names it.
    fn route(request: &Request) -> String {
        let path = request.extensions().get::<MatchedPath>();
        let path = path.map_or("", MatchedPath::as_str);
        format!("{} {path}", request.method())
    }

    /// Answers where the fault is the platform's own matter: a business error, or a signature that is missing or wrong.
    fn fail(
        stage: Shared<Self>,
        fault: Fault,
        request: Request,
        next: Next,
    ) -> impl Future<Output = Response> + Send;
}

const USUAL_DELAY: u64 = 1_000;
const USUAL_HANG: u64 = 600_000;

pub(crate) async fn gate<P: Gated>(
    State(stage): State<Shared<P>>,
    request: Request,
    next: Next,
) -> Response {
    let met = stage.world.calls().count(&P::route(&request));
    match met {
        Some(fault) => carry_out(fault, stage, request, next).await,
        None => next.run(request).await,
    }
}

/// Answers a call as the fault says.
async fn carry_out<P: Gated>(
    fault: Fault,
    stage: Shared<P>,
    request: Request,
    next: Next,
) -> Response {
    let wait = async |usual: u64| sit_out(&stage.world, fault.ms.unwrap_or(usual)).await;
    match fault.kind {
        Kind::Delay => {
            wait(USUAL_DELAY).await;
            next.run(request).await
        }
        Kind::Hang => {
            wait(USUAL_HANG).await;
            plain(StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout")
        }
        Kind::TimeoutAfterEffect => {
            next.run(request).await;
            wait(USUAL_HANG).await;
            plain(StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout")
        }
        Kind::Http500 => plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
        Kind::Http429 => {
            let seconds = fault.ms.unwrap_or(USUAL_DELAY).div_ceil(1000);
            let mut answer = plain(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
            answer
        }
        Kind::Http502Html => (
            StatusCode::BAD_GATEWAY,
            Html(
                "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>",
            ),
        )
            .into_response(),
        Kind::Empty200 => StatusCode::OK.into_response(),
        Kind::BadJson => (
            [(header::CONTENT_TYPE, "application/json")],
            r#"{"code":200,"codeName":"Status200OK","data":{"#,
        )
            .into_response(),
        Kind::Unauthorized => plain(StatusCode::UNAUTHORIZED, "Unauthorized"),
        Kind::Business | Kind::Unsigned | Kind::BadSignature => {
            P::fail(stage, fault, request, next).await
        }
    }
}

/// An answer of whatever stands in front of a platform, which knows nothing of its protocol.
pub(crate) fn plain(status: StatusCode, message: &str) -> Response {
    (
        status,
        Json(json!({ "statusCode": status.as_u16(), "message": message })),
    )
        .into_response()
}

async fn sit_out(world: &World, milliseconds: u64) {
    tokio::select! {
        () = world.stopped() => {}
        () = tokio::time::sleep(Duration::from_millis(milliseconds)) => {}
    }
}
