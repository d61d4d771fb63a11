//! `POST /notify/{channel}/{merchant}`: what channels tell by themselves.

use axum::body::Bytes;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::{
    ask,
    channel::{Channel, Notice, NoticeError, RawNotice},
    evidence, row,
    wechat::PROBE_REFUSED,
};
use crate::{App, clock::now, digest::sha256, refunds};

/// So many different unknown notices are kept; more only count.
const QUARANTINE: i64 = 1000;

/// Takes in a notice.
///
/// It is verified as far as it can be, and then the channel is asked: what the notice says of money
/// is never believed. It is answered as taken in only when what the channel says is written down, so that one that
/// could not be handled comes again.
pub async fn receive(
    State(app): State<App>,
    Path((name, merchant)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(channel) = app.channels.named(&name, &merchant) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let notice = RawNotice { headers, body };
    let told = match channel.read_notice(&notice) {
        Ok(told) => told,
        // The wallet makes sure that we verify: this one has to be refused, and is no attack.
        Err(NoticeError(cause)) if cause == PROBE_REFUSED => {
            count(channel.name(), "probe");
            return (StatusCode::BAD_REQUEST, "fail").into_response();
        }
        Err(error) => {
            count(channel.name(), "refused");
            tracing::warn!(channel = channel.name(), %error, security = true, "a notice is refused");
            return (StatusCode::BAD_REQUEST, "fail").into_response();
        }
    };
    match handle(&app, channel.as_ref(), &told, &notice).await {
        Ok(true) => {
            count(channel.name(), "taken");
            channel.notice_taken().into_response()
        }
        Ok(false) => {
            count(channel.name(), "unknown");
            (StatusCode::NOT_FOUND, "fail").into_response()
        }
        Err(error) => {
            count(channel.name(), "failed");
            tracing::error!(
                channel = channel.name(),
                error = format!("{error:#}"),
                "a notice cannot be handled now"
            );
            (StatusCode::SERVICE_UNAVAILABLE, "fail").into_response()
        }
    }
}

/// Tells whether the notice is about a payment or a refund of ours.
async fn handle(
    app: &App,
    channel: &dyn Channel,
    told: &Notice,
    notice: &RawNotice,
) -> anyhow::Result<bool> {
    let mut conn = app.db.pool().acquire().await?;
    let (number, out_trade_no) = match told {
        Notice::Payment { out_trade_no, .. } => (out_trade_no, Some(out_trade_no.clone())),
        Notice::Refund(number) => {
            let refund = refunds::row::find(&mut conn, number).await?;
            (number, refund.map(|refund| refund.out_trade_no))
        }
    };
    let payment = match out_trade_no {
        Some(out_trade_no) => row::find(&mut conn, &out_trade_no).await?,
        None => None,
    };
    drop(conn);
    let Some(payment) = payment.filter(|payment| {
        payment.channel == channel.name() && payment.merchant == channel.merchant()
    }) else {
        quarantine(app, channel, number, &notice.body).await?;
        return Ok(false);
    };
    match told {
        Notice::Refund(number) => refunds::carry::ask_now(app, number).await?,
        // What it says of money decides nothing, but what cannot be is a person's to look at.
        Notice::Payment {
            amount: Some(amount),
            ..
        } if *amount != payment.amount() => {
            evidence::contradiction(app, &payment, "notice_amount_differs").await?;
        }
        Notice::Payment { .. } => ask::ask(app, &payment).await?,
    }
    Ok(true)
}

/// Keeps what fits no payment of ours for a person to look at. The same notice counts up.
async fn quarantine(
    app: &App,
    channel: &dyn Channel,
    out_trade_no: &str,
    body: &[u8],
) -> sqlx::Result<()> {
    tracing::error!(
        channel = channel.name(),
        out_trade_no,
        security = true,
        "a notice fits no payment: quarantined"
    );
    let at = now().0;
    let mut tx = app.db.begin_write().await?;
    sqlx::query(
        "insert into quarantine (digest, channel, merchant, out_trade_no, times, first_at, last_at)
         select $1, $2, $3, $4, 1, $5, $5 where (select count(*) from quarantine) < $6
         on conflict (digest) do update set times = quarantine.times + 1, last_at = excluded.last_at",
    )
    .bind(sha256(body))
    .bind(channel.name())
    .bind(channel.merchant())
    .bind(out_trade_no)
    .bind(at)
    .bind(QUARANTINE)
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

fn count(channel: &'static str, outcome: &'static str) {
    metrics::counter!("notices_total", "channel" => channel, "outcome" => outcome).increment(1);
}
