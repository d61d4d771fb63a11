//! The Shingsou card platform, which is behind the shop: what is for sale, what a card is, and its documented way to
//! sell, in which the platform itself takes the money and credits the card.
//!
//! The addresses of two operations, the envelope and the token request are documented or shown by the platform's own
//! pages. The field names inside `data` are not public: each is a guess, and all of them live below this module, so
//! that the real document can be dropped in. `operations` lists the addresses.

mod client;
mod envelope;
mod error;
mod operations;
mod token;
mod values;

pub mod cards;
pub mod notices;
pub mod orders;
pub mod payment_notice;
pub mod payments;
pub mod products;
pub mod realname;
pub mod recharge;

pub use error::{UpstreamError, code};
pub use orders::{PlatformOrder, PlatformStatus};
pub use payment_notice::{NoticeError, PlatformNotice, read_notice};
pub use payments::{PaymentCreated, PaymentRequest, Trade};

use crate::{config, payments::pace::Pace};

/// The platform, as the rest of the gateway sees it. Shared behind an `Arc`: the token is fetched once for all.
pub struct Shingsou {
    client: client::Client,
}

impl Shingsou {
    /// Prepares to call; nothing is sent yet.
    ///
    /// # Errors
    /// A base address cannot carry a path, or a key holds characters that a header cannot.
    pub fn new(config: &config::Shingsou) -> anyhow::Result<Shingsou> {
        Ok(Shingsou {
            client: client::Client::new(config)?,
        })
    }

    /// How much it is asked.
    #[must_use]
    pub fn pace(&self) -> &Pace {
        self.client.pace()
    }
}
