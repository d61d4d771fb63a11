//! The identity service's token endpoint, and the check of every open call.

use std::time::Duration;

use axum::{
    Json,
    body::Body,
    extract::{Form, FromRequest, Multipart, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::Shared;
use crate::{gate::plain, random};

/// Tokens that were given out, and how the next one will look.
pub(crate) struct Tokens {
    issued: Vec<Issued>,
    /// Tokens given out since the start.
    pub(crate) fetches: u64,
    /// What the answer says of the lifetime, in seconds; null leaves it out.
    pub(crate) expires_in: Value,
    pub(crate) spelling: Spelling,
    pub(crate) token_type: String,
}

struct Issued {
    token: String,
    expires: Instant,
}

/// How the answer spells the lifetime; the platform's own pages use both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Spelling {
    ExpiresIn,
    ExpireIn,
}

const USUAL_SECONDS: u64 = 7200;

/// Enough for any test; the oldest go first.
const MOST_TOKENS: usize = 1000;

impl Default for Tokens {
    fn default() -> Self {
        Self {
            issued: Vec::new(),
            fetches: 0,
            expires_in: USUAL_SECONDS.into(),
            spelling: Spelling::ExpiresIn,
            token_type: "Bearer".into(),
        }
    }
}

impl Tokens {
    /// A new token; older ones stay valid until they expire.
    fn issue(&mut self, now: Instant) -> Value {
        // A lifetime that makes no sense is only said, so that a caller can be seen to survive it.
        let seconds = self
            .expires_in
            .as_u64()
            .filter(|seconds| (1..=31_536_000).contains(seconds));
        let expires = now + Duration::from_secs(seconds.unwrap_or(USUAL_SECONDS));
        let token = random::hex(32);
        self.issued.retain(|issued| issued.expires > now);
        if self.issued.len() >= MOST_TOKENS {
            self.issued.remove(0);
        }
        self.issued.push(Issued {
            token: token.clone(),
            expires,
        });
        self.fetches += 1;

        let mut answer = Map::new();
        answer.insert("access_token".into(), token.into());
        if !self.expires_in.is_null() {
            let name = match self.spelling {
                Spelling::ExpiresIn => "expires_in",
                Spelling::ExpireIn => "expire_in",
            };
            answer.insert(name.into(), self.expires_in.clone());
        }
        answer.insert("token_type".into(), self.token_type.clone().into());
        Value::Object(answer)
    }

    pub(crate) fn revoke_all(&mut self) {
        self.issued.clear();
    }

    fn knows(&self, token: &str, now: Instant) -> bool {
        self.issued
            .iter()
            .any(|issued| issued.token == token && issued.expires > now)
    }
}

/// `POST /connect/token`, as multipart or urlencoded form.
pub(crate) async fn issue(State(stage): State<Shared>, request: Request) -> Response {
    let Some(fields) = form(request).await else {
        return denied("invalid_request");
    };
    let field = |names: &[&str]| {
        fields
            .iter()
            .find(|(name, _)| names.contains(&name.as_str()))
            .map(|(_, value)| value)
    };
    if field(&["grant_type"]).is_none_or(|grant| grant != "client_credentials") {
        return denied("unsupported_grant_type");
    }
    let client = &stage.desk.client;
    if field(&["client_id", "client_Id"]) != Some(&client.client_id)
        || field(&["client_secret"]) != Some(&client.client_secret)
    {
        return denied("invalid_client");
    }
    let known = |scope: &str| {
        scope.starts_with("iot.cardservice.") || scope.starts_with("iot.paymentservice.")
    };
    if !field(&["scope"]).is_none_or(|scopes| scopes.split_whitespace().all(known)) {
        return denied("invalid_scope");
    }
    let answer = stage.lock().tokens.issue(Instant::now());
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

/// Lets a call pass that carries the subscription key and a valid token.
pub(crate) async fn required(
    State(stage): State<Shared>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let key = text(request.headers(), "Ocp-Apim-Subscription-Key");
    if key != Some(&stage.desk.client.subscription_key) {
        let message = match key {
            None => "Access denied due to missing subscription key.",
            Some(_) => "Access denied due to invalid subscription key.",
        };
        return plain(StatusCode::UNAUTHORIZED, message);
    }
    let token = text(request.headers(), "Authorization")
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned());
    let valid = token.is_some_and(|token| stage.lock().tokens.knows(&token, Instant::now()));
    if !valid {
        return plain(
            StatusCode::UNAUTHORIZED,
            "Access token is missing or invalid.",
        );
    }
    next.run(request).await
}

fn denied(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

async fn form(request: Request) -> Option<Vec<(String, String)>> {
    let multipart = text(request.headers(), header::CONTENT_TYPE.as_str())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    if !multipart {
        return Form::from_request(request, &())
            .await
            .ok()
            .map(|Form(fields)| fields);
    }
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.ok()? {
        let name = part.name().unwrap_or_default().to_owned();
        fields.push((name, part.text().await.ok()?));
    }
    Some(fields)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
