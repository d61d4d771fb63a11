//! What a card is.

use axum::{Json, extract::State};
use contract::{CardLookup, CardNumber, CardSummary, ErrorCode, Problem, routes};

use crate::{
    ApiError, ApiResult, App,
    http::{client_ip::ClientIp, json::ApiJson},
    upstream::shingsou::{UpstreamError, code},
};

/// What a card is: its carrier, state, package and the data used.
///
/// The number travels in the body, since addresses end up in logs.
#[utoipa::path(
    post, path = routes::CARD_LOOKUP, tag = "cards", request_body = CardLookup,
    responses(
        (status = 200, description = "The card", body = CardSummary),
        (status = 404, description = "The card platform does not know the card", body = Problem),
        (status = 422, description = "This is not a card number", body = Problem),
        (status = 429, description = "Too many look-ups", body = Problem),
        (status = 503, description = "The card platform cannot be reached", body = Problem),
    )
)]
pub async fn lookup(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    ApiJson(body): ApiJson<CardLookup>,
) -> ApiResult<Json<CardSummary>> {
    let number =
        CardNumber::parse(&body.number).map_err(|error| ApiError::card_number(error, "number"))?;
    app.limiters.lookup(ip, &number)?;
    Ok(Json(app.shingsou.card(&number).await.map_err(error)?))
}

/// What a card platform's failure to tell of a card is to the caller.
pub fn error(error: UpstreamError) -> ApiError {
    if error.is_refusal(code::NOT_FOUND) {
        return ErrorCode::CardNotFound.into();
    }
    tracing::warn!(%error, "a card cannot be looked up");
    ApiError::from(ErrorCode::PlatformUnavailable).retry_after(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_not_found_is_the_callers_business() {
        let refused = |code| UpstreamError::Refused {
            code,
            message: "898607B2091701418584".into(),
        };
        let check = |failure: UpstreamError, expected: ErrorCode| {
            let answered = error(failure);
            assert_eq!(answered.code, expected);
            assert!(!answered.detail.contains("8986"), "{}", answered.detail);
        };
        check(refused(404), ErrorCode::CardNotFound);
        check(refused(422), ErrorCode::PlatformUnavailable);
        check(
            UpstreamError::Unknown("HTTP 500".into()),
            ErrorCode::PlatformUnavailable,
        );
        check(
            UpstreamError::Unreachable("no connection".into()),
            ErrorCode::PlatformUnavailable,
        );
    }
}
