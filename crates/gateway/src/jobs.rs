//! What goes on without a request: finishing what one began.

pub mod fulfil;
pub mod outbox;
pub mod recharge;
pub mod runner;
