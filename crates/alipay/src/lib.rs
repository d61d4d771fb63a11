#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod buyer;
mod certificates;
mod client;
mod config;
mod error;
mod fen;
mod http;
mod keys;
mod node;
mod notice;
mod pay;
mod refund;
mod request;
mod time;
mod trade;

#[cfg(test)]
mod tests;

pub use client::{Client, Listener};
pub use config::{AUTHORISE, Config, ConfigError, GATEWAY, Keys};
pub use error::{Error, Refusal};
pub use fen::{Fen, FenError};
pub use notice::{Notice, NoticeError};
pub use pay::{Code, Form, NewTrade};
pub use refund::{NewRefund, Refund, RefundState};
pub use trade::{Cancelled, Closing, Contradiction, Receipt, Trade};

/// The words in which Alipay's headers and statuses are told to a [`Listener`].
pub use reqwest::{StatusCode, header::HeaderMap};
