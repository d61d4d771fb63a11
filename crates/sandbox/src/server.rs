//! Starting and stopping one sandbox.

use std::{io, sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, response::Response, routing::get};
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    alipay,
    control::panel,
    gate::plain,
    hosts::{self, Hosts},
    listen::{listen, reachable},
    notices::work,
    options::Options,
    renamed, shingsou, wechat,
    world::{Stage, World},
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
    let world = Arc::new(World::new(public_url, http, stopping));
    let platforms = play(&world, &options);

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
    let app = app(platforms, hosts.as_ref());
    let app = match options.renamed {
        // Addresses are changed before anything is found by them.
        true => Router::new()
            .fallback_service(app)
            .layer(axum::middleware::from_fn(renamed::translate)),
        false => app,
    };
    let server = tokio::spawn(
        axum::serve(listener, app)
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

/// Sets the platforms up and lets them work; what they answer, and the control of them all.
fn play(world: &Arc<World>, options: &Options) -> Router {
    let shingsou = Stage::new(
        world.clone(),
        shingsou::Desk {
            client: options.seed_client.clone(),
            credit_delay: options.credit_delay,
        },
    );
    let alipay = Stage::new(world.clone(), alipay::Keys::new(&options.alipay));
    let wechat = Stage::new(world.clone(), options.wechat.clone());
    tokio::spawn(work(shingsou.clone()));
    tokio::spawn(work(alipay.clone()));
    tokio::spawn(work(wechat.clone()));
    Router::new()
        .merge(shingsou::routes(shingsou.clone()))
        .merge(alipay::routes(alipay.clone()))
        .merge(wechat::routes(wechat.clone()))
        .merge(panel(world.clone(), vec![shingsou, alipay, wechat]))
}

fn app(platforms: Router, hosts: Option<&Arc<Hosts>>) -> Router {
    let app = platforms
        .route("/healthz", get(|| async { "ok" }))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here);
    match hosts {
        Some(hosts) => app.layer(axum::middleware::from_fn_with_state(
            hosts.clone(),
            hosts::let_in,
        )),
        None => app,
    }
}

/// The platform's gateway answers an unknown address and an unknown verb alike.
async fn nothing_here() -> Response {
    plain(StatusCode::NOT_FOUND, "Resource not found")
}
