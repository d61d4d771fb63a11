//! Signatures on both sides of a call: the merchant's is checked before anything is done, and every answer is signed.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{OriginalUri, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use time::OffsetDateTime;

use super::{Refusal, Shared, keys::Identity};
use crate::random;

pub(super) const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";
const LARGEST: usize = 64 * 1024;
/// Seconds that a request's time may lie away.
const FRESH: u64 = 300;

/// Stands before every call of the interface.
pub(super) async fn layer(
    State(stage): State<Shared>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let wanted = parts.headers.get("wechatpay-serial").cloned();
    let answer = match to_bytes(body, LARGEST).await {
        Err(_) => Refusal::new(413, "PARAM_ERROR", "请求包体过大").into_response(),
        Ok(bytes) => {
            let target = uri.path_and_query().map_or("/", |target| target.as_str());
            match check(
                &stage,
                &parts.headers,
                parts.method.as_str(),
                target,
                &bytes,
            ) {
                Err(refusal) => refusal.into_response(),
                Ok(()) => {
                    next.run(Request::from_parts(parts, Body::from(bytes)))
                        .await
                }
            }
        }
    };
    let identity = {
        let state = stage.lock();
        match uri.path() {
            "/v3/certificates" => state.newest(),
            _ => state.signer(wanted.as_ref()),
        }
    };
    signed(answer, identity).await
}

/// An answer with the headers of a signature over its body.
pub(super) async fn signed(answer: Response, identity: &Identity) -> Response {
    let (mut parts, body) = answer.into_parts();
    let bytes = to_bytes(body, LARGEST).await.unwrap_or_default();
    parts.headers.extend(stamp(&bytes, identity));
    let id = HeaderValue::from_str(&random::hex(16)).expect("digits fit a header");
    parts.headers.insert("request-id", id);
    Response::from_parts(parts, Body::from(bytes))
}

/// The headers of a signature, made now.
pub(super) fn stamp(body: &[u8], identity: &Identity) -> HeaderMap {
    let now = OffsetDateTime::now_utc().unix_timestamp().to_string();
    stamp_at(&now, body, identity)
}

/// The same as if it were made at another time, in seconds since 1970 or whatever a test wants.
pub(super) fn stamp_at(timestamp: &str, body: &[u8], identity: &Identity) -> HeaderMap {
    let nonce = random::hex(16);
    let message = [
        timestamp.as_bytes(),
        b"\n",
        nonce.as_bytes(),
        b"\n",
        body,
        b"\n",
    ]
    .concat();
    [
        ("wechatpay-timestamp", timestamp),
        ("wechatpay-nonce", &nonce),
        ("wechatpay-serial", &identity.id),
        ("wechatpay-signature", &identity.sign(&message)),
        ("wechatpay-signature-type", SCHEME),
    ]
    .into_iter()
    .map(|(name, value)| {
        let name = header::HeaderName::from_static(name);
        (
            name,
            HeaderValue::from_str(value).expect("it fits a header"),
        )
    })
    .collect()
}

fn check(
    stage: &Shared,
    headers: &HeaderMap,
    method: &str,
    target: &str,
    body: &Bytes,
) -> Result<(), Refusal> {
    let refuse = |why: &str| Refusal::new(401, "SIGN_ERROR", why);
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::USER_AGENT).is_none_or(str::is_empty) {
        return Err(Refusal::new(400, "PARAM_ERROR", "Http头缺少User-Agent"));
    }
    if text(header::ACCEPT).is_none_or(|accept| !accept.contains("json") && !accept.contains("*/*"))
    {
        return Err(Refusal::new(
            406,
            "PARAM_ERROR",
            "Http头Accept须接受application/json",
        ));
    }
    let credentials = text(header::AUTHORIZATION)
        .and_then(|value| value.strip_prefix(SCHEME))
        .ok_or_else(|| refuse("Http头缺少Accept或Authorization"))?;
    let field = |name: &str| {
        credentials.split(',').find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.trim_matches('"'))
        })
    };
    let (Some(mch_id), Some(serial), Some(nonce), Some(timestamp), Some(signature)) = (
        field("mchid"),
        field("serial_no"),
        field("nonce_str"),
        field("timestamp"),
        field("signature"),
    ) else {
        return Err(refuse("Authorization格式错误"));
    };
    let now = OffsetDateTime::now_utc().unix_timestamp();
    if timestamp
        .parse::<i64>()
        .map_or(true, |at| at.abs_diff(now) > FRESH)
    {
        return Err(refuse(
            "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟",
        ));
    }
    let mut state = stage.lock();
    let merchant = &state.merchant;
    let Some(key) = merchant.key(serial).filter(|_| mch_id == merchant.mch_id) else {
        return Err(refuse("商户证书序列号有误"));
    };
    let head = format!("{method}\n{target}\n{timestamp}\n{nonce}\n");
    let message = [head.as_bytes(), body, b"\n"].concat();
    if !key.verifies(&message, signature) {
        return Err(refuse("签名错误，请检查后再试"));
    }
    if !state.nonces.insert(format!("{timestamp}{nonce}")) {
        state.repeated_nonces += 1;
    }
    Ok(())
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = serde_json::json!({ "code": self.code, "message": self.message });
        (status, axum::Json(body)).into_response()
    }
}
