//! The channels that are set up: the card platform, and the operator's own merchants, which can change while the gateway
//! runs.

use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context;
use contract::{Method, Mode};
use serde_json::Value;

use super::Channel;
use crate::{
    config::{Carrier, Payments},
    merchants::{
        row::{self, MerchantRow},
        settings,
        vault::Vault,
    },
    store::Db,
};

/// Every channel by which money comes in or once came in.
pub struct Channels {
    mode: Mode,
    carriers: Payments,
    platform: Arc<dyn Channel>,
    merchants: RwLock<Merchants>,
}

#[derive(Clone, Default)]
struct Merchants {
    revision: (i64, i64),
    accounts: Vec<Account>,
}

#[derive(Clone)]
struct Account {
    version: i64,
    enabled: bool,
    channel: Arc<dyn Channel>,
}

impl Account {
    fn is_of(&self, row: &MerchantRow) -> bool {
        self.channel.name() == row.channel && self.channel.merchant() == row.name
    }
}

impl Channels {
    /// The platform, and as yet no merchant.
    #[must_use]
    pub fn new(mode: Mode, carriers: Payments, platform: Arc<dyn Channel>) -> Channels {
        Channels {
            mode,
            carriers,
            platform,
            merchants: RwLock::default(),
        }
    }

    /// The channel that takes new payments of a method.
    #[must_use]
    pub fn for_method(&self, method: Method) -> Option<Arc<dyn Channel>> {
        match self.carriers.carrier(method)? {
            Carrier::Platform => {
                Some(self.platform.clone()).filter(|channel| channel.carries(method))
            }
            Carrier::Own => self.accounts().into_iter().find_map(|account| {
                let takes = account.enabled && account.channel.carries(method);
                takes.then_some(account.channel)
            }),
        }
    }

    /// The merchant whose account signs pages for WeChat's app, whoever takes the money.
    #[must_use]
    pub fn page_signer(&self) -> Option<Arc<dyn Channel>> {
        self.accounts().into_iter().find_map(|account| {
            let signs = account.enabled && account.channel.page_signer().is_some();
            signs.then_some(account.channel)
        })
    }

    /// Every channel, whether or not it takes new payments.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<dyn Channel>> {
        self.accounts()
            .into_iter()
            .map(|account| account.channel)
            .chain([self.platform.clone()])
            .collect()
    }

    /// The channel of that name and merchant, whether or not it takes new payments: old ones are settled by it.
    #[must_use]
    pub fn named(&self, name: &str, merchant: &str) -> Option<Arc<dyn Channel>> {
        self.all()
            .into_iter()
            .find(|channel| channel.name() == name && channel.merchant() == merchant)
    }

    /// Takes over every merchant, at the start.
    ///
    /// # Errors
    /// The database cannot be read, or a merchant's row cannot be used.
    pub async fn load(&self, db: &Db, vault: &Vault) -> anyhow::Result<()> {
        self.take_over(db, vault, true).await
    }

    /// Takes over what changed among the merchants. One whose row cannot be used stays as it was, or off.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn reload(&self, db: &Db, vault: &Vault) -> anyhow::Result<()> {
        self.take_over(db, vault, false).await
    }

    async fn take_over(&self, db: &Db, vault: &Vault, strict: bool) -> anyhow::Result<()> {
        let mut conn = db.pool().acquire().await?;
        let revision = row::revision(&mut conn).await?;
        let known = self.read();
        if known.revision == revision {
            return Ok(());
        }
        let mut accounts = Vec::new();
        for row in row::all(&mut conn).await? {
            let as_before = known
                .accounts
                .iter()
                .find(|account| account.version == row.version && account.is_of(&row));
            if let Some(account) = as_before {
                accounts.push(account.clone());
                continue;
            }
            match self.open(&row, vault) {
                Ok(account) => accounts.push(account),
                Err(error) if strict => return Err(error),
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "a merchant stays as it was");
                    let before = known.accounts.iter().find(|account| account.is_of(&row));
                    accounts.extend(before.cloned().map(|account| Account {
                        enabled: account.enabled && row.enabled != 0,
                        ..account
                    }));
                }
            }
        }
        *self
            .merchants
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Merchants { revision, accounts };
        Ok(())
    }

    fn open(&self, row: &MerchantRow, vault: &Vault) -> anyhow::Result<Account> {
        let channel = row
            .secrets(vault)
            .map_err(anyhow::Error::from)
            .and_then(|secrets| {
                let secrets = Value::Object(secrets);
                settings::build(
                    self.mode,
                    &row.channel,
                    &row.name,
                    &row.settings(),
                    &secrets,
                )
            })
            .with_context(|| format!("the merchant {}/{} cannot be used", row.channel, row.name))?;
        Ok(Account {
            version: row.version,
            enabled: row.enabled != 0,
            channel,
        })
    }

    fn accounts(&self) -> Vec<Account> {
        self.read().accounts
    }

    fn read(&self) -> Merchants {
        self.merchants
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
