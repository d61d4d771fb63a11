//! What a request can fail with.

use axum::response::{IntoResponse, Response};
use contract::{CardNumberError, ErrorCode, Fen};

/// What handlers answer with.
pub type ApiResult<T> = Result<T, ApiError>;

/// A failure as the caller will read it. [`crate::http::problem`] turns it into problem details, with the request's id.
///
/// The detail reaches the caller, so it never holds a secret, a full card number or an address of ours; causes that are
/// not the caller's business go to the log where they happen, and the caller gets [`ErrorCode::Internal`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Which.
    pub code: ErrorCode,
    /// What went wrong this time, in English.
    pub detail: String,
    /// The field that is wrong.
    pub field: Option<&'static str>,
    /// In how many seconds to come back.
    pub retry_after: Option<u32>,
    /// The present price.
    pub price_fen: Option<Fen>,
}

impl ApiError {
    /// A failure with its own words.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> ApiError {
        ApiError {
            code,
            detail: detail.into(),
            field: None,
            retry_after: None,
            price_fen: None,
        }
    }

    /// The same, naming the field that is wrong.
    #[must_use]
    pub fn field(mut self, field: &'static str) -> ApiError {
        self.field = Some(field);
        self
    }

    /// The same, saying when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> ApiError {
        self.retry_after = Some(seconds);
        self
    }

    /// The same, telling the present price.
    #[must_use]
    pub fn price(mut self, price: Fen) -> ApiError {
        self.price_fen = Some(price);
        self
    }

    /// What was typed is no card number.
    #[must_use]
    pub fn card_number(error: CardNumberError, field: &'static str) -> ApiError {
        ApiError::new(ErrorCode::InvalidCardNumber, error.to_string()).field(field)
    }

    /// There is no such order, or its id is wrong: the two answer alike.
    #[must_use]
    pub fn order_not_found() -> ApiError {
        ApiError::new(ErrorCode::OrderNotFound, "no order has this id")
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> ApiError {
        ApiError::new(code, code.title())
    }
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> ApiError {
        tracing::error!(error = %error, "the database failed");
        // Whatever it was, the caller's request was not carried out and may be sent again.
        ApiError::from(ErrorCode::Overloaded).retry_after(2)
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> ApiError {
        tracing::error!(error = format!("{error:#}"), "a request failed");
        ApiError::from(ErrorCode::Internal)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = axum::http::StatusCode::from_u16(self.code.status())
            .unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
