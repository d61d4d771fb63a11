//! What an operator does from a shell, with the gateway's own configuration.

mod fields;
pub mod platform;
mod rows;
