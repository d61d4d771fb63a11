#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod call;
mod certificates;
mod client;
mod config;
mod error;
mod fen;
mod http;
mod keyring;
mod keys;
mod notice;
mod number;
mod official_account;
mod pages;
mod pay;
mod payment;
mod refund;
#[cfg(test)]
mod samples;
mod seal;
mod sign;
mod time;
mod verify;

pub use call::Listener;
pub use client::Client;
pub use config::{
    API, AUTHORISE, Config, ConfigError, OFFICIAL_ACCOUNT_API, OfficialAccountConfig,
};
pub use error::{Error, Refusal};
pub use fen::Fen;
pub use notice::{Notice, NoticeError};
pub use official_account::OfficialAccount;
pub use pages::PageSignature;
pub use pay::{Code, NewPayment};
pub use payment::{Closing, Contradiction, Payment, Receipt};
pub use refund::{NewRefund, RefundState};
pub use sign::Bridge;
pub use verify::Doubt;

/// The words in which headers and statuses are told to a [`Listener`] and to [`Client::read_notice`].
pub use reqwest::{StatusCode, header::HeaderMap};
