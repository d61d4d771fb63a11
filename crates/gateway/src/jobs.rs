//! What goes on without a request: finishing what one began.

pub mod fulfil;
pub mod keep;
pub mod lanes;
pub mod outbox;
pub mod piece;
pub mod recharge;
pub mod runner;
pub mod set_right;
