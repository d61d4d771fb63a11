//! What the operator did, written down with it.

use serde_json::Value;

use super::guard::Operator;
use crate::{App, clock::now, random, store::Tx};

/// One thing that was done or refused.
pub(super) struct Entry<'a> {
    /// Such as `refund.create`.
    pub(super) action: &'static str,
    /// What it was done to.
    pub(super) subject: &'a str,
    /// What was asked for, without secrets.
    pub(super) detail: Value,
    /// By whom.
    pub(super) by: &'a Operator,
}

impl Entry<'_> {
    /// Writes it down in the transaction that does it.
    pub(super) async fn done(&self, tx: &mut Tx) -> sqlx::Result<()> {
        self.write(tx, "done").await
    }

    /// Writes down that it was refused.
    pub(super) async fn refused(&self, app: &App) -> sqlx::Result<()> {
        let mut tx = app.db.begin_write().await?;
        self.write(&mut tx, "refused").await?;
        tx.commit().await
    }

    async fn write(&self, tx: &mut Tx, outcome: &'static str) -> sqlx::Result<()> {
        sqlx::query(
            "insert into audit (id, at, who, action, subject, detail, outcome, address)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(random::effect_number('A'))
        .bind(now().0)
        .bind(&self.by.name)
        .bind(self.action)
        .bind(self.subject)
        .bind(self.detail.to_string())
        .bind(outcome)
        .bind(self.by.address.to_string())
        .execute(tx.conn())
        .await?;
        let (who, address) = (self.by.name.clone(), self.by.address);
        let (action, subject) = (self.action, self.subject.to_owned());
        tx.once_committed(move || {
            tracing::warn!(who, %address, action, subject, outcome, "the operator acts");
        });
        Ok(())
    }
}
