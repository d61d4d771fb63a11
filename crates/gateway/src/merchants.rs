//! The operator's own accounts at the wallets: rows that the operator writes through `/admin`, with secrets sealed.

pub mod row;
pub mod settings;
pub mod vault;
