//! The outside systems that are asked.

pub mod last_good;
pub mod shared;
pub mod shingsou;
