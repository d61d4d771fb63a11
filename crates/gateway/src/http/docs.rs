//! The interface's own description.

use std::fmt::Write;

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::map_response,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use contract::ErrorCode;
use utoipa::{OpenApi, openapi};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::http::csp;

/// Where the document is.
pub const OPENAPI: &str = "/api/v1/openapi.json";
/// Where it can be tried.
pub const TRY_IT: &str = "/api/docs";
/// What each error's `type` points at.
pub const ERRORS: &str = "/docs/errors";

/// What the document says before the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Recharge H5",
        description = "Topping up IoT data cards. Money is an integer of fen, times are RFC 3339 in UTC, errors are \
                       problem details (RFC 9457) whose `code` is stable. An order's id is the right to see and pay it: \
                       keep it out of logs."
    ),
    components(schemas(contract::Problem)),
    tags(
        (name = "shop", description = "Who sells, and what"),
        (name = "cards", description = "What a card is, its holder and its orders"),
        (name = "orders", description = "Orders and their payments"),
    )
)]
pub struct Document;

/// The document, the page to try it, and the list of errors.
///
/// # Errors
/// The document cannot be written as JSON.
pub fn router<S: Clone + Send + Sync + 'static>(
    document: &openapi::OpenApi,
) -> anyhow::Result<Router<S>> {
    let json: HeaderValue = HeaderValue::from_static("application/json");
    let text = document.to_json()?;
    // The badge of an online validator would tell that site of every visit.
    let config = Config::from(OPENAPI).validator_url("none");
    let try_it = Router::from(SwaggerUi::new(TRY_IT).config(config)).layer(map_response(
        async |mut response: Response| {
            response
                .headers_mut()
                .insert(header::CONTENT_SECURITY_POLICY, csp::TRY_IT);
            response
        },
    ));
    Ok(Router::new()
        .route(
            OPENAPI,
            get(async move || ([(header::CONTENT_TYPE, json.clone())], text.clone())),
        )
        .route(ERRORS, get(errors))
        .merge(try_it))
}

async fn errors() -> impl IntoResponse {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Errors</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><h1>Errors</h1>\
         <table><tr><th>code<th>status<th>meaning",
    );
    for code in ErrorCode::ALL {
        // Codes and titles are our own constants and hold nothing that HTML reads.
        let (name, status, title) = (code.as_str(), code.status(), code.title());
        let _ = write!(
            page,
            "<tr id=\"{name}\"><td><code>{name}</code><td>{status}<td>{title}"
        );
    }
    page.push_str("</table></html>");
    Html(page)
}
