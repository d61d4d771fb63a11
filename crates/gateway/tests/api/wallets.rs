//! Money that merchants of our own take: Alipay and WeChat Pay, with the card platform's recharge behind them.

mod decisions;
mod keys;
mod late;
mod money;
mod notices;
mod purchase;
mod recharges;
mod refunds;
mod scan;
mod settings;
mod signatures;
mod unknown;
