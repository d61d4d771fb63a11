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
    hosts::{self, Hosts},
    notices::work,
    shingsou::{self, Platform},
    wechat::{self, Wechat},
    world::{Options, Shared, World},
};

/// A running sandbox. Dropping it stops it.
pub struct Sandbox {
    url: String,
    hosts: Option<Arc<Hosts>>,
    stop: watch::Sender<bool>,
    server: JoinHandle<io::Result<()>>,
}

/// Binds the listeners and starts the platforms behind it.
///
/// # Errors
/// When an address cannot be bound.
pub async fn start(options: Options) -> io::Result<Sandbox> {
    let listener = listen(options.listen).await?;
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
    let hosts = match &options.hosts {
        Some(wanted) => Some(Hosts::bind(wanted).await?),
        None => None,
    };
    let (stop, stopping) = watch::channel(false);
    let world = Arc::new(World::new(options, public_url, http, stopping));

    tokio::spawn(work::<Platform>(world.clone()));
    tokio::spawn(work::<Alipay>(world.clone()));
    tokio::spawn(work::<Wechat>(world.clone()));
    let hosts = hosts.map(|(hosts, listener)| {
        let world = world.clone();
        let stopped = async move { world.stopped().await };
        tokio::spawn(hosts::serve(hosts.clone(), listener, stopped));
        hosts
    });
    let asked_to_stop = {
        let world = world.clone();
        async move { world.stopped().await }
    };
    let server = tokio::spawn(
        axum::serve(listener, app(world, hosts.as_ref()))
            .with_graceful_shutdown(asked_to_stop)
            .into_future(),
    );
    Ok(Sandbox {
        url,
        hosts,
        stop,
        server,
    })
}

impl Sandbox {
    /// Base address of everything it serves, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Base address of the example apps, which are below `/hosts/` there.
    pub fn hosts_url(&self) -> Option<&str> {
        self.hosts.as_ref().map(|hosts| hosts.url.as_str())
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

fn app(world: Shared, hosts: Option<&Arc<Hosts>>) -> Router {
    let platform = shingsou::routes(&world).route_layer(axum::middleware::from_fn_with_state(
        world.clone(),
        faults::gate,
    ));
    let app = Router::new()
        .merge(platform)
        .merge(shingsou::cashier::routes())
        .merge(alipay::routes(&world))
        .merge(wechat::routes(&world))
        .merge(control::routes())
        .route("/healthz", get(|| async { "ok" }))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .with_state(world);
    match hosts {
        Some(hosts) => app.layer(axum::middleware::from_fn_with_state(
            hosts.clone(),
            hosts::let_in,
        )),
        None => app,
    }
}

/// The platform's gateway answers an unknown address and an unknown verb alike.
async fn nothing_here() -> axum::response::Response {
    shingsou::envelope::plain(StatusCode::NOT_FOUND, "Resource not found")
}

/// Takes an address, or says which one it could not take.
pub(crate) async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })
}

/// A listener on every interface is reached through loopback.
pub(crate) fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}
