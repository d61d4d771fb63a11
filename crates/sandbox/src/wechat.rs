//! WeChat Pay, interface v3, and an official account's OAuth and tickets: one merchant, buyers, payments and refunds.

mod calls;
mod cashier;
mod control;
mod keys;
mod merchant;
mod notices;
mod oauth;
mod orders;
mod refunds;
mod seal;
mod signature;
mod tickets;

use std::collections::HashSet;

use axum::{
    Json, Router,
    extract::{MatchedPath, Request},
    http::HeaderValue,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    clock::Moment,
    codes::Codes,
    faults::{Fault, Kind},
    gate::{Gated, gate},
    notices::Queue,
    random,
    world::{self, Platform},
};
use keys::{Identity, PLATFORM, PUBLIC_KEY};

pub use merchant::WechatMerchant;

pub(crate) type Shared = world::Shared<Wechat>;

/// Every call of the wallet as a fault can name it.
pub(crate) const ROUTES: &[&str] = &[
    "POST /v3/pay/transactions/jsapi",
    "POST /v3/pay/transactions/h5",
    "POST /v3/pay/transactions/native",
    "GET /v3/pay/transactions/out-trade-no/{out_trade_no}",
    "GET /v3/pay/transactions/id/{transaction_id}",
    "POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close",
    "POST /v3/refund/domestic/refunds",
    "GET /v3/refund/domestic/refunds/{out_refund_no}",
    "GET /v3/certificates",
    "GET /sns/oauth2/access_token",
    "POST /cgi-bin/stable_token",
    "GET /cgi-bin/ticket/getticket",
];

/// Everything the wallet knows.
pub(crate) struct Wechat {
    merchant: merchant::Merchant,
    /// The openid of who is logged in.
    buyer: String,
    /// Oldest first.
    orders: Vec<orders::Order>,
    refunds: Vec<refunds::Refund>,
    refunding: refunds::Refunding,
    codes: Codes<String>,
    tickets: tickets::Tickets,
    notices: Queue<notices::Notice>,
    nonces: HashSet<String>,
    repeated_nonces: u64,
    sign_with: SignWith,
    /// Which of the certificates is the newest.
    certificate: usize,
}

/// With what answers and notices are signed where the caller does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignWith {
    #[default]
    Certificate,
    PublicKey,
    /// Either, by turns: the time while a merchant changes over.
    Either,
}

/// Why a call was refused.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: u16,
    code: String,
    message: String,
}

impl Refusal {
    fn new(status: u16, code: &str, message: &str) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
        }
    }
}

impl Platform for Wechat {
    type Desk = WechatMerchant;

    fn seeded(options: &WechatMerchant) -> Self {
        Self {
            merchant: merchant::Merchant::new(options),
            buyer: "oSandboxBuyer000000000000001".into(),
            orders: Vec::new(),
            refunds: Vec::new(),
            refunding: refunds::Refunding::default(),
            codes: Codes::default(),
            tickets: tickets::Tickets::default(),
            notices: Queue::default(),
            nonces: HashSet::new(),
            repeated_nonces: 0,
            sign_with: SignWith::default(),
            certificate: 0,
        }
    }
}

impl Gated for Wechat {
    async fn fail(stage: Shared, fault: Fault, request: Request, next: Next) -> Response {
        if fault.kind != Kind::Business {
            let mut answer = next.run(request).await;
            spoil(&mut answer, fault.kind == Kind::BadSignature);
            return answer;
        }
        let path = request.extensions().get::<MatchedPath>();
        if path.is_some_and(|path| path.as_str().starts_with("/v3/")) {
            refuse(&stage, &fault).await
        } else {
            let code = fault.code.unwrap_or(-1);
            let words = fault.message.as_deref().unwrap_or("system error");
            Json(json!({ "errcode": code, "errmsg": words })).into_response()
        }
    }
}

impl Wechat {
    fn is_mine(&self, mch_id: &str) -> Result<(), Refusal> {
        if mch_id == self.merchant.mch_id {
            Ok(())
        } else {
            Err(Refusal::new(403, "NO_AUTH", "商户号与签名不一致"))
        }
    }

    /// The newest certificate's key.
    fn newest(&self) -> &'static Identity {
        &PLATFORM[self.certificate]
    }

    /// Who signs: the public key where the caller names it, else as is set.
    fn signer(&self, wanted: Option<&HeaderValue>) -> &'static Identity {
        let by_public_key = match self.sign_with {
            _ if wanted.is_some_and(|id| id.as_bytes() == PUBLIC_KEY.id.as_bytes()) => true,
            SignWith::Certificate => false,
            SignWith::PublicKey => true,
            SignWith::Either => random::digits(1).as_str() < "5",
        };
        if by_public_key {
            &PUBLIC_KEY
        } else {
            self.newest()
        }
    }

    /// The list of certificates, each sealed.
    fn certificates(&self) -> Vec<Value> {
        let upto = self.certificate + 1;
        PLATFORM[..upto]
            .iter()
            .map(|identity| {
                let key = &self.merchant.api_v3_key;
                json!({
                    "serial_no": identity.id,
                    "effective_time": "2024-01-01T08:00:00+08:00",
                    "expire_time": "2099-01-01T08:00:00+08:00",
                    "encrypt_certificate":
                        seal::seal(key, "certificate", identity.certificate.as_bytes()),
                })
            })
            .collect()
    }
}

/// The interface, OAuth, the pages of the wallet and the control of all this.
pub(crate) fn routes(stage: Shared) -> Router {
    let signed = Router::new()
        .route("/v3/pay/transactions/jsapi", post(calls::jsapi))
        .route("/v3/pay/transactions/h5", post(calls::h5))
        .route("/v3/pay/transactions/native", post(calls::native))
        .route(
            "/v3/pay/transactions/out-trade-no/{out_trade_no}",
            get(calls::by_number),
        )
        .route(
            "/v3/pay/transactions/id/{transaction_id}",
            get(calls::by_transaction),
        )
        .route(
            "/v3/pay/transactions/out-trade-no/{out_trade_no}/close",
            post(calls::close),
        )
        .route("/v3/refund/domestic/refunds", post(refunds::create))
        .route(
            "/v3/refund/domestic/refunds/{out_refund_no}",
            get(refunds::show),
        )
        .route("/v3/certificates", get(calls::certificates))
        .route_layer(from_fn_with_state(stage.clone(), signature::layer));
    signed
        .route("/sns/oauth2/access_token", get(oauth::exchange))
        .route("/cgi-bin/stable_token", post(tickets::stable_token))
        .route("/cgi-bin/ticket/getticket", get(tickets::ticket))
        .route_layer(from_fn_with_state(stage.clone(), gate::<Wechat>))
        .route("/connect/oauth2/authorize", get(oauth::authorize))
        .merge(cashier::routes())
        .merge(control::routes())
        .with_state(stage)
}

/// A refusal that is wished for, signed like any other.
async fn refuse(stage: &Shared, fault: &Fault) -> Response {
    let identity = stage.lock().newest();
    let status = fault.code.and_then(|code| u16::try_from(code).ok());
    let code = fault.message.as_deref().unwrap_or("PARAM_ERROR");
    let refusal = Refusal::new(status.unwrap_or(400), code, "沙箱按要求拒绝").into_response();
    signature::signed(refusal, identity).await
}

/// Takes the signature off an answer, or makes it wrong.
fn spoil(answer: &mut Response, is_signed: bool) {
    let headers = answer.headers_mut();
    if !is_signed {
        for name in ["timestamp", "nonce", "serial", "signature"] {
            headers.remove(format!("wechatpay-{name}"));
        }
        return;
    }
    let another = keys::MERCHANT.sign(Moment::now().digits().as_bytes());
    let another = HeaderValue::from_str(&another).expect("it fits a header");
    headers.insert("wechatpay-signature", another);
}
