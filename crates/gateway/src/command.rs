//! What an operator does from a shell, with the gateway's own configuration.

mod doctor;
mod fields;
pub mod platform;
mod rows;
