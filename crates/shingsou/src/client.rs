//! One call: its permission, its headers, its limits, and the one retry that a refused token allows.

use std::sync::Arc;

use reqwest::{
    Method, Request, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use url::Url;

use crate::{
    Config, ConfigError, Error,
    answer::{Answer, Page},
    fitting::{Fittings, Names},
    http,
    operations::Operation,
    token::{Token, Tokens},
};

const SUBSCRIPTION_KEY: &str = "Ocp-Apim-Subscription-Key";

/// Larger than two thousand packages; nothing that is asked for has more.
const LARGEST_ANSWER: usize = 2 * 1024 * 1024;

/// Rows on a page. The platform allows 2000.
const TAKE: usize = 200;

/// Pages that [`Client::pages`] follows.
const MOST_PAGES: usize = 20;

/// Calls the open interfaces under one application. Share it: a token is fetched once for all who call.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    api_version: Option<String>,
    subscription_key: HeaderValue,
    tokens: Tokens,
    fittings: Fittings,
    listener: Option<Arc<dyn Listener>>,
}

/// Hears what the platform's answers tell of its load, for whoever wants to ask it less.
pub trait Listener: Send + Sync {
    /// An answer came with this status and these headers.
    fn answered(&self, status: StatusCode, headers: &HeaderMap);
}

/// What is sent with a call.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// Nothing.
    None,
    /// A JSON object, as it is.
    Json(&'a RawValue),
    /// A certificate with its key, as `application/x-pkcs12` (`wechatpay-uploadcert`).
    Pkcs12(&'a [u8]),
}

impl Client {
    /// Prepares to call; nothing is sent yet.
    ///
    /// # Errors
    /// A base address cannot carry a path, a key holds characters that a header cannot, or a name among the operations is
    /// not an operation's.
    pub fn new(config: Config) -> Result<Client, ConfigError> {
        let http = http::client(&config.api_base, config.timeout)?;
        let mut subscription_key = HeaderValue::from_str(&config.subscription_key)
            .map_err(|_| ConfigError::of("subscription_key", "it does not fit a header"))?;
        subscription_key.set_sensitive(true);
        http::below(&config.api_base, "")
            .ok_or_else(|| ConfigError::of("api_base", "this address cannot have a path"))?;
        Ok(Client {
            tokens: Tokens::new(http.clone(), &config)?,
            fittings: Fittings::new(&config.operations)?,
            http,
            base: config.api_base,
            api_version: config.api_version,
            subscription_key,
            listener: None,
        })
    }

    /// Lets somebody hear how the platform answers.
    #[must_use]
    pub fn heard_by(self, listener: Arc<dyn Listener>) -> Client {
        Client {
            listener: Some(listener),
            ..self
        }
    }

    /// What [`Client::call`] would send: the verb, the address with its query, and the body.
    ///
    /// # Errors
    /// The base address or what is to be sent cannot be used.
    pub fn prepare(
        &self,
        operation: &Operation,
        query: &[(&str, &str)],
        body: Body<'_>,
    ) -> Result<Request, Error> {
        let fitting = self.fittings.of(operation);
        let query: Vec<(String, &str)> = query
            .iter()
            .map(|(name, value)| (fitting.names().of_query(name), *value))
            .collect();
        let (verb, address) = (fitting.verb(operation), fitting.address(operation));
        let fitted = match body {
            Body::Json(json) => fitting.names().outward(json)?,
            _ => None,
        };
        let body = match (&fitted, body) {
            (Some(fitted), _) => Body::Json(fitted),
            (None, body) => body,
        };
        self.request(verb, address, &query, body)
    }

    /// How an operation is asked, by the configuration where that puts it right.
    #[must_use]
    pub fn verb(&self, operation: &Operation) -> Method {
        self.fittings.of(operation).verb(operation)
    }

    /// Calls an operation. What has an effect is sent once, except where the platform turned it away at the door.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] before anything is sent, where the token was not granted what the operation asks for; else
    /// see [`Error`].
    pub async fn call(
        &self,
        operation: &Operation,
        query: &[(&str, &str)],
        body: Body<'_>,
    ) -> Result<Answer, Error> {
        let request = self.prepare(operation, query, body)?;
        let token = self.tokens.get(None).await?;
        token
            .granted()
            .check(operation)
            .map_err(Error::NotPermitted)?;
        let bytes = self.send(request, token).await?;
        let names = self.fittings.of(operation).names();
        Ok(Answer::new(bytes, names.clone()))
    }

    /// Reads an operation's list page by page, up to a bound.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn pages(
        &self,
        operation: &Operation,
        query: &[(&str, &str)],
    ) -> Result<Page, Error> {
        let take = TAKE.to_string();
        let mut all = Page::default();
        for _ in 0..MOST_PAGES {
            let skip = all.rows.len().to_string();
            let paging = [("skip", skip.as_str()), ("take", take.as_str())];
            let answer = self
                .call(operation, &[query, &paging].concat(), Body::None)
                .await?;
            let page = answer.page()?;
            let ended = page.rows.is_empty();
            all.total = page.total;
            all.rows.extend(page.rows);
            if ended || all.rows.len() >= all.total {
                return Ok(all);
            }
        }
        let (operation, rows, total) = (operation.name, all.rows.len(), all.total);
        tracing::warn!(operation, rows, total, "a list is cut short");
        Ok(all)
    }

    /// Asks at an address that no document names. No permission is known for it.
    pub(crate) async fn call_at(
        &self,
        verb: Method,
        address: &str,
        query: &[(&str, &str)],
        body: Body<'_>,
    ) -> Result<Answer, Error> {
        let request = self.request(verb, address, query, body)?;
        let token = self.tokens.get(None).await?;
        Ok(Answer::new(
            self.send(request, token).await?,
            Names::default(),
        ))
    }

    fn request(
        &self,
        verb: Method,
        address: &str,
        query: &[(impl Serialize, &str)],
        body: Body<'_>,
    ) -> Result<Request, Error> {
        let url = http::below(&self.base, address)
            .ok_or_else(|| Error::Unreachable("its address is wrong".into()))?;
        let mut request = self
            .http
            .request(verb, url)
            .header(SUBSCRIPTION_KEY, self.subscription_key.clone());
        if let Some(version) = &self.api_version {
            request = request.query(&[("api-version", version)]);
        }
        if !query.is_empty() {
            request = request.query(query);
        }
        let request = match body {
            Body::None => request,
            Body::Json(json) => request.json(json),
            Body::Pkcs12(file) => request
                .header(CONTENT_TYPE, "application/x-pkcs12")
                .body(file.to_owned()),
        };
        request.build().map_err(Error::of_transport)
    }

    async fn send(&self, request: Request, token: Token) -> Result<Vec<u8>, Error> {
        let mut response = self.attempt(&request, &token).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let token = self.tokens.get(Some(&token)).await?;
            response = self.attempt(&request, &token).await?;
        }
        if let Some(listener) = &self.listener {
            listener.answered(response.status(), response.headers());
        }
        accept(response.status())?;
        http::body(response, LARGEST_ANSWER).await
    }

    async fn attempt(&self, request: &Request, token: &Token) -> Result<Response, Error> {
        let once = || {
            // Bodies are in memory, so that a request can always be copied.
            let mut copy = request
                .try_clone()
                .ok_or_else(|| Error::Unreachable("the request could not be copied".into()))?;
            copy.headers_mut().insert(AUTHORIZATION, token.header());
            Ok(self.http.execute(copy))
        };
        match once()?.await {
            Err(error) if error.is_connect() && request.method() == Method::GET => once()?.await,
            result => result,
        }
        .map_err(Error::of_transport)
    }
}

/// What is sent, as JSON.
pub(crate) fn json(sent: &impl Serialize) -> Result<Box<RawValue>, Error> {
    to_raw_value(sent).map_err(|_| Error::Unreachable("what is to be sent is no JSON".into()))
}

/// Whether a status comes with an answer, and if not, whether the call may have had an effect.
fn accept(status: StatusCode) -> Result<(), Error> {
    let words = format!("HTTP {}", status.as_u16());
    match status {
        status if status.is_success() => Ok(()),
        // Given by the gateway in front, before the service behind it hears of the call: keys, quota, address.
        StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::NOT_FOUND
        | StatusCode::TOO_MANY_REQUESTS => Err(Error::Unreachable(words)),
        _ => Err(Error::Unknown(words)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_tells_whether_there_may_be_an_effect() {
        let check = |status: u16, expected: &str| {
            let status = StatusCode::from_u16(status).expect("a status");
            let kind = match accept(status) {
                Ok(()) => "answer",
                Err(Error::Unreachable(_)) => "none",
                Err(_) => "perhaps",
            };
            assert_eq!(kind, expected, "{status}");
        };
        check(200, "answer");
        check(302, "perhaps");
        check(400, "perhaps");
        check(401, "none");
        check(403, "none");
        check(404, "none");
        check(429, "none");
        check(500, "perhaps");
        check(502, "perhaps");
        check(504, "perhaps");
    }
}
