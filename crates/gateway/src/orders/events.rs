//! `GET /api/v1/orders/{id}/events`: an order's changes as they happen.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Path, State},
    http::HeaderName,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use contract::{Order, OrderId, routes};
use futures_util::stream;
use tokio::sync::watch;

use super::{row, streams::OpenStream};
use crate::{ApiResult, App, http::client_ip::ClientIp};

/// Proxies close what stays silent; this is well below their usual minute.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long a browser stays away whose order is settled: it would open a stream that ended again at once.
const AWAY: Duration = Duration::from_secs(600);

/// Tells proxies to hand on each event as it comes.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

struct Watching {
    app: App,
    id: OrderId,
    changes: watch::Receiver<i64>,
    sent_version: i64,
    is_over: bool,
    _open: OpenStream,
}

/// One `order` event now, and one for each change, until the order is settled, the reader leaves or the gateway stops.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}/events", tag = "orders",
    params(("id" = String, Path, description = "The order's id", pattern = "^[0-9a-f]{32}$")),
    responses(
        (status = 200, content_type = "text/event-stream", description = "Events named `order`, each an order", body = Order),
        (status = 404, description = "There is no such order", body = contract::Problem),
        (status = 429, description = "One address has too many streams open", body = contract::Problem),
        (status = 503, description = "Too many streams are open", body = contract::Problem),
    )
)]
pub async fn events(
    State(app): State<App>,
    Path(id): Path<String>,
    ClientIp(ip): ClientIp,
) -> ApiResult<impl IntoResponse> {
    let id = row::parse_id(&id)?;
    let open = app.streams.open(ip)?;
    // Subscribed before the first read, so that no change falls between the two.
    let changes = app.hub.subscribe(&id);
    let first = row::view(&app, &id).await?;
    let watching = Watching {
        sent_version: first.version,
        is_over: is_over(&first),
        app,
        id,
        changes,
        _open: open,
    };
    let rest = stream::unfold(watching, next);
    let events = stream::StreamExt::chain(stream::iter([Ok(event(&first))]), rest);
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    Ok(([UNBUFFERED], events))
}

async fn next(mut watching: Watching) -> Option<(Result<Event, Infallible>, Watching)> {
    while !watching.is_over {
        let stop = watching.app.stop.clone();
        stop.run_until_cancelled(watching.changes.changed())
            .await?
            .ok()?;
        match row::view(&watching.app, &watching.id).await {
            Ok(order) if order.version > watching.sent_version => {
                watching.sent_version = order.version;
                watching.is_over = is_over(&order);
                return Some((Ok(event(&order)), watching));
            }
            Ok(_) => {}
            // The page asks again by itself when a stream ends.
            Err(_) => return None,
        }
    }
    None
}

/// Whether no change is near. The rare late one is found by asking.
fn is_over(order: &Order) -> bool {
    order.state.is_settled() && !order.held
}

fn event(order: &Order) -> Event {
    let mut event = Event::default().event(routes::ORDER_EVENT);
    if is_over(order) {
        event = event.retry(AWAY);
    }
    event.json_data(order).unwrap_or_else(|error| {
        tracing::error!(%error, "an order cannot be written as JSON");
        Event::default().comment("unreadable")
    })
}
