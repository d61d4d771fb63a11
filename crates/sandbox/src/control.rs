//! What every platform's control is made with: orders in JSON and why they are refused, notices on order, and the page
//! for people with its tables and forms. Control looks into the ledger and makes things go wrong.

pub(crate) mod forms;
pub(crate) mod notices;
mod page;
mod panel;

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub(crate) use page::{Sale, Table, Width, button, noticed, word};
pub(crate) use panel::{Controlled, panel};

/// The answer to an order of which there is nothing to tell.
pub(crate) type Done = Result<Json<Value>, Problem>;

pub(crate) fn done() -> Done {
    Ok(Json(json!({ "ok": true })))
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
