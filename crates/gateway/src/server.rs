//! The gateway as a whole: put together, serving, stopped.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    catalog::{self, CatalogCache},
    config::{self, Config},
    handles::Handles,
    http::{limits::Limiters, metrics, router::router, serve::serve},
    jobs,
    merchants::vault::Vault,
    notices::{self, NoticeCache},
    orders::{hub::Hub, rehearsal::Rehearsals, streams::Streams},
    payments::{Channels, notify::Desk, platform::Platform},
    state::{App, Parts},
    store::Db,
    turns::Turns,
    upstream::shingsou::Shingsou,
};

const FOLD_FIGURES_EVERY: Duration = Duration::from_secs(5);
/// So often it is seen whether the database takes writes, though nobody may ask.
const LOOK_AT_DATABASE_EVERY: Duration = Duration::from_secs(15);

/// A running gateway.
pub struct Server {
    addr: SocketAddr,
    app: App,
    serving: JoinHandle<()>,
}

/// Starts a gateway: its tables are brought up to date, its jobs run, and it answers when this returns.
///
/// # Errors
/// The address is taken, the database cannot be opened, or the card platform's addresses cannot be used.
pub async fn start(mut config: Config) -> anyhow::Result<Server> {
    metrics::install();
    let listen = config.http.listen;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen} (http.listen)"))?;
    let addr = listener.local_addr()?;
    if listen.port() == 0 && config.http.public_url == config::defaults().http.public_url {
        config.http.public_url = format!("http://{addr}")
            .parse()
            .context("the address is no URL")?;
    }

    let handles = Handles::of_process(config.database.max_connections, config.limits.streams);
    let app = build(config, handles).await?;
    jobs::runner::spawn(&app);
    app.tasks.spawn(catalog::run(app.clone()));
    app.tasks.spawn(notices::run(app.clone()));
    app.tasks.spawn(fold_figures(app.stop.clone()));
    app.tasks.spawn(look_at_database(app.clone()));

    let (router, stop) = (router(app.clone())?, app.stop.clone());
    let serving = tokio::spawn(serve(listener, router, handles.connections, stop));
    let (mode, database) = (app.config.mode, app.db.dialect());
    tracing::info!(?mode, ?database, %addr, public_url = %app.config.http.public_url, "the gateway serves");
    Ok(Server { addr, app, serving })
}

async fn build(config: Config, handles: Handles) -> anyhow::Result<App> {
    let wanted = config.limits.streams.get() as usize;
    if handles.streams < wanted {
        tracing::warn!(
            wanted,
            streams = handles.streams,
            "the process may open too few files for so many streams (LimitNOFILE)"
        );
    }
    let db = Db::connect(&config.database).await?;
    jobs::outbox::reclaim(&db).await?;
    let shingsou = Arc::new(Shingsou::new(&config.shingsou)?);
    let vault = Vault::parse(config.vault.keys.expose())
        .map_err(|fault| anyhow::anyhow!("vault.keys: {fault}"))?;
    let platform = Arc::new(Platform::new(shingsou.clone()));
    let channels = Channels::new(config.mode, config.payments.clone(), platform);
    channels.load(&db, &vault).await?;
    for method in &config.payments.methods {
        if channels.for_method(*method).is_none() {
            tracing::warn!(
                method = method.as_str(),
                "no merchant takes this way to pay yet: set one up through /admin"
            );
        }
    }
    let catalog_age = Duration::from_secs(config.shingsou.catalog_seconds.into());
    Ok(App::new(Parts {
        catalog: CatalogCache::new(db.clone(), shingsou.clone(), catalog_age),
        notices: NoticeCache::new(db.clone(), shingsou.clone()),
        channels,
        vault,
        shingsou,
        db,
        turns: Turns::default(),
        rehearsals: Rehearsals::default(),
        hub: Hub::default(),
        streams: Streams::new(
            handles.streams,
            config.limits.streams_per_address.get() as usize,
        ),
        desk: Desk::new(config.limits.concurrent_notices),
        limiters: Limiters::new(&config.limits),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
        config,
    }))
}

impl Server {
    /// Where it listens; the port is the real one where port 0 was asked for.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What its handlers share.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Stops: nothing new is accepted, streams end, and what is under way may finish within `http.shutdown_seconds`.
    ///
    /// # Errors
    /// Something did not finish in time. It was cut off, as a crash would have done, and is taken up again at the
    /// next start.
    pub async fn shutdown(self) -> anyhow::Result<()> {
        let Server {
            app, mut serving, ..
        } = self;
        let patience = Duration::from_secs(app.config.http.shutdown_seconds.into());
        app.stop.cancel();
        app.tasks.close();
        let finished = tokio::time::timeout(patience, async {
            let served = (&mut serving).await;
            app.tasks.wait().await;
            served
        })
        .await;
        serving.abort();
        // A connection that somebody still holds is not waited for longer than the rest.
        let closed = tokio::time::timeout(Duration::from_secs(2), app.db.pool().close()).await;
        finished
            .context("requests or jobs were still under way and were cut off")?
            .context("serving panicked")?;
        closed.context("the database's connections did not close")?;
        tracing::info!("the gateway stopped");
        Ok(())
    }
}

async fn fold_figures(stop: CancellationToken) {
    let mut ticks = tokio::time::interval(FOLD_FIGURES_EVERY);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        metrics::fold();
    }
}

async fn look_at_database(app: App) {
    let mut ticks = tokio::time::interval(LOOK_AT_DATABASE_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while app.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        // What it finds is told in the log and as a figure.
        let _told = app.db.takes_writes().await;
    }
}
