//! The control page and the same in JSON: look into the ledger, and make things go wrong.

mod alipay;
mod changes;
mod ledger;
pub(crate) mod notices;
mod page;
mod trouble;

use axum::{
    Json, Router,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::{shingsou::Platform, world::Shared};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/_control", get(page::show))
        .route("/_control/ledger", get(ledger::show))
        .route("/_control/pay", post(changes::pay))
        .route("/_control/price", post(changes::price))
        .route("/_control/product", post(changes::product))
        .route("/_control/card", post(changes::card))
        .route("/_control/token", post(changes::token))
        .route("/_control/credit", post(changes::credit))
        .route("/_control/reset", post(changes::reset))
        .route("/_control/faults", post(trouble::add_fault))
        .route("/_control/faults/clear", post(trouble::clear_faults))
        .route("/_control/notices", post(notices::set_mode::<Platform>))
        .route("/_control/send_notice", post(trouble::send_notice))
        .merge(alipay::routes())
}

/// Why an order to the sandbox was not carried out.
pub(crate) struct Problem(StatusCode, String);

impl Problem {
    pub(crate) fn unknown(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("no such {what}"))
    }

    pub(crate) fn invalid(why: impl Into<String>) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, why.into())
    }

    pub(crate) fn conflict(why: impl Into<String>) -> Self {
        Self(StatusCode::CONFLICT, why.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// The body of an order, which must say that it is JSON: no other page can send that unasked.
pub(crate) struct Order<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Order<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(order) = Json::from_request(request, state)
            .await
            .map_err(|refused: JsonRejection| Problem(refused.status(), refused.body_text()))?;
        Ok(Self(order))
    }
}
