//! The sandbox over HTTP, as a partner sees it.

mod accounts;
mod alipay;
mod cards;
mod cashier;
mod client;
mod control;
mod faults;
mod hosts;
mod notices;
mod payments;
mod recharges;
mod token;
mod wechat;
