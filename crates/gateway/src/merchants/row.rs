//! A merchant in the database.

use serde_json::{Map, Value};
use sqlx::{AnyConnection, FromRow};

use super::vault::{Sealed, Vault, VaultError};
use crate::{clock::now, store::Tx};

/// A row of `merchants`.
#[derive(Clone, FromRow)]
pub struct MerchantRow {
    /// `alipay` or `wechat`.
    pub channel: String,
    /// Our name of the account.
    pub name: String,
    /// 1 where new payments may be made with it.
    pub enabled: i64,
    /// The lowest takes new payments.
    pub position: i64,
    /// Numbers, addresses, public keys: JSON.
    pub settings: String,
    /// The id of the key that the secrets are sealed under.
    pub sealed_by: String,
    /// The secrets.
    pub sealed: String,
    /// Changes with each change, and is never used again for the name.
    pub version: i64,
    /// When it was changed last, in milliseconds.
    pub updated_at: i64,
}

impl MerchantRow {
    /// The settings.
    #[must_use]
    pub fn settings(&self) -> Value {
        serde_json::from_str(&self.settings).unwrap_or_default()
    }

    /// The secrets, opened.
    ///
    /// # Errors
    /// The vault has not the key.
    pub fn secrets(&self, vault: &Vault) -> Result<Map<String, Value>, VaultError> {
        let sealed = Sealed {
            key_id: self.sealed_by.clone(),
            text: self.sealed.clone(),
        };
        let text = vault.open(&belongs_to(&self.channel, &self.name), &sealed)?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}

/// What a merchant's secrets are sealed for.
#[must_use]
pub fn belongs_to(channel: &str, name: &str) -> String {
    format!("{channel}/{name}")
}

/// Every merchant, the preferred one first.
///
/// # Errors
/// The database cannot be read.
pub async fn all(conn: &mut AnyConnection) -> sqlx::Result<Vec<MerchantRow>> {
    sqlx::query_as(
        "select channel, name, enabled, position, settings, sealed_by, sealed, version, updated_at
         from merchants order by channel, position, name",
    )
    .fetch_all(conn)
    .await
}

/// One merchant.
///
/// # Errors
/// The database cannot be read.
pub async fn find(
    conn: &mut AnyConnection,
    channel: &str,
    name: &str,
) -> sqlx::Result<Option<MerchantRow>> {
    sqlx::query_as(
        "select channel, name, enabled, position, settings, sealed_by, sealed, version, updated_at
         from merchants where channel = $1 and name = $2",
    )
    .bind(channel)
    .bind(name)
    .fetch_optional(conn)
    .await
}

/// Writes a merchant, new or changed. A new one's version begins at the time, so that it is not taken for one of the same
/// name that was deleted.
///
/// # Errors
/// The database cannot be written.
pub async fn put(
    tx: &mut Tx,
    (channel, name): (&str, &str),
    enabled: bool,
    position: i64,
    settings: &str,
    sealed: &Sealed,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into merchants (channel, name, enabled, position, settings, sealed_by, sealed, version, created_at,
             updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8)
         on conflict (channel, name) do update set enabled = excluded.enabled, position = excluded.position,
             settings = excluded.settings, sealed_by = excluded.sealed_by, sealed = excluded.sealed,
             version = merchants.version + 1, updated_at = excluded.updated_at",
    )
    .bind(channel)
    .bind(name)
    .bind(i64::from(enabled))
    .bind(position)
    .bind(settings)
    .bind(&sealed.key_id)
    .bind(&sealed.text)
    .bind(now().0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes a merchant out that has been off since before a time, in milliseconds, and whose name stands on no payment and no
/// notice. Says whether it did.
///
/// # Errors
/// The database cannot be written.
pub async fn delete(tx: &mut Tx, channel: &str, name: &str, off_before: i64) -> sqlx::Result<bool> {
    let deleted = sqlx::query(
        "delete from merchants where channel = $1 and name = $2 and enabled = 0 and updated_at <= $3
         and not exists (select 1 from payments where payments.channel = $1 and payments.merchant = $2)
         and not exists (select 1 from quarantine where quarantine.channel = $1 and quarantine.merchant = $2)",
    )
    .bind(channel)
    .bind(name)
    .bind(off_before)
    .execute(tx.conn())
    .await?;
    Ok(deleted.rows_affected() > 0)
}

/// What changes whenever any merchant does.
///
/// # Errors
/// The database cannot be read.
pub async fn revision(conn: &mut AnyConnection) -> sqlx::Result<(i64, i64)> {
    sqlx::query_as("select count(*), cast(coalesce(sum(version), 0) as bigint) from merchants")
        .fetch_one(conn)
        .await
}
