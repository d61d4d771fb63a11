//! One call to Alipay's gateway, and whether its answer can be believed.

use std::{fmt, sync::Arc};

use reqwest::{StatusCode, header::HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::{
    Config, ConfigError, Error, Keys, Notice, NoticeError, Refusal, buyer,
    certificates::Certificates,
    http,
    keys::{PrivateKey, PublicKey},
    node, notice,
    request::{Request, Signed},
};

/// The code of a call that succeeded.
const SUCCESS: &str = "10000";

/// It was turned away before anything was done: 调用频次超限.
const TOO_OFTEN: &str = "40005";

/// An account at Alipay: makes its requests, and believes what Alipay signed.
///
/// Each call is sent once, over HTTPS, within [`Config::timeout`]; it follows no redirect and reads no answer of more
/// than 256 KiB. Calls can be made at the same time.
pub struct Client {
    pub(crate) app_id: String,
    pub(crate) seller_id: String,
    pub(crate) gateway: Url,
    pub(crate) authorise_url: Option<Url>,
    pub(crate) trust: Trust,
    key: PrivateKey,
    http: reqwest::Client,
    listener: Option<Arc<dyn Listener>>,
}

/// Hears what Alipay's answers tell of its load, for whoever wants to ask it less.
pub trait Listener: Send + Sync {
    /// An answer came with this status and these headers, whatever it says and whether or not it is believed.
    fn answered(&self, status: StatusCode, headers: &HeaderMap);

    /// Alipay said, under its signature, that it is called too often (code 40005).
    fn too_often(&self);
}

/// By what Alipay's signatures are verified.
pub(crate) enum Trust {
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
pub(crate) enum Reply<T> {
    /// The call succeeded.
    Success(T),
    /// Alipay refused, and did nothing.
    Refused(Refusal),
}

impl Client {
    /// Reads and checks the keys.
    ///
    /// # Errors
    /// Names the value that is wrong, and why; never shows it.
    pub fn new(config: Config) -> Result<Client, ConfigError> {
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if config.app_id.is_empty() || !is_digits(&config.app_id) {
            return Err(ConfigError::of("app_id", "it is digits only"));
        }
        let seller = &config.seller_id;
        if !(seller.len() == 16 && seller.starts_with("2088") && is_digits(seller)) {
            let why = "it is 16 digits that begin with 2088";
            return Err(ConfigError::of("seller_id", why));
        }
        http::check_server("gateway_url", &config.gateway_url)?;
        let key = PrivateKey::parse(&config.private_key)
            .map_err(|why| ConfigError::of("private_key", why))?;
        let trust = Trust::read(&config.keys, &key)?;
        if let Some(url) = &config.authorise_url {
            http::check_page("authorise_url", url)?;
        }
        Ok(Client {
            http: http::client(&config.gateway_url, config.timeout)?,
            app_id: config.app_id,
            seller_id: config.seller_id,
            gateway: config.gateway_url,
            authorise_url: config.authorise_url,
            trust,
            key,
            listener: None,
        })
    }

    /// Lets somebody hear how Alipay answers.
    #[must_use]
    pub fn heard_by(self, listener: Arc<dyn Listener>) -> Client {
        Client {
            listener: Some(listener),
            ..self
        }
    }

    /// Reads a notice as far as it is verified and the account's: the body of a request to `notify_url`, byte by byte as
    /// it came. `success`, and nothing else, has to be answered to one that was taken in; else Alipay sends it again.
    ///
    /// The algorithm is RSA2, whatever the message says of itself: its `sign_type` is not part of what is signed.
    ///
    /// # Errors
    /// It is not believed, or it is another account's.
    pub fn read_notice(&self, body: &[u8]) -> Result<Notice, NoticeError> {
        notice::read(body, &self.app_id, &self.seller_id, &self.trust)
    }

    pub(crate) fn sign(&self, request: &Request<'_>) -> Signed {
        request.sign(&self.app_id, &self.key, self.trust.certificates())
    }

    /// Calls a method that has parameters of its own and nothing else.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        method: &'static str,
        content: Value,
    ) -> Result<Reply<T>, Error> {
        let request = Request {
            method,
            content,
            ..Request::default()
        };
        self.call(&request).await
    }

    /// Calls, and believes only what is signed.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        request: &Request<'_>,
    ) -> Result<Reply<T>, Error> {
        let signed = self.sign(request);
        let (url, own) = signed.parts(&self.gateway);
        let sent = self.http.post(url).form(&own).send().await;
        let response = sent.map_err(http::of_transport)?;
        if let Some(listener) = &self.listener {
            listener.answered(response.status(), response.headers());
        }
        if !response.status().is_success() {
            let status = response.status().as_u16();
            return Err(Error::unknown(format!("HTTP {status}")));
        }
        let body = http::body(response).await?;
        match read(&body, request.method, &self.trust)? {
            Reply::Refused(refusal) if refusal.code == TOO_OFTEN => {
                if let Some(listener) = &self.listener {
                    listener.too_often();
                }
                Err(Error::Unreachable(refusal.to_string()))
            }
            reply => Ok(reply),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client")
            .field("app_id", &self.app_id)
            .field("seller_id", &self.seller_id)
            .finish_non_exhaustive()
    }
}

impl Trust {
    fn read(keys: &Keys, own: &PrivateKey) -> Result<Trust, ConfigError> {
        match keys {
            Keys::PublicKey {
                alipay_public_key,
                alipay_public_key_before,
            } => {
                let read = |name: &str, text: &String| {
                    let public =
                        PublicKey::parse(text).map_err(|why| ConfigError::of(name, why))?;
                    // The app's public key stands beside Alipay's in the console, and is mistaken for it.
                    if public.verifies(b"-", own.sign(b"-").as_bytes()) {
                        let why = "this is the app's own public key, not Alipay's";
                        return Err(ConfigError::of(name, why));
                    }
                    Ok(public)
                };
                Ok(Trust::Key {
                    now: read("alipay_public_key", alipay_public_key)?,
                    before: alipay_public_key_before
                        .as_ref()
                        .map(|text| read("alipay_public_key_before", text))
                        .transpose()?,
                })
            }
            Keys::Certificate {
                app_cert,
                alipay_cert,
                root_cert,
            } => {
                let read = Certificates::read(own, app_cert, alipay_cert, root_cert)?;
                Ok(Trust::Certificates(Box::new(read)))
            }
        }
    }

    /// Whether a signature in base64 is Alipay's over the message.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
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
    pub(crate) fn certificates(&self) -> Option<&Certificates> {
        match self {
            Trust::Key { .. } => None,
            Trust::Certificates(certificates) => Some(certificates),
        }
    }
}

/// Reads an answer.
///
/// One without a signature is no verdict, whatever it says: Alipay does not sign every error, and neither
/// does whoever stands in between.
pub(crate) fn read<T: DeserializeOwned>(
    body: &[u8],
    method: &str,
    trust: &Trust,
) -> Result<Reply<T>, Error> {
    let answer = node::Answer::read(body).map_err(Error::unknown)?;
    let envelope = answer.open(method).map_err(Error::unknown)?;
    let text = envelope.node;
    let head: Result<Refusal, _> = serde_json::from_str(text);
    let Some(sign) = envelope.sign else {
        let said = head.map_or_else(
            |_| "nothing that can be read".to_owned(),
            |head| head.to_string(),
        );
        return Err(Error::unknown(format!(
            "an answer without a signature says {said}"
        )));
    };
    if let Some(certificates) = trust.certificates()
        && envelope.alipay_cert_sn.as_deref() != Some(&certificates.alipay_sn)
    {
        return Err(Error::unknown(
            "the answer is signed under another certificate than the configured one",
        ));
    }
    if !trust.verifies(envelope.signed, sign.as_bytes()) {
        return Err(Error::unknown("the answer's signature is wrong"));
    }
    let unreadable = || Error::unknown("the answer cannot be read");
    let head = head.map_err(|_| unreadable())?;
    // The answer with a buyer's id has no code of its own.
    let is_success = head.code == SUCCESS || method == buyer::METHOD && head.code.is_empty();
    if is_success {
        serde_json::from_str(text)
            .map(Reply::Success)
            .map_err(|_| unreadable())
    } else if head.is_undecided() {
        Err(Error::unknown(head))
    } else {
        Ok(Reply::Refused(head))
    }
}
