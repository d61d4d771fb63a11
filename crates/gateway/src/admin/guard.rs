//! Who may use the operator's interface.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::ErrorCode;

use crate::{
    ApiError, App,
    config::Operators,
    http::client_ip::{self, ClientIp},
};

/// Whoever acts, and from where.
pub(super) struct Operator {
    /// The name of the token.
    pub(super) name: String,
    /// The address.
    pub(super) address: IpAddr,
}

/// The name of the token, as it goes with the request.
#[derive(Clone)]
struct Named(String);

impl FromRequestParts<App> for Operator {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Operator, Infallible> {
        let ClientIp(address) = ClientIp::from_request_parts(parts, app).await?;
        let named = parts.extensions.get::<Named>().cloned();
        Ok(Operator {
            name: named.map_or_else(String::new, |Named(name)| name),
            address,
        })
    }
}

/// Lets a request through that carries `Authorization: Bearer` and a token of the configuration. Without a token in
/// the configuration there is no such interface.
pub(super) async fn check(
    State((app, operators)): State<(App, Arc<Operators>)>,
    mut request: Request,
    next: Next,
) -> Response {
    if operators.is_empty() {
        return ApiError::from(ErrorCode::NotFound).into_response();
    }
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if let Some(name) = operators.who(given) {
        let named = Named(name.to_owned());
        request.extensions_mut().insert(named);
        return next.run(request).await;
    }
    let ip = client_ip::of_request(&request, &app);
    tracing::warn!(%ip, security = true, "the operator's interface was asked for with a wrong token");
    match app.limiters.order(ip) {
        Ok(()) => ApiError::from(ErrorCode::Unauthorized).into_response(),
        Err(error) => error.into_response(),
    }
}
