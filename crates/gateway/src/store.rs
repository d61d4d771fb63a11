//! The database.

mod cause;
mod connect;
mod dialect;
mod health;
mod lock;

pub use cause::Cause;
pub use connect::{Db, Dialect, Tx};
