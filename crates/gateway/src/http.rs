//! The interface over HTTP: which handler answers what, and what is around them all.
//!
//! Reading order: [`router`] is the table of contents; a request then passes [`request_id`], [`trace`], [`headers`],
//! [`problem`] and, for the interface, [`origin`] and [`lane`].

pub mod assets;
pub mod client_ip;
pub mod csp;
pub mod described;
pub mod docs;
pub mod encodings;
pub mod front;
pub mod headers;
pub mod health;
pub mod json;
pub mod lane;
pub mod language;
pub mod limits;
pub mod metrics;
pub mod origin;
pub mod problem;
pub mod request_id;
pub mod router;
pub mod serve;
pub mod shell;
pub mod trace;
pub mod verification;
