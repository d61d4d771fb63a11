//! The database.

mod connect;
mod lock;

pub use connect::{Db, Dialect, Tx};
