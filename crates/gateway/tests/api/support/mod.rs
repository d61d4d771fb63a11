//! A gateway and a sandbox of a test's own, and the words to use them.

pub(crate) mod database;
pub(crate) mod letters;
pub(crate) mod line;
pub(crate) mod process;
pub(crate) mod said;
pub(crate) mod shop;
pub(crate) mod statements;
pub(crate) mod wallets;

pub(crate) use database::Database;
pub(crate) use letters::Letter;
pub(crate) use shop::{CARD, PACKAGE, PRICE, Settings, Shop};
pub(crate) use wallets::Wallet;

/// Writes each test once and runs it on both databases.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$doc:meta])* async fn $name:ident($database:ident: Database) $body:block)+) => {
        $(
            $(#[$doc])*
            mod $name {
                use super::*;

                async fn run($database: $crate::support::Database) $body

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    run($crate::support::Database::sqlite()).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    run($crate::support::Database::postgres().await).await;
                }
            }
        )+
    };
}
