//! `/admin/*`: the operator's interface, in JSON, for whoever has a token. Everything it changes is written down.

mod audit;
mod decisions;
mod find;
mod guard;
mod merchants;
mod orders;
mod overview;
mod refunds;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    routing::{get, post, put},
};

use crate::{App, config::Operators};

/// Certificates make a merchant's settings large.
const LARGEST_BODY: usize = 256 * 1024;

/// The addresses of the operator's interface.
pub fn router(app: &App) -> Router<App> {
    // The configuration was checked; one that cannot be read opens nothing.
    let operators = Operators::parse(&app.config.admin).unwrap_or_default();
    Router::new()
        .route("/admin/orders", get(overview::orders))
        .route("/admin/orders/{id}", get(orders::show))
        .route("/admin/orders/{id}/release", post(orders::release))
        .route("/admin/orders/{id}/recharge", post(orders::recharge))
        .route(
            "/admin/orders/{id}/recharge-anew",
            post(decisions::recharge_anew),
        )
        .route("/admin/orders/{id}/credited", post(decisions::credited))
        .route("/admin/orders/{id}/amount", post(decisions::other_amount))
        .route("/admin/orders/{id}/refunds", post(refunds::create))
        .route("/admin/refunds", get(overview::refunds))
        .route("/admin/refunds/{out_refund_no}", get(refunds::show))
        .route("/admin/refunds/{out_refund_no}/retry", post(refunds::retry))
        .route("/admin/merchants", get(merchants::list))
        .route(
            "/admin/merchants/{channel}/{name}",
            put(merchants::put).delete(merchants::delete),
        )
        .route(
            "/admin/merchants/{channel}/{name}/switch",
            post(merchants::switch),
        )
        .route("/admin/quarantine", get(overview::quarantine))
        .route("/admin/audit", get(overview::audit))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(
            (app.clone(), Arc::new(operators)),
            guard::check,
        ))
}
