//! An official account's access token and the ticket that pages are signed with for WeChat's app (JS-SDK). Every answer is
//! HTTP 200, an error has an `errcode`.

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use super::Shared;
use crate::random;

const LIVES: Duration = Duration::from_secs(7200);

/// What was given out last, each the only good one of its kind.
#[derive(Default)]
pub(crate) struct Tickets {
    token: Option<Given>,
    ticket: Option<Given>,
    /// So many questions for a ticket still find that their token has just run out.
    pub(super) stale: u32,
}

struct Given {
    text: String,
    until: Instant,
}

impl Tickets {
    /// The ticket that was given out last.
    pub(super) fn given(&self) -> Option<&str> {
        Some(self.ticket.as_ref()?.text.as_str())
    }
}

impl Given {
    /// The same again while it is good.
    fn again(kept: &mut Option<Given>, fresh: bool, length: usize) -> (String, u64) {
        let now = Instant::now();
        kept.take_if(|given| fresh || given.until <= now);
        let given = kept.get_or_insert_with(|| Given {
            text: random::hex(length),
            until: now + LIVES,
        });
        (given.text.clone(), (given.until - now).as_secs())
    }
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    appid: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    force_refresh: bool,
}

/// `POST /cgi-bin/stable_token`
pub(super) async fn stable_token(State(stage): State<Shared>, body: Bytes) -> Json<Value> {
    if body.is_empty() {
        return error(44002, "empty post data");
    }
    let Ok(wanted) = serde_json::from_slice::<Wanted>(&body) else {
        return error(47001, "data format error");
    };
    let wechat = &mut *stage.lock();
    if wanted.grant_type != "client_credential" {
        return error(40002, "invalid grant_type");
    }
    if wanted.appid != wechat.merchant.app_id {
        return error(40013, "invalid appid");
    }
    if wanted.secret != wechat.merchant.app_secret {
        return error(40125, "invalid appsecret");
    }
    let (token, lasts) = Given::again(&mut wechat.tickets.token, wanted.force_refresh, 64);
    Json(json!({ "access_token": token, "expires_in": lasts }))
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    access_token: String,
    #[serde(default, rename = "type")]
    kind: String,
}

/// `GET /cgi-bin/ticket/getticket`
pub(super) async fn ticket(State(stage): State<Shared>, Query(asked): Query<Asked>) -> Json<Value> {
    let mut state = stage.lock();
    let tickets = &mut state.tickets;
    match &tickets.token {
        Some(token) if token.text == asked.access_token => {
            if tickets.stale > 0 || token.until <= Instant::now() {
                tickets.stale = tickets.stale.saturating_sub(1);
                tickets.token = None;
                return error(42001, "access_token expired");
            }
        }
        _ if asked.access_token.is_empty() => return error(41001, "access_token missing"),
        _ => {
            return error(
                40001,
                "invalid credential, access_token is invalid or not latest",
            );
        }
    }
    if asked.kind != "jsapi" {
        return error(40097, "invalid args");
    }
    let (ticket, lasts) = Given::again(&mut tickets.ticket, false, 43);
    Json(json!({ "errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": lasts }))
}

fn error(code: i64, words: &str) -> Json<Value> {
    Json(json!({ "errcode": code, "errmsg": words }))
}
