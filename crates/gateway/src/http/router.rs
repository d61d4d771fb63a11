//! The table of contents of the interface.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    admin, cards, catalog,
    http::{
        assets::{self, Assets},
        described, docs, encodings, headers, health,
        lane::{self, Lane},
        metrics, origin, problem, request_id, trace,
        verification::Files,
    },
    notices, oauth, orders, payments, scan,
    state::App,
    storefront,
};

const LARGEST_BODY: usize = 16 * 1024;
const LARGEST_NOTICE: usize = 64 * 1024;
const LONGEST_REQUEST: Duration = Duration::from_secs(15);
/// Wallets give a notice up after 5 seconds.
const LONGEST_NOTICE: Duration = Duration::from_millis(4500);

/// Everything the gateway answers.
///
/// # Errors
/// The interface's description cannot be written, or the verification files cannot be read.
pub fn router(app: App) -> anyhow::Result<Router> {
    let config = Arc::new(app.config.clone());
    let lane = Lane::new(config.limits.concurrent_requests);

    let (interface, mut document) = OpenApiRouter::with_openapi(docs::Document::openapi())
        .routes(routes!(storefront::show))
        .routes(routes!(catalog::show))
        .routes(routes!(notices::show))
        .routes(routes!(cards::lookup::lookup))
        .routes(routes!(cards::realname::submit))
        .routes(routes!(cards::orders::find))
        .routes(routes!(scan::sign))
        .routes(routes!(orders::create::create))
        .routes(routes!(orders::show::show))
        .routes(routes!(orders::events::events))
        .routes(routes!(orders::cancel::cancel))
        .routes(routes!(payments::start::start))
        .routes(routes!(payments::submitted::submitted))
        .split_for_parts();
    described::complete(&mut document);
    let interface = interface
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(LONGEST_REQUEST, lane::deadline))
        .layer(from_fn_with_state(lane.clone(), lane::shed))
        .layer(from_fn_with_state(config.clone(), origin::check));

    // Money that arrived is told here: it never waits behind buyers.
    let notify = Router::new()
        .route(
            "/notify/{channel}/{merchant}",
            post(payments::notify::receive),
        )
        // Some who are given an address put a slash behind it.
        .route(
            "/notify/{channel}/{merchant}/",
            post(payments::notify::receive),
        )
        .layer(DefaultBodyLimit::max(LARGEST_NOTICE))
        .layer(from_fn_with_state(LONGEST_NOTICE, lane::deadline));

    let ways = Router::new()
        .route("/cashier/{id}", get(orders::show::cashier))
        .route("/oauth/{wallet}/start", get(oauth::start))
        .route("/oauth/{wallet}/callback", get(oauth::callback))
        .layer(from_fn_with_state(LONGEST_REQUEST, lane::deadline))
        .layer(from_fn_with_state(lane, lane::shed));

    let operation = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show));

    let verification = match &config.http.verification_dir {
        Some(folder) => Files::read(folder)
            .map_err(|fault| anyhow::anyhow!("http.verification_dir: {fault}"))?,
        None => Files::default(),
    };
    let page = Assets::new(&config.http);
    Ok(Router::new()
        .merge(interface)
        .merge(notify)
        .merge(ways)
        .merge(admin::router(&app).layer(from_fn_with_state(LONGEST_REQUEST, lane::deadline)))
        .merge(operation)
        .merge(verification.router())
        .merge(docs::router(&document)?)
        .fallback_service(
            get(assets::serve)
                .fallback(assets::serve)
                .layer(CompressionLayer::new().quality(CompressionLevel::Precise(5)))
                .layer(from_fn(encodings::choose))
                .with_state((app.clone(), page)),
        )
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .layer(from_fn_with_state(config.clone(), problem::render))
        .layer(from_fn_with_state(
            headers::usual(&config.http),
            headers::add,
        ))
        .layer(from_fn(trace::observe))
        .layer(from_fn_with_state(config, request_id::name))
        .with_state(app))
}
