//! `POST /notify/{channel}/{merchant}`: what channels tell by themselves.

mod desk;
mod quarantine;

use std::net::IpAddr;

use axum::body::Bytes;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    ask,
    channel::{Channel, Notice, NoticeError, RawNotice},
    evidence, row,
    wechat::PROBE_REFUSED,
};
use crate::{App, http::client_ip::ClientIp, refunds};

pub use desk::Desk;

/// What became of a notice that could be read.
enum Outcome {
    /// It is ours, and was acted on.
    Taken,
    /// It fits nothing, and was written down.
    Unknown,
    /// It fits nothing, and its sender sent too many of these; in so many seconds one more may come.
    TooMany(u32),
}

/// Takes in a notice.
///
/// It is verified as far as it can be, and then the channel is asked: what the notice says of money
/// is never believed. It is answered as taken in only when what the channel says is written down, so that one that
/// could not be handled comes again.
pub async fn receive(
    State(app): State<App>,
    Path((name, merchant)): Path<(String, String)>,
    ClientIp(ip): ClientIp,
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
    match handle(&app, channel.as_ref(), &told, &notice, ip).await {
        Ok(Outcome::Taken) => {
            count(channel.name(), "taken");
            channel.notice_taken().into_response()
        }
        Ok(Outcome::Unknown) => {
            count(channel.name(), "unknown");
            (StatusCode::NOT_FOUND, "fail").into_response()
        }
        Ok(Outcome::TooMany(seconds)) => {
            count(channel.name(), "limited");
            let after = [(header::RETRY_AFTER, seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, after, "fail").into_response()
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

/// Finds out whether the notice is about a payment or a refund of ours, and acts on it where it is.
async fn handle(
    app: &App,
    channel: &dyn Channel,
    told: &Notice,
    notice: &RawNotice,
    ip: IpAddr,
) -> anyhow::Result<Outcome> {
    let finding = app.desk.finding(ip).await;
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
    drop(finding);
    let Some(payment) = payment.filter(|payment| {
        payment.channel == channel.name() && payment.merchant == channel.merchant()
    }) else {
        if let Err(error) = app.limiters.stray(ip) {
            app.desk.doubt(ip);
            return Ok(Outcome::TooMany(error.retry_after.unwrap_or(60)));
        }
        let _keeping = app.desk.keeping().await;
        quarantine::keep(app, channel, number, &notice.body).await?;
        return Ok(Outcome::Unknown);
    };
    let _ours = app.desk.ours().await;
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
    Ok(Outcome::Taken)
}

fn count(channel: &'static str, outcome: &'static str) {
    metrics::counter!("notices_total", "channel" => channel, "outcome" => outcome).increment(1);
}
