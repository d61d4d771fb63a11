//! User authorisation with the scope `auth_base`: the browser is sent back with a code, without a question, and the
//! code is worth the buyer's id once.

use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Duration;

use super::{Alipay, Shared, forms::Parameters, trades::Refusal};
use crate::random;

/// Under which name the app is told who the buyer is: older apps see the account's number, newer ones an id of their
/// own.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Buyer {
    UserId(String),
    OpenId(String),
}

/// Who is logged in at the start.
pub(crate) const BUYER: &str = "2088622000000001";

const LIVES: Duration = Duration::from_secs(180);

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
pub(super) async fn authorise(State(stage): State<Shared>, Query(asked): Query<Asked>) -> Response {
    let back = reqwest::Url::parse(&asked.redirect_uri).ok();
    let state = asked.state.as_deref().unwrap_or_default();
    let allowed = asked.app_id == stage.desk.app().app_id
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
    let mut alipay = stage.lock();
    let buyer = alipay.buyer.clone();
    alipay.codes.give(code, buyer, LIVES);
    (StatusCode::FOUND, [(header::LOCATION, back.as_str())]).into_response()
}

/// `alipay.system.oauth.token`: the good answer has no code of its own.
pub(super) fn exchange(alipay: &mut Alipay, parameters: &Parameters) -> Result<Value, Refusal> {
    let get = |name: &str| parameters.get(name).map_or("", String::as_str);
    if get("grant_type") != "authorization_code" {
        return Err(Refusal("isv.grant-type-invalid", "grant_type参数不正确"));
    }
    let buyer = alipay
        .codes
        .take(get("code"))
        .map_err(|_| Refusal("isv.code-invalid", "授权码code无效"))?;
    let mut node = json!({
        "access_token": random::hex(20),
        "expires_in": 1_296_000,
        "re_expires_in": 2_592_000,
        "refresh_token": random::hex(20),
    });
    let (name, id) = match &buyer {
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
