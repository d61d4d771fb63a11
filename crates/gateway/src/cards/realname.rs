//! Registering a card's holder. What is handed in goes to the card platform and nowhere else: it is neither stored nor
//! logged.

use axum::{Json, extract::State};
use contract::{ErrorCode, Problem, RealnameAnswer, RealnameState, RealnameSubmission, routes};

use super::lookup;
use crate::{
    ApiError, ApiResult, App,
    http::{client_ip::ClientIp, json::ApiJson},
    upstream::shingsou::{UpstreamError, code},
};

/// Hands a real-name registration to the card platform. Nothing of it is stored.
#[utoipa::path(
    post, path = routes::CARD_REALNAME, tag = "cards", request_body = RealnameSubmission,
    responses(
        (status = 200, description = "How far the registration is", body = RealnameAnswer),
        (status = 404, description = "The card is not known, or the shop does not register holders", body = Problem),
        (status = 422, description = "A field is wrong, or the platform refused", body = Problem),
        (status = 429, description = "Too many requests for this card", body = Problem),
        (status = 503, description = "The card platform cannot be reached", body = Problem),
    )
)]
pub async fn submit(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    ApiJson(submission): ApiJson<RealnameSubmission>,
) -> ApiResult<Json<RealnameAnswer>> {
    if !app.config.shop.realname {
        return Err(ErrorCode::NotFound.into());
    }
    let submission = submission.tidied();
    if let Some(field) = submission.wrong_field() {
        return Err(ApiError::from(ErrorCode::InvalidRequest).field(field));
    }
    app.limiters.lookup(ip, &submission.number)?;
    let state = match app.shingsou.submit_realname(&submission).await {
        // Nobody said whether it was taken: the card tells.
        Err(UpstreamError::Unknown(cause)) => {
            tracing::warn!(
                cause,
                "a registration's outcome is not known: its card is asked"
            );
            taken(&app, &submission).await?
        }
        answer => answer.map_err(error)?,
    };
    Ok(Json(RealnameAnswer { state }))
}

/// How far the registration is by the card's own word. Where that shows none, it may come yet: handing it in again is
/// left to the holder, who is told to wait.
async fn taken(app: &App, submission: &RealnameSubmission) -> ApiResult<RealnameState> {
    let card = app
        .shingsou
        .card(&submission.number)
        .await
        .map_err(lookup::error)?;
    match card.realname.state {
        state @ (RealnameState::Pending | RealnameState::Passed) => Ok(state),
        _ => Err(ApiError::from(ErrorCode::PlatformUnavailable).retry_after(30)),
    }
}

fn error(error: UpstreamError) -> ApiError {
    match error {
        UpstreamError::Refused {
            code: code::NOT_FOUND,
            ..
        } => lookup::error(error),
        UpstreamError::Refused { .. } => {
            tracing::info!(%error, "a registration was refused");
            ErrorCode::RealnameRefused.into()
        }
        UpstreamError::NotPermitted(_)
        | UpstreamError::Unreachable(_)
        | UpstreamError::Unknown(_) => lookup::error(error),
    }
}
