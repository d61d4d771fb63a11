//! Starting and stopping one sandbox.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{Router, http::StatusCode, routing::get};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    alipay::{self, Alipay},
    control, faults,
    notices::work,
    shingsou::{self, Platform},
    wechat::{self, Wechat},
    world::{Options, Shared, World},
};

/// A running sandbox. Dropping it stops it.
pub struct Sandbox {
    url: String,
    stop: watch::Sender<bool>,
    server: JoinHandle<io::Result<()>>,
}

/// Binds the listener and starts the platforms behind it.
///
/// # Errors
/// When the address cannot be bound.
pub async fn start(options: Options) -> io::Result<Sandbox> {
    let listener = TcpListener::bind(options.listen).await?;
    let url = format!("http://{}", reachable(listener.local_addr()?));
    let public_url = options
        .public_url
        .as_deref()
        .unwrap_or(&url)
        .trim_end_matches('/')
        .to_owned();
    // A notice goes to the address it was asked for, not where an answer or a proxy sends it.
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(5))
        .build()
        .map_err(io::Error::other)?;
    let (stop, stopping) = watch::channel(false);
    let world = Arc::new(World::new(options, public_url, http, stopping));

    tokio::spawn(work::<Platform>(world.clone()));
    tokio::spawn(work::<Alipay>(world.clone()));
    tokio::spawn(work::<Wechat>(world.clone()));
    let asked_to_stop = {
        let world = world.clone();
        async move { world.stopped().await }
    };
    let server = tokio::spawn(
        axum::serve(listener, app(world))
            .with_graceful_shutdown(asked_to_stop)
            .into_future(),
    );
    Ok(Sandbox { url, stop, server })
}

impl Sandbox {
    /// Base address of everything it serves, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops it without waiting for calls under way.
    pub fn shutdown(self) {
        drop(self);
    }

    /// Stops it and waits at most two seconds for calls under way.
    ///
    /// # Errors
    /// When its listener had failed.
    pub async fn stop(mut self) -> io::Result<()> {
        self.stop.send_replace(true);
        match tokio::time::timeout(Duration::from_secs(2), &mut self.server).await {
            Ok(Ok(served)) => served,
            Ok(Err(panicked)) => Err(io::Error::other(panicked)),
            Err(_still_busy) => Ok(()),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

fn app(world: Shared) -> Router {
    let platform = shingsou::routes(&world).route_layer(axum::middleware::from_fn_with_state(
        world.clone(),
        faults::gate,
    ));
    Router::new()
        .merge(platform)
        .merge(shingsou::cashier::routes())
        .merge(alipay::routes(&world))
        .merge(wechat::routes(&world))
        .merge(control::routes())
        .route("/healthz", get(|| async { "ok" }))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .with_state(world)
}

/// The platform's gateway answers an unknown address and an unknown verb alike.
async fn nothing_here() -> axum::response::Response {
    shingsou::envelope::plain(StatusCode::NOT_FOUND, "Resource not found")
}

/// A listener on every interface is reached through loopback.
fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}
