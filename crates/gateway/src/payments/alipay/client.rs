//! One call to Alipay's gateway, and whether its answer can be believed.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use super::{
    certificates::Certificates,
    keys::{PrivateKey, PublicKey},
    node, oauth,
    request::{Request, Signed},
};
use crate::payments::{channel::ChannelError, pace::Pace, reach};

/// Far more than any answer about one trade.
const LARGEST_ANSWER: usize = 256 * 1024;

/// It was turned away before anything was done: 调用频次超限.
const TOO_OFTEN: &str = "40005";

/// Everything that a call needs.
pub(super) struct Client {
    pub(super) app_id: String,
    pub(super) gateway: Url,
    pub(super) key: PrivateKey,
    pub(super) trust: Trust,
    pub(super) pace: Pace,
    http: reqwest::Client,
}

/// By what Alipay's signatures are verified.
pub(super) enum Trust {
    /// The key that its console shows, and while they are changed over, the one that it showed before.
    Key {
        now: PublicKey,
        before: Option<PublicKey>,
    },
    /// The key in its certificate.
    Certificates(Box<Certificates>),
}

/// A verified answer.
#[derive(Debug)]
pub(super) enum Reply<T> {
    /// The call succeeded.
    Success(T),
    /// Alipay refused, and did nothing.
    Refused(Refused),
}

/// Alipay's code and the finer one below it, such as `40004` and `ACQ.TRADE_NOT_EXIST`.
#[derive(Debug, Deserialize)]
pub(super) struct Refused {
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    pub(super) sub_code: String,
}

impl Trust {
    /// Whether a signature in base64 is Alipay's over the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Trust::Key { now, before } => {
                now.verifies(message, signature)
                    || before
                        .as_ref()
                        .is_some_and(|before| before.verifies(message, signature))
            }
            Trust::Certificates(certificates) => {
                certificates.alipay_key.verifies(message, signature)
            }
        }
    }

    /// In certificate mode, the numbers that go with each request.
    pub(super) fn certificates(&self) -> Option<&Certificates> {
        match self {
            Trust::Key { .. } => None,
            Trust::Certificates(certificates) => Some(certificates),
        }
    }
}

impl Client {
    pub(super) fn new(
        app_id: String,
        gateway: Url,
        timeout: Duration,
        key: PrivateKey,
        trust: Trust,
    ) -> anyhow::Result<Client> {
        let http = reach::client(&gateway, timeout)?;
        Ok(Client {
            app_id,
            gateway,
            key,
            trust,
            pace: Pace::default(),
            http,
        })
    }

    pub(super) fn sign(&self, request: &Request<'_>) -> Signed {
        request.sign(&self.app_id, &self.key, self.trust.certificates())
    }

    /// Calls, and believes only what is signed.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        request: &Request<'_>,
    ) -> Result<Reply<T>, ChannelError> {
        let signed = self.sign(request);
        let (url, own) = signed.parts(&self.gateway);
        let response = self
            .http
            .post(url)
            .form(&own)
            .send()
            .await
            .map_err(of_transport)?;
        self.pace.heard(response.status(), response.headers());
        if !response.status().is_success() {
            return Err(unknown(format!("HTTP {}", response.status().as_u16())));
        }
        let body = body(response).await?;
        match read(&body, request.method, &self.trust)? {
            Reply::Refused(refused) if refused.code == TOO_OFTEN => {
                self.pace.busy(None);
                Err(ChannelError::Unreachable(refused.show()))
            }
            reply => Ok(reply),
        }
    }
}

/// Reads an answer.
///
/// One without a signature is no verdict, whatever it says: Alipay does not sign every error, and neither
/// does whoever stands in between.
pub(super) fn read<T: DeserializeOwned>(
    body: &[u8],
    method: &str,
    trust: &Trust,
) -> Result<Reply<T>, ChannelError> {
    let answer = node::Answer::read(body).map_err(unknown)?;
    let envelope = answer.open(method).map_err(unknown)?;
    let text = envelope.node;
    let head: Result<Refused, _> = serde_json::from_str(text);
    let Some(sign) = envelope.sign else {
        let said = head.map_or_else(
            |_| "nothing that can be read".to_owned(),
            |head| head.show(),
        );
        return Err(unknown(format!(
            "an answer without a signature says {said}"
        )));
    };
    if let Some(certificates) = trust.certificates()
        && envelope.alipay_cert_sn.as_deref() != Some(&certificates.alipay_sn)
    {
        return Err(unknown(
            "the answer is signed under another certificate than the configured one",
        ));
    }
    if !trust.verifies(envelope.signed, sign.as_bytes()) {
        return Err(unknown("the answer's signature is wrong"));
    }
    let head = head.map_err(|_| unknown("the answer cannot be read"))?;
    match head.code.as_str() {
        _ if head.is_success(method) => serde_json::from_str(text)
            .map(Reply::Success)
            .map_err(|_| unknown("the answer cannot be read")),
        _ if head.is_undecided() => Err(unknown(head.show())),
        _ => Ok(Reply::Refused(head)),
    }
}

impl Refused {
    /// The answer with a buyer's id has no code of its own.
    fn is_success(&self, method: &str) -> bool {
        self.code == "10000" || method == oauth::METHOD && self.code.is_empty()
    }

    /// Alipay's own trouble: it may have done what it was asked for.
    fn is_undecided(&self) -> bool {
        let ends = ["SYSTEM_ERROR", "UNKNOWN_ERROR", "unknow-error"];
        self.code == "20000"
            || !self.code.starts_with('4') && self.code != "20001"
            || self.sub_code.starts_with("isp.")
            || ends.iter().any(|end| self.sub_code.ends_with(end))
    }

    /// For an operator. Not everything that comes without a signature is Alipay's.
    pub(super) fn show(&self) -> String {
        let plain = |text: &str| -> String {
            text.chars()
                .filter(|char| char.is_ascii_alphanumeric() || "._-".contains(*char))
                .take(80)
                .collect()
        };
        format!("{} {}", plain(&self.code), plain(&self.sub_code))
    }
}

pub(super) fn unknown(cause: impl Into<String>) -> ChannelError {
    ChannelError::Unknown(cause.into())
}

async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, ChannelError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(of_transport)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(unknown("the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn of_transport(error: reqwest::Error) -> ChannelError {
    let nothing_was_sent = error.is_connect() || error.is_builder();
    let cause = error.without_url().to_string();
    if nothing_was_sent {
        ChannelError::Unreachable(cause)
    } else {
        unknown(cause)
    }
}
