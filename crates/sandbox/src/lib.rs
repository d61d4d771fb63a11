#![doc = include_str!("../README.md")]

mod alipay;
mod cashier;
mod clock;
mod control;
mod data;
mod faults;
mod hosts;
mod money;
mod notices;
mod pem;
mod random;
mod server;
mod shingsou;
mod wechat;
mod world;

pub use alipay::AlipayOptions;
pub use hosts::HostsOptions;
pub use server::{Sandbox, start};
pub use wechat::WechatMerchant;
pub use world::{Options, SeedClient};
