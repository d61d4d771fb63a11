//! Cards: what one is, registering its holder, and its orders.

pub mod lookup;
pub mod orders;
pub mod realname;
