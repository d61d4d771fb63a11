//! The gateway behind the storefront: it keeps every secret, owns prices, orders and money states, speaks with the
//! card platform and the wallets, and serves the page.
//!
//! Reading order: [`config`] says what can be set; [`state`] is what every handler shares; [`http`] is the table of
//! contents of the interface; [`orders`] and [`payments`] are the shop; [`jobs`] finish what a request began.

pub mod address;
pub mod admin;
pub mod cards;
pub mod catalog;
pub mod clock;
pub mod command;
pub mod config;
pub mod crash;
pub mod digest;
pub mod error;
pub mod handles;
pub mod http;
pub mod jobs;
pub mod log;
pub mod merchants;
pub mod notices;
pub mod oauth;
pub mod orders;
pub mod payments;
pub mod random;
pub mod refunds;
pub mod scan;
pub mod server;
pub mod state;
pub mod store;
pub mod storefront;
pub mod turns;
pub mod unlisted;
pub mod upstream;

pub use config::Config;
pub use error::{ApiError, ApiResult};
pub use server::{Server, start};
pub use state::App;
