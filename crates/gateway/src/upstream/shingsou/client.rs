//! One call: its headers, its limits, and the one retry that a refused token allows.

use std::time::Duration;

use anyhow::{Context, anyhow};
use reqwest::{
    Method, Request, RequestBuilder, Response, StatusCode,
    header::{AUTHORIZATION, HeaderValue},
    redirect,
};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use super::{
    UpstreamError,
    envelope::{self, Page},
    token::{Token, Tokens},
};
use crate::{address::is_this_machine, config, payments::pace::Pace};

const SUBSCRIPTION_KEY: &str = "Ocp-Apim-Subscription-Key";
const CONNECT: Duration = Duration::from_secs(3);

/// Larger than two thousand packages; nothing that is asked for has more.
const LARGEST_ANSWER: usize = 2 * 1024 * 1024;

/// Rows on a page. The platform allows 2000.
const TAKE: usize = 200;

/// Pages that are followed.
const MOST_PAGES: usize = 20;

/// Calls the open interfaces.
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    api_version: Option<String>,
    subscription_key: HeaderValue,
    tokens: Tokens,
    pace: Pace,
}

impl Client {
    pub(super) fn new(config: &config::Shingsou) -> anyhow::Result<Client> {
        let mut http = reqwest::Client::builder()
            // Headers with secrets must not follow a redirect, and no operation answers with one.
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(Duration::from_millis(config.timeout_ms));
        if is_this_machine(&config.api_base) {
            http = http.no_proxy();
        }
        let http = http.build().context("the HTTP client cannot be built")?;
        let mut subscription_key = HeaderValue::from_str(config.subscription_key.expose())
            .map_err(|_| anyhow!("shingsou.subscription_key does not fit a header"))?;
        subscription_key.set_sensitive(true);
        address(&config.api_base, "").context("shingsou.api_base")?;
        Ok(Client {
            tokens: Tokens::new(http.clone(), config).context("shingsou.identity_base")?,
            http,
            base: config.api_base.clone(),
            api_version: config.api_version.clone(),
            subscription_key,
            pace: Pace::default(),
        })
    }

    pub(super) fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Reads one value.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        operation: &str,
        query: &[(&str, &str)],
    ) -> Result<T, UpstreamError> {
        envelope::object(
            &self
                .call(self.request(Method::GET, operation)?.query(query))
                .await?,
        )
    }

    /// Reads one page.
    pub(super) async fn page(
        &self,
        operation: &str,
        query: &[(&str, &str)],
    ) -> Result<Page, UpstreamError> {
        envelope::page(
            &self
                .call(self.request(Method::GET, operation)?.query(query))
                .await?,
        )
    }

    /// Reads all pages of a list, up to a bound.
    pub(super) async fn pages(
        &self,
        operation: &str,
        query: &[(&str, &str)],
    ) -> Result<Page, UpstreamError> {
        let take = TAKE.to_string();
        let mut all = Page {
            total: 0,
            rows: Vec::new(),
        };
        for _ in 0..MOST_PAGES {
            let skip = all.rows.len().to_string();
            let paging = [("skip", skip.as_str()), ("take", take.as_str())];
            let page = self.page(operation, &[query, &paging].concat()).await?;
            let ended = page.rows.is_empty();
            all.total = page.total;
            all.rows.extend(page.rows);
            if ended || all.rows.len() >= all.total {
                return Ok(all);
            }
        }
        tracing::warn!(
            operation,
            rows = all.rows.len(),
            total = all.total,
            "a list is cut short"
        );
        Ok(all)
    }

    /// Sends something that has an effect. It is never sent twice, except when the platform turned it away at the door.
    pub(super) async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        operation: &str,
        body: &B,
    ) -> Result<T, UpstreamError> {
        envelope::object(
            &self
                .call(self.request(Method::POST, operation)?.json(body))
                .await?,
        )
    }

    fn request(&self, method: Method, operation: &str) -> Result<RequestBuilder, UpstreamError> {
        let url = address(&self.base, operation)
            .map_err(|_| UpstreamError::Unreachable("its address is wrong".into()))?;
        let request = self
            .http
            .request(method, url)
            .header(SUBSCRIPTION_KEY, self.subscription_key.clone());
        Ok(match &self.api_version {
            Some(version) => request.query(&[("api-version", version)]),
            None => request,
        })
    }

    async fn call(&self, request: RequestBuilder) -> Result<Vec<u8>, UpstreamError> {
        let request = request.build().map_err(UpstreamError::of_transport)?;
        let token = self.tokens.get(None).await?;
        let mut response = self.send(&request, &token).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let token = self.tokens.get(Some(&token)).await?;
            response = self.send(&request, &token).await?;
        }
        self.pace.heard(response.status(), response.headers());
        accept(response.status())?;
        body(response, LARGEST_ANSWER).await
    }

    async fn send(&self, request: &Request, token: &Token) -> Result<Response, UpstreamError> {
        let once = || {
            // Bodies are in memory, so that a request can always be copied.
            let mut copy = request.try_clone().ok_or_else(|| {
                UpstreamError::Unreachable("the request could not be copied".into())
            })?;
            copy.headers_mut().insert(AUTHORIZATION, token.header());
            Ok(self.http.execute(copy))
        };
        match once()?.await {
            Err(error) if error.is_connect() && request.method() == Method::GET => once()?.await,
            result => result,
        }
        .map_err(UpstreamError::of_transport)
    }
}

/// An operation's address below a base, which may have a path of its own.
pub(super) fn address(base: &Url, operation: &str) -> anyhow::Result<Url> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| anyhow!("this address cannot have a path"))?
        .pop_if_empty()
        .extend(operation.split('/').filter(|part| !part.is_empty()));
    Ok(url)
}

/// Reads a body, but not a huge one.
pub(super) async fn body(mut response: Response, largest: usize) -> Result<Vec<u8>, UpstreamError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(UpstreamError::of_transport)?
    {
        if body.len() + chunk.len() > largest {
            return Err(envelope::garbage("the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Whether a status comes with an answer, and if not, whether the call may have had an effect.
fn accept(status: StatusCode) -> Result<(), UpstreamError> {
    let words = format!("HTTP {}", status.as_u16());
    match status {
        status if status.is_success() => Ok(()),
        // Given by the gateway in front, before the service behind it hears of the call: keys, quota, address.
        StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::NOT_FOUND
        | StatusCode::TOO_MANY_REQUESTS => Err(UpstreamError::Unreachable(words)),
        _ => Err(UpstreamError::Unknown(words)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_may_have_a_path() {
        let check = |base: &str, expected: &str| {
            let base = Url::parse(base).expect("an address");
            let url = address(&base, "payment/Product").map(String::from).ok();
            assert_eq!(url.as_deref(), Some(expected));
        };
        check("https://api.example", "https://api.example/payment/Product");
        check(
            "https://api.example/",
            "https://api.example/payment/Product",
        );
        check(
            "https://api.example/iot",
            "https://api.example/iot/payment/Product",
        );
        check(
            "https://api.example/iot/",
            "https://api.example/iot/payment/Product",
        );
        assert!(address(&Url::parse("data:x").expect("an address"), "a").is_err());
    }

    #[test]
    fn a_status_tells_whether_there_may_be_an_effect() {
        let check = |status: u16, expected: &str| {
            let status = StatusCode::from_u16(status).expect("a status");
            let kind = match accept(status) {
                Ok(()) => "answer",
                Err(UpstreamError::Unreachable(_)) => "none",
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
