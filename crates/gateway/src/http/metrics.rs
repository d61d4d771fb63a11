//! Figures for Prometheus.

use std::{net::IpAddr, sync::OnceLock, time::Duration};

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use contract::ErrorCode;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::client_ip::ClientIp;
use crate::error::ApiError;

const REQUESTS: &str = "http_requests_total";
const REQUEST_SECONDS: &str = "http_request_duration_seconds";
const BUCKETS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0,
];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to count; a second call changes nothing. One process counts once, however many gateways run in it.
pub fn install() {
    HANDLE.get_or_init(|| {
        let seconds = Matcher::Full(REQUEST_SECONDS.to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, &BUCKETS);
        let recorder = builder
            .expect("the list of buckets is not empty")
            .build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("figures are counted elsewhere; /metrics stays empty");
        }
        metrics::describe_counter!(REQUESTS, "Requests answered.");
        metrics::describe_histogram!(
            REQUEST_SECONDS,
            metrics::Unit::Seconds,
            "How long answers took."
        );
        metrics::describe_gauge!("order_streams_open", "Order streams that are open now.");
        metrics::describe_gauge!(
            "database_takes_writes",
            "Whether the database could be written when it was last tried: 1 or 0."
        );
        metrics::describe_counter!("orders_moved_total", "Orders that came into a state.");
        metrics::describe_counter!("orders_held_total", "Orders that wait for an operator.");
        metrics::describe_gauge!(
            "outbox_waiting",
            "Effects outside that are yet to be carried out."
        );
        metrics::describe_counter!("outbox_dead_total", "Effects outside that were given up.");
        metrics::describe_counter!("job_failures_total", "Looks of a job that failed.");
        metrics::describe_counter!(
            "transactions_begun_again_total",
            "Transactions that the database gave up in favour of another."
        );
        metrics::describe_counter!(
            "rows_forgotten_total",
            "Rows of which something was forgotten."
        );
        metrics::describe_counter!("notices_total", "Notices of payment channels.");
        metrics::describe_counter!(
            "unlisted_states_total",
            "States that a channel told and no list has."
        );
        metrics::describe_counter!("refunds_refused_total", "Refunds that a wallet refused.");
        metrics::describe_counter!("log_lines_left_out_total", "Lines that were too many.");
        handle
    });
}

/// Folds what was counted into the figures; to be called every few seconds, so that memory stays bounded when nobody
/// asks for them.
pub fn fold() {
    if let Some(handle) = HANDLE.get() {
        handle.run_upkeep();
    }
}

/// Counts an answer.
pub(super) fn answered(method: &'static str, route: &str, status: u16, took: Duration) {
    let route = route.to_owned();
    metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!(REQUEST_SECONDS, "method" => method, "route" => route)
        .record(took.as_secs_f64());
}

/// `GET /metrics`, for callers on this machine or its private network only: it tells how much is sold.
pub async fn show(ClientIp(ip): ClientIp) -> Response {
    if !is_near(ip) {
        return ApiError::from(ErrorCode::NotFound).into_response();
    }
    let text = HANDLE
        .get()
        .map(PrometheusHandle::render)
        .unwrap_or_default();
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
        .into_response()
}

fn is_near(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}
