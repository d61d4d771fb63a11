//! One call to WeChat Pay: signed each time it is sent, and believed only when the answer is signed.

use std::time::Duration;

use reqwest::{
    Method, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, USER_AGENT},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use url::{Position, Url};

use super::{
    certificates,
    keyring::{Keyring, Turn, may_be_fetched},
    seal::Seal,
    sign::Signer,
    verify::{Doubt, Stamp},
};
use crate::{
    clock::now,
    payments::{
        channel::{ChannelError, Refusal},
        pace::Pace,
        reach,
    },
};

/// Many times the largest answer, which is a list of certificates.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Codes of what was turned away since there were too many calls.
const TOO_OFTEN: [&str; 3] = [
    "FREQUENCY_LIMITED",
    "FREQUENCY_LIMIT_EXCEED",
    "RATELIMIT_EXCEEDED",
];

/// Calls the interface of one merchant.
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    signer: Signer,
    keys: Keyring,
    seal: Seal,
    pace: Pace,
}

/// An answer that WeChat Pay signed.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

/// What WeChat Pay says when it refuses.
#[derive(Debug, Deserialize)]
pub(super) struct Words {
    /// One word in capitals.
    pub(super) code: String,
    #[serde(default)]
    message: String,
}

impl Client {
    pub(super) fn new(
        base: Url,
        timeout: Duration,
        signer: Signer,
        keys: Keyring,
        seal: Seal,
    ) -> anyhow::Result<Client> {
        reach::check_server("api_base", &base)?;
        Ok(Client {
            http: reach::client(&base, timeout)?,
            base,
            signer,
            keys,
            seal,
            pace: Pace::default(),
        })
    }

    pub(super) fn signer(&self) -> &Signer {
        &self.signer
    }

    pub(super) fn keys(&self) -> &Keyring {
        &self.keys
    }

    pub(super) fn pace(&self) -> &Pace {
        &self.pace
    }

    pub(super) fn seal(&self) -> &Seal {
        &self.seal
    }

    /// Sends a request and gives back its answer, once that is verified.
    ///
    /// The target is a path with its query. A request that surely was not sent is sent once again, under a signature of
    /// its own.
    pub(super) async fn call(
        &self,
        method: Method,
        target: &str,
        body: Option<&Value>,
    ) -> Result<Answer, ChannelError> {
        let (status, headers, body) = match self.send(&method, target, body).await {
            Err(ChannelError::Unreachable(_)) => self.send(&method, target, body).await,
            sent => sent,
        }?;
        self.pace.heard(status, &headers);
        match self.verify(&headers, &body).await {
            Ok(()) => {
                let answer = Answer { status, body };
                if answer.is_too_often() {
                    self.pace.busy(None);
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
                Err(ChannelError::Unknown(format!(
                    "HTTP {}, not believed: {doubt}",
                    status.as_u16()
                )))
            }
        }
    }

    async fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Doubt> {
        let stamp = Stamp::of(headers)?;
        stamp.is_plausible(now().0.div_euclid(1000))?;
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
    pub(super) async fn fetch_certificates(&self, turn: Turn) {
        let fetched = async {
            let (status, headers, body) = self
                .send(&Method::GET, certificates::TARGET, None)
                .await
                .map_err(|error| error.to_string())?;
            if status != StatusCode::OK {
                return Err(format!("HTTP {}", status.as_u16()));
            }
            certificates::read(&headers, &body, &self.seal, &self.keys, now())
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
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), ChannelError> {
        let address = format!("{}{target}", self.base.as_str().trim_end_matches('/'));
        let address = Url::parse(&address)
            .map_err(|_| ChannelError::Unreachable("its address is wrong".to_owned()))?;
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
            .header(USER_AGENT, "storefront");
        if let Some(id) = self.keys.public_key_id() {
            request = request.header("Wechatpay-Serial", id);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json").body(bytes);
        }
        let response = request.send().await.map_err(of_transport)?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok((status, headers, read(response).await?))
    }
}

impl Answer {
    /// The value of a good answer, or why there is none.
    pub(super) fn value<T: DeserializeOwned>(&self) -> Result<T, ChannelError> {
        match self.status {
            StatusCode::OK => serde_json::from_slice(&self.body)
                .map_err(|_| ChannelError::Unknown("its answer has another form".to_owned())),
            _ => Err(self.no_value()),
        }
    }

    /// Whether it was turned away by a word that says too often, whatever the status.
    fn is_too_often(&self) -> bool {
        self.code()
            .is_some_and(|code| TOO_OFTEN.contains(&code.as_str()))
    }

    /// Whether it was done, where nothing is told.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.status, StatusCode::OK | StatusCode::NO_CONTENT)
    }

    /// Its code, where it refused.
    pub(super) fn code(&self) -> Option<String> {
        let refused = self.status.is_client_error() || self.status.is_server_error();
        let words: Words = serde_json::from_slice(&self.body).ok()?;
        refused.then_some(words.code)
    }

    /// What a refusal means for the call.
    pub(super) fn no_value(&self) -> ChannelError {
        let status = self.status.as_u16();
        let Ok(words) = serde_json::from_slice::<Words>(&self.body) else {
            return ChannelError::Unknown(format!("HTTP {status} without a code"));
        };
        let said: String = format!("{} {}", words.code, words.message)
            .chars()
            .filter(|char| !char.is_control())
            .take(200)
            .collect();
        match (status, words.code.as_str()) {
            // It was turned away before anything was done.
            (429, _) => ChannelError::Unreachable(said),
            (_, code) if TOO_OFTEN.contains(&code) => ChannelError::Unreachable(said),
            // Paid meanwhile: the question how it stands is still open.
            (_, "ORDERPAID" | "ORDER_PAID") => ChannelError::Unknown(said),
            (400..=499, _) => ChannelError::Refused(Refusal::Other, said),
            _ => ChannelError::Unknown(format!("HTTP {status} {said}")),
        }
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, ChannelError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|_| ChannelError::Unknown("its answer breaks off".to_owned()))?
    {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(ChannelError::Unknown("its answer is too large".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn of_transport(error: reqwest::Error) -> ChannelError {
    let is_connect = error.is_connect();
    let words = format!("{:#}", anyhow::Error::from(error.without_url()));
    if is_connect {
        ChannelError::Unreachable(words)
    } else {
        ChannelError::Unknown(words)
    }
}
