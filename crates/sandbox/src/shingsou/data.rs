//! What the sandbox knows at the start: plain tables.

pub(crate) mod announcements;
pub(crate) mod cards;
pub(crate) mod catalog;
