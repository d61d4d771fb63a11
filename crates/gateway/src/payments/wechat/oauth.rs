//! Who the buyer is: WeChat sends the browser back with a code, and the code is worth the buyer's openid once.
//!
//! This interface is the official account's, not WeChat Pay's: nothing is signed, and the account's secret stands in the
//! query. So no address of it may be shown, in a log or in an error. Source:
//! `developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html`.

use std::time::Duration;

use anyhow::bail;
use serde::Deserialize;
use url::Url;

use super::pages::PageSigner;
use crate::{
    config::Secret,
    payments::{
        channel::{ChannelError, Refusal},
        reach,
    },
};

/// Asks an official account for its visitors.
pub(super) struct OAuth {
    http: reqwest::Client,
    app_id: String,
    page: Url,
    exchange: Url,
    secret: Secret,
    pages: PageSigner,
}

/// Always HTTP 200; an error has an `errcode`.
#[derive(Deserialize)]
struct Answer {
    openid: Option<String>,
    errcode: Option<i64>,
}

impl OAuth {
    /// From the three values that stand together in the configuration.
    pub(super) fn new(
        app_id: &str,
        authorise_url: Option<Url>,
        oauth_base: Option<Url>,
        app_secret: Option<Secret>,
        timeout: Duration,
    ) -> anyhow::Result<Option<OAuth>> {
        let (page, base, secret) = match (authorise_url, oauth_base, app_secret) {
            (Some(page), Some(base), Some(secret)) => (page, base, secret),
            (None, None, None) => return Ok(None),
            (None, ..) => bail!("authorise_url is missing beside oauth_base or app_secret"),
            (_, None, _) => bail!("oauth_base is missing beside authorise_url"),
            (.., None) => bail!("app_secret is missing beside authorise_url"),
        };
        anyhow::ensure!(!secret.expose().is_empty(), "app_secret is empty");
        reach::check_page("authorise_url", &page)?;
        reach::check_server("oauth_base", &base)?;
        let mut exchange = base.clone();
        exchange.set_path(&format!(
            "{}/sns/oauth2/access_token",
            base.path().trim_end_matches('/')
        ));
        let http = reach::client(&exchange, timeout)?;
        Ok(Some(OAuth {
            pages: PageSigner::new(http.clone(), app_id, &base, secret.clone()),
            http,
            app_id: app_id.to_owned(),
            page,
            exchange,
            secret,
        }))
    }

    /// The page that asks nothing and tells the openid alone. WeChat compares the order of the parameters too.
    pub(super) fn page(&self, redirect_uri: &str, state: &str) -> String {
        let mut url = self.page.clone();
        url.query_pairs_mut()
            .append_pair("appid", &self.app_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("scope", "snsapi_base")
            .append_pair("state", state);
        url.set_fragment(Some("wechat_redirect"));
        url.into()
    }

    /// The same account signs pages.
    pub(super) fn pages(&self) -> &PageSigner {
        &self.pages
    }

    pub(super) async fn payer(&self, code: &str) -> Result<String, ChannelError> {
        let mut url = self.exchange.clone();
        url.query_pairs_mut()
            .append_pair("appid", &self.app_id)
            .append_pair("secret", self.secret.expose())
            .append_pair("code", code)
            .append_pair("grant_type", "authorization_code");
        let response = self.http.get(url).send().await.map_err(of_transport)?;
        if !response.status().is_success() {
            let status = response.status().as_u16();
            return Err(ChannelError::Unknown(format!("HTTP {status}")));
        }
        let body = response.bytes().await.map_err(of_transport)?;
        read(&body)
    }
}

fn read(body: &[u8]) -> Result<String, ChannelError> {
    let answer: Answer = serde_json::from_slice(body)
        .map_err(|_| ChannelError::Unknown("its answer has another form".to_owned()))?;
    match answer {
        // Too busy to look.
        Answer {
            errcode: Some(-1), ..
        } => Err(ChannelError::Unknown("errcode -1".to_owned())),
        Answer {
            errcode: Some(code),
            ..
        } if code != 0 => Err(ChannelError::Refused(
            Refusal::Other,
            format!("errcode {code}"),
        )),
        Answer {
            openid: Some(openid),
            ..
        } if is_openid(&openid) => Ok(openid),
        _ => Err(ChannelError::Unknown(
            "its answer names no buyer".to_owned(),
        )),
    }
}

fn is_openid(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

pub(super) fn of_transport(error: reqwest::Error) -> ChannelError {
    let is_connect = error.is_connect();
    let words = format!("{:#}", anyhow::Error::from(error.without_url()));
    if is_connect {
        ChannelError::Unreachable(words)
    } else {
        ChannelError::Unknown(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "hunter2hunter2";

    fn oauth(base: &str) -> OAuth {
        OAuth::new(
            "wx0001",
            Url::parse("https://open.example/connect/oauth2/authorize").ok(),
            Url::parse(base).ok(),
            Some(SECRET.into()),
            Duration::from_secs(2),
        )
        .expect("it is right")
        .expect("it is set up")
    }

    #[test]
    fn the_page_is_asked_in_the_order_that_wechat_compares() {
        assert_eq!(
            oauth("https://api.example/").page("https://shop.example/oauth/wechat/callback", "s1"),
            "https://open.example/connect/oauth2/authorize?appid=wx0001\
             &redirect_uri=https%3A%2F%2Fshop.example%2Foauth%2Fwechat%2Fcallback\
             &response_type=code&scope=snsapi_base&state=s1#wechat_redirect"
        );
    }

    #[test]
    fn an_answer_names_the_buyer_or_why_not() {
        let check = |body: &str, expected: Result<&str, &str>| {
            let found = read(body.as_bytes()).map_err(|error| error.to_string());
            assert_eq!(found.as_deref().map_err(String::as_str), expected);
        };
        let unknown = "the channel may or may not have done it: its answer";
        check(
            r#"{"access_token":"x","openid":"oABC_-1","scope":"snsapi_base"}"#,
            Ok("oABC_-1"),
        );
        check(
            r#"{"errcode":40029,"errmsg":"invalid code"}"#,
            Err("the channel refused: errcode 40029"),
        );
        check(
            r#"{"errcode":-1,"errmsg":"system error"}"#,
            Err("the channel may or may not have done it: errcode -1"),
        );
        check(
            r#"{"openid":"o\n"}"#,
            Err(&format!("{unknown} names no buyer")),
        );
        check("{}", Err(&format!("{unknown} names no buyer")));
        check("<html>", Err(&format!("{unknown} has another form")));
        check(
            r#"{"openid":"a","openid":"b"}"#,
            Err(&format!("{unknown} has another form")),
        );
    }

    #[tokio::test]
    async fn an_error_never_shows_the_secret() {
        // The port is closed again before it is asked.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        drop(listener);
        let error = oauth(&base)
            .payer("c0de")
            .await
            .expect_err("nobody is there");
        let text = format!("{error} {error:?}");
        assert!(matches!(error, ChannelError::Unreachable(_)), "{text}");
        for hidden in [SECRET, "c0de", "access_token"] {
            assert!(!text.contains(hidden), "{text}");
        }
    }

    #[test]
    fn the_three_values_stand_together() {
        let url = || Url::parse("https://open.example").ok();
        let made = |page, base, secret: Option<&str>| {
            let secret = secret.map(Secret::from);
            let second = Duration::from_secs(1);
            OAuth::new("wx0001", page, base, secret, second)
                .map(|oauth| oauth.is_some())
                .map_err(|error| error.to_string())
        };
        assert_eq!(made(None, None, None), Ok(false));
        assert_eq!(made(url(), url(), Some("s")), Ok(true));
        let check = |made: Result<bool, String>, named: &str| {
            let error = made.expect_err(named);
            assert!(error.starts_with(named), "{error}");
        };
        check(made(None, url(), Some("s")), "authorise_url is missing");
        check(made(url(), None, Some("s")), "oauth_base is missing");
        check(made(url(), url(), None), "app_secret is missing");
        check(made(url(), url(), Some("")), "app_secret is empty");
        let open = Url::parse("http://api.example").ok();
        check(made(url(), open, Some("s")), "oauth_base is not https");
    }
}
