//! OAuth of an official account with the scope `snsapi_base`: the browser is sent back with a code, without a question,
//! and the code is worth the buyer's openid once.

use axum::{
    Json,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Duration;

use super::Shared;
use crate::{codes::Worthless, random};

const LIVES: Duration = Duration::from_secs(300);

#[derive(Deserialize)]
pub(super) struct Authorize {
    #[serde(default)]
    appid: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    response_type: String,
    #[serde(default)]
    scope: String,
    state: Option<String>,
}

/// `GET /connect/oauth2/authorize`
pub(super) async fn authorize(
    State(stage): State<Shared>,
    Query(asked): Query<Authorize>,
) -> Response {
    let mut wechat = stage.lock();
    let back = reqwest::Url::parse(&asked.redirect_uri).ok();
    let plain_state = asked.state.as_deref().unwrap_or_default();
    let allowed = asked.appid == wechat.merchant.app_id
        && asked.response_type == "code"
        && asked.scope == "snsapi_base"
        && plain_state.len() <= 128
        && plain_state.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let Some(mut back) = back.filter(|_| allowed) else {
        return (
            StatusCode::BAD_REQUEST,
            "redirect_uri域名与后台配置不一致，或参数错误",
        )
            .into_response();
    };
    let code = format!("0{}", random::hex(16).split_off(1));
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", plain_state);
    let openid = wechat.buyer.clone();
    wechat.codes.give(code, openid, LIVES);
    (StatusCode::FOUND, [(header::LOCATION, back.as_str())]).into_response()
}

#[derive(Deserialize)]
pub(super) struct Exchange {
    #[serde(default)]
    appid: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    grant_type: String,
}

/// `GET /sns/oauth2/access_token`: always HTTP 200, an error has an `errcode`.
pub(super) async fn exchange(
    State(stage): State<Shared>,
    Query(asked): Query<Exchange>,
) -> Json<Value> {
    let error = |code: i64, words: &str| Json(json!({ "errcode": code, "errmsg": words }));
    let mut wechat = stage.lock();
    if asked.appid != wechat.merchant.app_id {
        return error(40013, "invalid appid");
    }
    if asked.secret != wechat.merchant.app_secret {
        return error(40125, "invalid appsecret");
    }
    if asked.grant_type != "authorization_code" {
        return error(40002, "invalid grant_type");
    }
    let openid = match wechat.codes.take(&asked.code) {
        Ok(openid) => openid,
        Err(Worthless::Unknown) => return error(40029, "invalid code"),
        Err(Worthless::Used) => return error(40163, "code been used"),
        Err(Worthless::Expired) => return error(42003, "code expired"),
    };
    Json(json!({
        "access_token": random::hex(32),
        "expires_in": 7200,
        "refresh_token": random::hex(32),
        "openid": openid,
        "scope": "snsapi_base",
    }))
}
