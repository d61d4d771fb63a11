//! Connections: how they are taken in, how long each may dawdle, and how they end.

use std::{
    convert::Infallible, future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, Response},
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

/// So long a request's head may take, and so long a connection may wait for its next request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a request's line and headers. More are answered with 431.
const LARGEST_HEAD: usize = 32 * 1024;

/// Serves until it is told to stop, and then until every request that is under way has its answer.
///
/// No more connections than `most` are taken in at once; the next waits outside until one ends, so that file handles are
/// left for everything else. HTTP/1.1 only: HTTP/2 is the proxy's business. Bodies have their own deadlines, in the
/// routes.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    most: usize,
    stop: CancellationToken,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(LARGEST_HEAD);
    let connections = TaskTracker::new();
    let room = Arc::new(Semaphore::new(most));
    let mut accept = async || {
        // The semaphore is never closed.
        let place = room.clone().acquire_owned().await.ok();
        let (stream, peer) = Listener::accept(&mut listener).await;
        (stream, peer, place)
    };
    while let Some((stream, peer, place)) = stop.run_until_cancelled(accept()).await {
        // Answers are written at once and whole; waiting to fill a packet would only delay them. A connection that is
        // gone already says so here and ends below.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |request| answer(&router, peer, request));
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let stop = stop.clone();
        connections.spawn(async move {
            let _place = place;
            let mut connection = pin!(connection);
            // How a connection fails is its client's affair: a request that was read has been logged.
            tokio::select! {
                _ = connection.as_mut() => return,
                () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

fn answer(
    router: &Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> impl Future<Output = Result<Response<Body>, Infallible>> + use<> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.clone().call(request)
}
