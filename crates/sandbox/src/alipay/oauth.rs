//! User authorisation with the scope `auth_base`: the browser is sent back with a code, without a question, and the
//! code is worth the buyer's id once.

use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use super::{Alipay, forms::Parameters, methods::BUYER, trades::Refusal};
use crate::{random, world::Shared};

/// Under which name the app is told who the buyer is: older apps see the account's number, newer ones an id of their
/// own.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Buyer {
    UserId(String),
    OpenId(String),
}

/// A code that was given out.
pub(crate) struct Code {
    text: String,
    buyer: Buyer,
    until: Instant,
    used: bool,
}

const LIVES: Duration = Duration::from_secs(180);
const MOST: usize = 1000;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    app_id: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    scope: String,
    state: Option<String>,
}

/// `GET /alipay/oauth`
pub(super) async fn authorise(State(world): State<Shared>, Query(asked): Query<Asked>) -> Response {
    let back = reqwest::Url::parse(&asked.redirect_uri).ok();
    let state = asked.state.as_deref().unwrap_or_default();
    let allowed = asked.app_id == world.alipay.keys.app().app_id
        && asked.scope == "auth_base"
        && state.len() <= 100
        && state.bytes().all(|byte| byte.is_ascii_graphic());
    let Some(mut back) = back.filter(|_| allowed) else {
        return (StatusCode::BAD_REQUEST, "invalid-redirect-uri 或参数错误").into_response();
    };
    let code = random::hex(16);
    back.query_pairs_mut()
        .append_pair("app_id", &asked.app_id)
        .append_pair("source", "alipay_wallet")
        .append_pair("scope", &asked.scope)
        .append_pair("auth_code", &code);
    if asked.state.is_some() {
        back.query_pairs_mut().append_pair("state", state);
    }
    let mut everything = world.lock();
    let alipay = &mut everything.alipay;
    if alipay.codes.len() >= MOST {
        alipay.codes.remove(0);
    }
    alipay.codes.push(Code {
        text: code,
        buyer: alipay.buyer.clone(),
        until: Instant::now() + LIVES,
        used: false,
    });
    (StatusCode::FOUND, [(header::LOCATION, back.as_str())]).into_response()
}

/// `alipay.system.oauth.token`: the good answer has no code of its own.
pub(super) fn exchange(alipay: &mut Alipay, parameters: &Parameters) -> Result<Value, Refusal> {
    let get = |name: &str| parameters.get(name).map_or("", String::as_str);
    if get("grant_type") != "authorization_code" {
        return Err(Refusal("isv.grant-type-invalid", "grant_type参数不正确"));
    }
    let now = Instant::now();
    let code = alipay
        .codes
        .iter_mut()
        .find(|code| code.text == get("code") && !code.used && code.until > now)
        .ok_or(Refusal("isv.code-invalid", "授权码code无效"))?;
    code.used = true;
    let mut node = json!({
        "access_token": random::hex(20),
        "expires_in": 1_296_000,
        "re_expires_in": 2_592_000,
        "refresh_token": random::hex(20),
    });
    let (name, id) = match &code.buyer {
        Buyer::UserId(id) => ("user_id", id),
        Buyer::OpenId(id) => ("open_id", id),
    };
    node[name] = id.as_str().into();
    Ok(node)
}

impl Default for Buyer {
    fn default() -> Self {
        Self::UserId(BUYER.into())
    }
}
