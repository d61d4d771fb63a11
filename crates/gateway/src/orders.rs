//! Orders: made, shown, watched, given up, and moved along the declared graph.

pub mod cancel;
pub mod create;
pub mod events;
pub mod expire;
pub mod holds;
pub mod hub;
pub mod idempotency;
pub mod open;
pub mod rehearsal;
pub mod row;
pub mod show;
pub mod streams;
pub mod transition;
