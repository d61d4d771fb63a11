//! Making calls go wrong on purpose, and counting all of them.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use crate::{
    shingsou::envelope::{Refusal, plain},
    wechat,
    world::{Shared, World},
};

/// Faults waiting for their calls, by route; each route's are used up in order.
#[derive(Default)]
pub(crate) struct Faults(BTreeMap<String, VecDeque<Fault>>);

/// One fault, for a number of calls.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// Calls it still meets; 0 never ends.
    #[serde(default = "once")]
    times: u64,
    /// How long a delay or a hang lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<u64>,
    /// Of a business error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<i64>,
    /// Of a business error, where a platform has finer ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_code: Option<String>,
    /// Of a business error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Carried out and answered, but late.
    Delay,
    /// Neither carried out nor answered.
    Hang,
    #[serde(rename = "http_500")]
    Http500,
    #[serde(rename = "http_502_html")]
    Http502Html,
    /// Turned away, with `Retry-After`: `ms` in whole seconds.
    #[serde(rename = "http_429")]
    Http429,
    #[serde(rename = "empty_200")]
    Empty200,
    BadJson,
    Business,
    /// Carried out, but never answered.
    TimeoutAfterEffect,
    Unauthorized,
    /// Answered well, without the signature that Alipay and WeChat Pay give.
    Unsigned,
    /// The same with a wrong one.
    BadSignature,
}

/// The route that stands for every one.
pub(crate) const EVERY_ROUTE: &str = "*";

const USUAL_DELAY: u64 = 1_000;
const USUAL_HANG: u64 = 600_000;

impl Fault {
    /// Whether Alipay has to write this answer itself, since its signature is inside.
    pub(crate) fn spoils_the_answer(&self) -> bool {
        matches!(
            self.kind,
            Kind::Business | Kind::Unsigned | Kind::BadSignature
        )
    }
}

impl Faults {
    pub(crate) fn add(&mut self, route: String, fault: Fault) {
        self.0.entry(route).or_default().push_back(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn by_route(&self) -> &BTreeMap<String, VecDeque<Fault>> {
        &self.0
    }

    /// The fault that meets this call, used up by one.
    fn meet(&mut self, route: &str) -> Option<Fault> {
        let route = [route, EVERY_ROUTE]
            .into_iter()
            .find(|route| self.0.contains_key(*route))?;
        let waiting = self.0.get_mut(route)?;
        let fault = waiting.front_mut()?;
        let met = fault.clone();
        match fault.times {
            0 => {}
            1 => {
                waiting.pop_front();
                if waiting.is_empty() {
                    self.0.remove(route);
                }
            }
            _ => fault.times -= 1,
        }
        Some(met)
    }
}

/// Stands before every call of the platforms.
pub(crate) async fn gate(
    State(world): State<Shared>,
    path: MatchedPath,
    request: Request<Body>,
    next: Next,
) -> Response {
    let route = format!("{} {}", request.method(), path.as_str());
    match count(&world, &route) {
        Some(fault) => carry_out(fault, &world, path.as_str(), request, next).await,
        None => next.run(request).await,
    }
}

/// Counts a call and takes the fault that meets it.
pub(crate) fn count(world: &World, route: &str) -> Option<Fault> {
    let mut state = world.lock();
    *state.calls.entry(route.to_owned()).or_default() += 1;
    state.faults.meet(route)
}

/// Answers a call as the fault says.
pub(crate) async fn carry_out(
    fault: Fault,
    world: &Shared,
    path: &str,
    request: Request<Body>,
    next: Next,
) -> Response {
    let wait = async |usual: u64| {
        let time = Duration::from_millis(fault.ms.unwrap_or(usual));
        tokio::select! {
            () = world.stopped() => {}
            () = tokio::time::sleep(time) => {}
        }
    };
    match fault.kind {
        Kind::Delay => {
            wait(USUAL_DELAY).await;
            next.run(request).await
        }
        Kind::Hang => {
            wait(USUAL_HANG).await;
            plain(StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout")
        }
        Kind::TimeoutAfterEffect => {
            next.run(request).await;
            wait(USUAL_HANG).await;
            plain(StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout")
        }
        Kind::Http500 => plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
        Kind::Http429 => {
            let seconds = fault.ms.unwrap_or(USUAL_DELAY).div_ceil(1000);
            let mut answer = plain(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
            answer
        }
        Kind::Http502Html => (
            StatusCode::BAD_GATEWAY,
            Html(
                "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>",
            ),
        )
            .into_response(),
        Kind::Empty200 => StatusCode::OK.into_response(),
        Kind::BadJson => (
            [(header::CONTENT_TYPE, "application/json")],
            r#"{"code":200,"codeName":"Status200OK","data":{"#,
        )
            .into_response(),
        Kind::Unsigned | Kind::BadSignature => {
            let mut answer = next.run(request).await;
            wechat::spoil(&mut answer, fault.kind == Kind::BadSignature);
            answer
        }
        Kind::Business if path.starts_with("/v3/") => {
            let status = fault.code.and_then(|code| u16::try_from(code).ok());
            let code = fault.message.as_deref().unwrap_or("PARAM_ERROR");
            wechat::refuse(world, status.unwrap_or(400), code).await
        }
        Kind::Business => {
            let mut refusal = Refusal::of_code(fault.code.unwrap_or(417));
            refusal.message = fault.message.unwrap_or(refusal.message);
            refusal.into_response()
        }
        Kind::Unauthorized => plain(StatusCode::UNAUTHORIZED, "Unauthorized"),
    }
}

fn once() -> u64 {
    1
}
