//! What the operator did, written down with it.

use std::net::IpAddr;

use serde_json::Value;

use crate::{App, clock::now, random, store::Tx};

/// One thing that was done or refused.
pub(super) struct Entry<'a> {
    /// Such as `refund.create`.
    pub(super) action: &'a str,
    /// What it was done to.
    pub(super) subject: &'a str,
    /// What was asked for, without secrets.
    pub(super) detail: Value,
    /// From where.
    pub(super) address: IpAddr,
}

impl Entry<'_> {
    /// Writes it down in the transaction that does it.
    pub(super) async fn done(&self, tx: &mut Tx) -> sqlx::Result<()> {
        tracing::warn!(action = self.action, subject = self.subject, address = %self.address, "the operator acts");
        self.write(tx, "done").await
    }

    /// Writes down that it was refused.
    pub(super) async fn refused(&self, app: &App) -> sqlx::Result<()> {
        tracing::warn!(action = self.action, subject = self.subject, address = %self.address, "the operator is refused");
        let mut tx = app.db.begin_write().await?;
        self.write(&mut tx, "refused").await?;
        tx.commit().await
    }

    async fn write(&self, tx: &mut Tx, outcome: &str) -> sqlx::Result<()> {
        sqlx::query(
            "insert into audit (id, at, action, subject, detail, outcome, address) values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(random::effect_number('A'))
        .bind(now().0)
        .bind(self.action)
        .bind(self.subject)
        .bind(self.detail.to_string())
        .bind(outcome)
        .bind(self.address.to_string())
        .execute(tx.conn())
        .await?;
        Ok(())
    }
}
