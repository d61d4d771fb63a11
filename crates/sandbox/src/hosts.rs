//! Example apps with the shop in them: each kind of host that the page knows, played in a browser.
//!
//! They have a listener of their own, which hands everything else on to the shop. So the shop's page and the app around
//! it are of one origin, and a script can be put into the page before its own, as an app's web view does.

mod known;
mod page;
mod proxy;
mod snippets;
mod web_view;

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Redirect},
    routing::get,
};
use tokio::net::TcpListener;

pub(crate) use web_view::let_in;

use crate::listen::{listen, reachable};

/// Where the example apps are, and the shop that they show.
#[derive(Clone, Debug)]
pub struct HostsOptions {
    /// Where they listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Their address in a browser; the bound one when absent.
    pub public_url: Option<String>,
    /// The shop's address, as the shop itself knows it: the wallets send buyers back there.
    pub shop: String,
}

/// The example apps, as their handlers see them.
pub(crate) struct Hosts {
    /// Without a slash at the end.
    pub(crate) url: String,
    /// The shop, without a slash at the end.
    shop: String,
    http: reqwest::Client,
}

impl Hosts {
    /// Takes the address.
    ///
    /// # Errors
    /// When it cannot be bound.
    pub(crate) async fn bind(options: &HostsOptions) -> io::Result<(Arc<Self>, TcpListener)> {
        let listener = listen(options.listen).await?;
        let bound = format!("http://{}", reachable(listener.local_addr()?));
        let base = |url: &str| url.trim_end_matches('/').to_owned();
        // No limit on the whole: an order's events never end.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .build()
            .map_err(io::Error::other)?;
        let hosts = Self {
            url: base(options.public_url.as_deref().unwrap_or(&bound)),
            shop: base(&options.shop),
            http,
        };
        Ok((Arc::new(hosts), listener))
    }
}

/// Serves them until the sandbox stops.
pub(crate) async fn serve(
    hosts: Arc<Hosts>,
    listener: TcpListener,
    stopped: impl Future<Output = ()>,
) {
    tokio::select! {
        // It waits for no page that still listens to an order.
        () = stopped => {}
        _ = axum::serve(listener, app(hosts)) => {}
    }
}

fn app(hosts: Arc<Hosts>) -> Router {
    Router::new()
        .route("/hosts", get(|| async { Redirect::permanent("/hosts/") }))
        .route("/hosts/", get(page::list))
        .route("/hosts/{host}", get(page::play))
        .route(
            proxy::SCRIPT,
            get(|| async { script(include_str!("hosts/inject.js")) }),
        )
        .route(
            page::SCRIPT,
            get(|| async { script(include_str!("hosts/play.js")) }),
        )
        .fallback(proxy::hand_on)
        .with_state(hosts)
}

fn script(text: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text)
}
