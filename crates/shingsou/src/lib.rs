#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod announcements;
mod answer;
mod cards;
mod client;
mod codes;
mod config;
mod error;
mod expected;
mod fen;
mod fitting;
mod http;
mod notice;
pub mod operations;
mod orders;
mod payments;
pub mod permissions;
mod products;
mod realname;
mod recharge;
mod token;
mod values;

pub use announcements::Announcement;
pub use answer::{Answer, Page};
pub use cards::{Card, Usage};
pub use client::{Body, Client, Listener};
pub use codes::{CARDS, FRAMEWORK, GLOBAL, PlatformCode, describe};
pub use config::{Config, ConfigError, TokenForm};
pub use error::{Error, code};
pub use expected::{EXPECTED, Expected};
pub use fen::{Fen, FenError};
pub use notice::{Notice, NoticeError, read_notice};
pub use operations::{Fitting, Operation};
pub use orders::{Order, OrderStatus};
pub use payments::{PaymentCreated, PaymentRequest, Trade, Wallet};
pub use products::{Carrier, Category, Package, ResetRule};
pub use realname::{Holder, Registration};
pub use recharge::{Recharge, RechargeRequest, RechargeStatus, is_final, is_known_already};

/// The words in which statuses are told to a [`Listener`], verbs to a [`Fitting`], and what is to be sent is shown.
pub use reqwest::{Method, Request, StatusCode, header::HeaderMap};
