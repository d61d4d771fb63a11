//! One call to WeChat Pay: signed each time it is sent, and believed only when the answer is signed.

use std::{sync::Arc, time::SystemTime};

use reqwest::{
    Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, USER_AGENT},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use url::{Position, Url};

use crate::{
    Doubt, Error, Refusal, certificates,
    error::TOO_OFTEN,
    http,
    keyring::{Keyring, Turn, may_be_fetched},
    seal::Seal,
    sign::Signer,
    time,
    verify::Stamp,
};

/// Hears what WeChat Pay's answers tell of its load, for whoever wants to ask it less.
pub trait Listener: Send + Sync {
    /// An answer came with this status and these headers, whatever it says and whether or not it is believed.
    fn answered(&self, status: StatusCode, headers: &HeaderMap);

    /// WeChat Pay said, under its signature, that it is called too often.
    fn too_often(&self);
}

/// Calls the interface of one merchant.
pub(crate) struct Caller {
    pub(crate) base: Url,
    pub(crate) user_agent: String,
    pub(crate) signer: Signer,
    pub(crate) keys: Keyring,
    pub(crate) seal: Seal,
    pub(crate) http: reqwest::Client,
}

/// An answer that WeChat Pay signed.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

/// What WeChat Pay says when it refuses.
#[derive(Debug, Deserialize)]
struct Words {
    /// One word in capitals.
    code: String,
    #[serde(default)]
    message: String,
}

impl Caller {
    /// Sends a request and gives back its answer, once that is verified.
    ///
    /// The target is a path with its query. A request that surely was not sent is sent once again, under a signature of
    /// its own.
    pub(crate) async fn call(
        &self,
        listener: Option<&Arc<dyn Listener>>,
        method: Method,
        target: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Error> {
        let (status, headers, body) = match self.send(&method, target, body).await {
            Err(Error::Unreachable(_)) => self.send(&method, target, body).await,
            sent => sent,
        }?;
        if let Some(listener) = listener {
            listener.answered(status, &headers);
        }
        match self.verify(&headers, &body).await {
            Ok(()) => {
                let answer = Answer { status, body };
                if let Some(listener) = listener.filter(|_| answer.is_too_often()) {
                    listener.too_often();
                }
                Ok(answer)
            }
            // Neither a payment nor its absence is believed to whoever does not sign.
            Err(doubt) => {
                tracing::error!(
                    target,
                    status = status.as_u16(),
                    %doubt,
                    "an answer of WeChat Pay is not believed"
                );
                let status = status.as_u16();
                Err(Error::unknown(format!(
                    "HTTP {status}, not believed: {doubt}"
                )))
            }
        }
    }

    async fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Doubt> {
        let stamp = Stamp::of(headers)?;
        stamp.is_plausible(time::seconds(SystemTime::now()))?;
        if self.keys.find(stamp.serial).is_none()
            && may_be_fetched(stamp.serial)
            && let Some(turn) = self.keys.turn().await
        {
            self.fetch_certificates(turn).await;
        }
        let key = self.keys.find(stamp.serial).ok_or(Doubt::UnknownKey)?;
        stamp.is_by(&key, body)
    }

    /// Fetches the certificates that WeChat Pay signs with. A failure leaves everything as it was.
    pub(crate) async fn fetch_certificates(&self, turn: Turn) {
        let fetched = async {
            let (status, headers, body) = self
                .send(&Method::GET, certificates::TARGET, None)
                .await
                .map_err(|error| error.to_string())?;
            if status != StatusCode::OK {
                return Err(format!("HTTP {}", status.as_u16()));
            }
            let now = SystemTime::now();
            certificates::read(&headers, &body, &self.seal, &self.keys, now)
        };
        match fetched.await {
            Ok(keys) => {
                tracing::info!(
                    certificates = keys.len(),
                    "WeChat Pay's certificates are fetched"
                );
                self.keys.replace_fetched(keys);
            }
            Err(cause) => tracing::error!(cause, "WeChat Pay's certificates cannot be fetched"),
        }
        turn.done();
    }

    async fn send(
        &self,
        method: &Method,
        target: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), Error> {
        let address = format!("{}{target}", self.base.as_str().trim_end_matches('/'));
        let address = Url::parse(&address)
            .map_err(|_| Error::Unreachable("its address is wrong".to_owned()))?;
        let bytes = body.map(Value::to_string).unwrap_or_default();
        let authorization = self.signer.authorization(
            method.as_str(),
            &address[Position::BeforePath..Position::AfterQuery],
            bytes.as_bytes(),
        );
        let mut request = self
            .http
            .request(method.clone(), address)
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, &self.user_agent);
        if let Some(id) = self.keys.public_key_id() {
            request = request.header("Wechatpay-Serial", id);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json").body(bytes);
        }
        let response = request.send().await.map_err(http::of_transport)?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok((status, headers, http::body(response).await?))
    }
}

impl Answer {
    /// The value of a good answer, or why there is none.
    pub(crate) fn value<T: DeserializeOwned>(&self) -> Result<T, Error> {
        match self.status {
            StatusCode::OK => serde_json::from_slice(&self.body)
                .map_err(|_| Error::unknown("its answer has another form")),
            _ => Err(self.no_value()),
        }
    }

    /// Whether it was turned away by a word that says too often, whatever the status.
    fn is_too_often(&self) -> bool {
        self.code()
            .is_some_and(|code| TOO_OFTEN.contains(&code.as_str()))
    }

    /// Whether it was done, where nothing is told.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.status, StatusCode::OK | StatusCode::NO_CONTENT)
    }

    /// Its code, where it refused.
    pub(crate) fn code(&self) -> Option<String> {
        let refused = self.status.is_client_error() || self.status.is_server_error();
        let words: Words = serde_json::from_slice(&self.body).ok()?;
        refused.then_some(words.code)
    }

    /// What a refusal means for the call.
    pub(crate) fn no_value(&self) -> Error {
        let status = self.status.as_u16();
        let Ok(Words { code, message }) = serde_json::from_slice(&self.body) else {
            return Error::unknown(format!("HTTP {status} without a code"));
        };
        let refusal = Refusal { code, message };
        match (status, refusal.code.as_str()) {
            // It was turned away before anything was done.
            (429, _) => Error::Unreachable(refusal.to_string()),
            (_, code) if TOO_OFTEN.contains(&code) => Error::Unreachable(refusal.to_string()),
            // Paid meanwhile: the question how it stands is still open.
            (_, "ORDERPAID" | "ORDER_PAID") => Error::unknown(refusal),
            (400..=499, _) => Error::Refused(refusal),
            _ => Error::unknown(format!("HTTP {status} {refusal}")),
        }
    }
}
