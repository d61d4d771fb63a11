#![doc = include_str!("../README.md")]

// What is played, each by itself; and what puts it together.
mod alipay;
mod hosts;
mod options;
pub mod renamed;
mod server;
mod shingsou;
mod wechat;

// What all of it is made with. Nothing here knows who is played.
mod cashier;
mod clock;
mod codes;
mod control;
mod document;
mod faults;
mod gate;
mod listen;
mod money;
mod notices;
mod random;
mod signing;
mod world;

pub use alipay::AlipayOptions;
pub use hosts::HostsOptions;
pub use options::Options;
pub use server::{Sandbox, start};
pub use shingsou::SeedClient;
pub use wechat::WechatMerchant;
