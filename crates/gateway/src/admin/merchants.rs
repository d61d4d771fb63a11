//! The operator's accounts at the wallets.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use contract::{ErrorCode, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{audit::Entry, guard::Operator, refunds::conflict};
use crate::{
    ApiError, ApiResult, App,
    clock::now,
    http::json::ApiJson,
    merchants::{
        row::{self, MerchantRow, belongs_to},
        settings,
    },
};

/// How long a merchant must have been off before it can go: by then every process knows, and no request that began before
/// is still under way.
const OFF_FOR_MILLIS: i64 = 60_000;

/// A merchant to be written. Secrets that are left out stay what they are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Put {
    enabled: bool,
    #[serde(default)]
    position: u16,
    settings: Map<String, Value>,
    #[serde(default)]
    secrets: Map<String, Value>,
}

/// Whether a merchant takes new payments.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    enabled: bool,
}

/// A merchant as the operator sees it: its secrets by name only.
#[derive(Serialize)]
pub(super) struct Merchant {
    channel: String,
    name: String,
    enabled: bool,
    position: i64,
    settings: Value,
    secrets: Vec<String>,
    sealed_by: String,
    notify_url: String,
    updated_at: Timestamp,
}

/// Every merchant.
pub(super) async fn list(State(app): State<App>) -> ApiResult<Json<Vec<Merchant>>> {
    let mut conn = app.db.pool().acquire().await?;
    let rows = row::all(&mut conn).await?;
    Ok(Json(rows.into_iter().map(|row| view(&app, row)).collect()))
}

/// Writes a merchant, after it was tried whether its keys can be used.
pub(super) async fn put(
    State(app): State<App>,
    Path((channel, name)): Path<(String, String)>,
    by: Operator,
    ApiJson(request): ApiJson<Put>,
) -> ApiResult<Json<Merchant>> {
    check_name(&channel, &name)?;
    let before = find(&app, &channel, &name).await?;
    let mut secrets = match &before {
        Some(before) => match before.secrets(&app.vault) {
            Ok(secrets) => secrets,
            // The key is lost: whoever gives all secrets anew needs the old ones no more.
            Err(_) if !request.secrets.is_empty() => Map::new(),
            Err(error) => return Err(invalid(error)),
        },
        None => Map::new(),
    };
    let named: Vec<&String> = request.secrets.keys().collect();
    let entry = Entry {
        action: "merchant.put",
        subject: &belongs_to(&channel, &name),
        detail: json!({ "enabled": request.enabled, "position": request.position, "secrets": named }),
        by: &by,
    };
    for (key, value) in &request.secrets {
        match value {
            Value::Null => drop(secrets.remove(key)),
            value => drop(secrets.insert(key.clone(), value.clone())),
        }
    }
    let (settings, secrets) = (Value::Object(request.settings), Value::Object(secrets));
    if let Err(error) = settings::build(app.config.mode, &channel, &name, &settings, &secrets) {
        entry.refused(&app).await?;
        return Err(invalid(format!("{error:#}")));
    }
    if let Some(before) = &before
        && is_another_account(&before.settings(), &settings)
        && has_payments(&app, &channel, &name).await?
    {
        entry.refused(&app).await?;
        return Err(conflict(
            "it has payments of another account: give the new account a name of its own, and switch this one off",
        ));
    }
    let sealed = app
        .vault
        .seal(&belongs_to(&channel, &name), &secrets.to_string())
        .map_err(invalid)?;
    let mut tx = app.db.begin_write().await?;
    row::put(
        &mut tx,
        (&channel, &name),
        request.enabled,
        request.position.into(),
        &settings.to_string(),
        &sealed,
    )
    .await?;
    entry.done(&mut tx).await?;
    tx.commit().await?;
    shown(&app, &channel, &name).await
}

/// Switches a merchant on or off. One that is off takes no new payments; what it took before is still asked for,
/// noticed and refunded.
pub(super) async fn switch(
    State(app): State<App>,
    Path((channel, name)): Path<(String, String)>,
    by: Operator,
    ApiJson(request): ApiJson<Switch>,
) -> ApiResult<Json<Merchant>> {
    let entry = Entry {
        action: "merchant.switch",
        subject: &belongs_to(&channel, &name),
        detail: json!({ "enabled": request.enabled }),
        by: &by,
    };
    let mut tx = app.db.begin_write().await?;
    let switched = sqlx::query(
        "update merchants set enabled = $1, version = version + 1, updated_at = $2 where channel = $3 and name = $4",
    )
    .bind(i64::from(request.enabled))
    .bind(now().0)
    .bind(&channel)
    .bind(&name)
    .execute(tx.conn())
    .await?
    .rows_affected();
    if switched == 0 {
        return Err(ErrorCode::NotFound.into());
    }
    entry.done(&mut tx).await?;
    tx.commit().await?;
    shown(&app, &channel, &name).await
}

/// Takes a merchant out whose name stands nowhere: it is off, no payment was made with it, and no notice came for it.
pub(super) async fn delete(
    State(app): State<App>,
    Path((channel, name)): Path<(String, String)>,
    by: Operator,
) -> ApiResult<StatusCode> {
    let entry = Entry {
        action: "merchant.delete",
        subject: &belongs_to(&channel, &name),
        detail: json!({}),
        by: &by,
    };
    let Some(merchant) = find(&app, &channel, &name).await? else {
        return Err(ErrorCode::NotFound.into());
    };
    let off_before = now().0 - OFF_FOR_MILLIS;
    let hindered = if has_payments(&app, &channel, &name).await? {
        Some(
            "it has payments, which only it can be asked about and given back by: switch it off instead",
        )
    } else if merchant.enabled != 0 {
        Some("it is on: switch it off first")
    } else if merchant.updated_at > off_before {
        Some("it was changed a moment ago, and a payment may be under way: try again in a minute")
    } else {
        None
    };
    if let Some(why) = hindered {
        entry.refused(&app).await?;
        return Err(conflict(why));
    }
    let mut tx = app.db.begin_write().await?;
    if !row::delete(&mut tx, &channel, &name, off_before).await? {
        drop(tx);
        entry.refused(&app).await?;
        return Err(conflict("a notice came for it, or it was changed just now"));
    }
    entry.done(&mut tx).await?;
    tx.commit().await?;
    app.channels.reload(&app.db, &app.vault).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn shown(app: &App, channel: &str, name: &str) -> ApiResult<Json<Merchant>> {
    app.channels.reload(&app.db, &app.vault).await?;
    let row = find(app, channel, name).await?;
    Ok(Json(view(app, row.ok_or(ErrorCode::NotFound)?)))
}

async fn find(app: &App, channel: &str, name: &str) -> ApiResult<Option<MerchantRow>> {
    let mut conn = app.db.pool().acquire().await?;
    Ok(row::find(&mut conn, channel, name).await?)
}

fn view(app: &App, row: MerchantRow) -> Merchant {
    let secrets = row.secrets(&app.vault).unwrap_or_default();
    Merchant {
        enabled: row.enabled != 0,
        position: row.position,
        settings: row.settings(),
        secrets: secrets.into_iter().map(|(name, _)| name).collect(),
        notify_url: app.config.notify_url(&row.channel, &row.name),
        sealed_by: row.sealed_by,
        updated_at: Timestamp(row.updated_at),
        channel: row.channel,
        name: row.name,
    }
}

/// What was paid to an account can be asked for and given back by that account only.
fn is_another_account(before: &Value, now: &Value) -> bool {
    ["mch_id", "app_id", "seller_id"]
        .iter()
        .any(|number| before[*number] != now[*number])
}

async fn has_payments(app: &App, channel: &str, name: &str) -> sqlx::Result<bool> {
    let payments: i64 =
        sqlx::query_scalar("select count(*) from (select 1 from payments where channel = $1 and merchant = $2 limit 1) as one")
            .bind(channel)
            .bind(name)
            .fetch_one(app.db.pool())
            .await?;
    Ok(payments > 0)
}

/// The name stands in the address of notices.
fn check_name(channel: &str, name: &str) -> ApiResult<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !settings::CHANNELS.contains(&channel) {
        return Err(invalid(format!(
            "channel: it is one of {}",
            settings::CHANNELS.join(", ")
        )));
    }
    if !(1..=32).contains(&name.len()) || !name.bytes().all(plain) {
        return Err(invalid("name: it is 1 to 32 letters, digits, - or _"));
    }
    Ok(())
}

fn invalid(error: impl std::fmt::Display) -> ApiError {
    ApiError::new(ErrorCode::InvalidRequest, error.to_string())
}
