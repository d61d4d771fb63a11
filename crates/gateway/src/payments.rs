//! Payments: how money comes in, and what is done when it did.

pub mod alipay;
pub mod ask;
mod attempt;
pub mod channel;
pub mod channels;
pub mod evidence;
pub mod notify;
pub mod pace;
pub mod platform;
pub mod row;
pub mod schedule;
pub mod silent;
pub mod start;
pub mod submitted;
mod wanted;
pub mod wechat;

pub use channel::Channel;
pub use channels::Channels;
pub(crate) use wanted::unavailable;
