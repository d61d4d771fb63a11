//! Money that goes back: decided in one transaction with what makes it due, carried out by a job under a number of its
//! own, and never more than was paid.

pub mod carry;
pub mod decide;
pub mod row;

pub use decide::{Due, RefundCause, Refused, decide};
