//! The database.

mod connect;
mod dialect;
mod lock;

pub use connect::{Db, Dialect, Tx};
