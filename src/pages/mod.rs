//! The screens.

pub mod not_found;
pub mod notices;
pub mod order;
pub mod orders;
pub mod realname;
pub mod recharge;
pub mod usage;
