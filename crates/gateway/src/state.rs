//! What every handler and job shares.

use std::{ops::Deref, sync::Arc};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    catalog::CatalogCache,
    config::Config,
    http::limits::Limiters,
    merchants::vault::Vault,
    notices::NoticeCache,
    orders::{hub::Hub, rehearsal::Rehearsals, streams::Streams},
    payments::{Channels, notify::Desk},
    store::Db,
    turns::Turns,
    upstream::shingsou::Shingsou,
};

/// A cheap handle on everything below.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the gateway is made of.
pub struct Parts {
    /// The configuration, checked.
    pub config: Config,
    /// Orders, payments, the outbox.
    pub db: Db,
    /// The card platform.
    pub shingsou: Arc<Shingsou>,
    /// What is for sale.
    pub catalog: CatalogCache,
    /// Announcements.
    pub notices: NoticeCache,
    /// The ways money comes in.
    pub channels: Channels,
    /// Opens the merchants' secrets.
    pub vault: Vault,
    /// Keeps one order's payments, and one payment's questions, from overtaking each other.
    pub turns: Turns,
    /// Whether what follows an order can be written.
    pub rehearsals: Rehearsals,
    /// Tells waiting pages that an order changed.
    pub hub: Hub,
    /// How many pages watch orders.
    pub streams: Streams,
    /// Where notices are taken in.
    pub desk: Desk,
    /// Who asked how often.
    pub limiters: Limiters,
    /// Cancelled when the gateway stops: streams end, jobs finish what they hold.
    pub stop: CancellationToken,
    /// Work that outlives its request, waited for at the end.
    pub tasks: TaskTracker,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> App {
        App(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
