//! An official account: who the buyer is, and pages for WeChat's app.
//!
//! WeChat sends the browser back with a code, and the code is worth the buyer's openid once. This interface is the
//! official account's, not WeChat Pay's: nothing is signed, and the account's secret stands in the query. So no address
//! of it may be shown, in a log or in an error. Source:
//! `developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html`.

use std::fmt;

use serde::Deserialize;
use url::Url;

use crate::{
    ConfigError, Error, OfficialAccountConfig, PageSignature, Refusal, http, pages::PageSigner,
};

/// An official account (公众号): tells who its visitors are, and signs its pages.
///
/// No answer of this interface is signed; what is believed of it is who a buyer is, and nothing about money.
pub struct OfficialAccount {
    http: reqwest::Client,
    app_id: String,
    secret: String,
    page: Url,
    exchange: Url,
    pages: PageSigner,
}

/// Always HTTP 200; an error has an `errcode`.
#[derive(Deserialize)]
struct Answer {
    openid: Option<String>,
    errcode: Option<i64>,
}

impl OfficialAccount {
    /// Checks the values.
    ///
    /// # Errors
    /// Names the value that cannot be right, and never shows it.
    pub fn new(config: OfficialAccountConfig) -> Result<OfficialAccount, ConfigError> {
        let OfficialAccountConfig {
            app_id,
            app_secret: secret,
            authorise_url: page,
            api_base: base,
            timeout,
        } = config;
        if secret.is_empty() {
            return Err(ConfigError("app_secret is empty".to_owned()));
        }
        http::check_page("authorise_url", &page)?;
        http::check_server("oauth_base", &base)?;
        let mut exchange = base.clone();
        exchange.set_path(&format!(
            "{}/sns/oauth2/access_token",
            base.path().trim_end_matches('/')
        ));
        let http = http::client(&exchange, timeout)?;
        Ok(OfficialAccount {
            pages: PageSigner::new(http.clone(), &app_id, &base, secret.clone()),
            http,
            app_id,
            secret,
            page,
            exchange,
        })
    }

    /// The page that asks the buyer nothing, and sends the browser back to `redirect_uri` with a `code` and the `state`:
    /// letters and digits, at most 128. WeChat compares the order of the parameters too.
    #[must_use]
    pub fn authorise_page(&self, redirect_uri: &str, state: &str) -> String {
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

    /// `GET /sns/oauth2/access_token`: the openid of the buyer whom a code stands for. A code is good once.
    ///
    /// # Errors
    /// WeChat refused (`errcode`), or gave no answer that can be read.
    pub async fn openid(&self, code: &str) -> Result<String, Error> {
        let mut url = self.exchange.clone();
        url.query_pairs_mut()
            .append_pair("appid", &self.app_id)
            .append_pair("secret", &self.secret)
            .append_pair("code", code)
            .append_pair("grant_type", "authorization_code");
        let sent = self.http.get(url).send().await;
        let response = sent.map_err(http::of_transport)?;
        if !response.status().is_success() {
            let status = response.status().as_u16();
            return Err(Error::unknown(format!("HTTP {status}")));
        }
        read(&http::body(response).await?)
    }

    /// Signs the address of a page, which has no fragment, for `wx.config`: WeChat's app opens its scanner and other
    /// things of its own to signed pages alone.
    ///
    /// The ticket that it takes is asked for once in two hours, by whoever comes first; after a failure nobody asks again
    /// for a minute.
    ///
    /// # Errors
    /// WeChat gave no ticket; why is logged, once for each time that it was asked.
    pub async fn sign_page(&self, url: &str) -> Result<PageSignature, Error> {
        self.pages.sign(url).await
    }
}

impl fmt::Debug for OfficialAccount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("OfficialAccount")
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

/// What an `errcode` other than 0 means.
pub(crate) fn error(errcode: i64) -> Error {
    match errcode {
        // Too busy to look.
        -1 => Error::unknown("errcode -1"),
        _ => Error::Refused(Refusal {
            code: format!("errcode {errcode}"),
            message: String::new(),
        }),
    }
}

fn read(body: &[u8]) -> Result<String, Error> {
    let answer: Answer =
        serde_json::from_slice(body).map_err(|_| Error::unknown("its answer has another form"))?;
    match answer {
        Answer {
            errcode: Some(errcode),
            ..
        } if errcode != 0 => Err(error(errcode)),
        Answer {
            openid: Some(openid),
            ..
        } if is_openid(&openid) => Ok(openid),
        _ => Err(Error::unknown("its answer names no buyer")),
    }
}

fn is_openid(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECRET: &str = "hunter2hunter2";

    fn config(base: &str) -> OfficialAccountConfig {
        let address = |text: &str| text.parse().expect("an address");
        OfficialAccountConfig {
            app_id: "wx0001".to_owned(),
            app_secret: SECRET.to_owned(),
            authorise_url: address("https://open.example/connect/oauth2/authorize"),
            api_base: address(base),
            timeout: Duration::from_secs(2),
        }
    }

    fn account(base: &str) -> OfficialAccount {
        OfficialAccount::new(config(base)).expect("it is right")
    }

    #[test]
    fn the_page_is_asked_in_the_order_that_wechat_compares() {
        assert_eq!(
            account("https://api.example/")
                .authorise_page("https://shop.example/oauth/wechat/callback", "s1"),
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
        let unknown = "WeChat may or may not have done it: its answer";
        check(
            r#"{"access_token":"x","openid":"oABC_-1","scope":"snsapi_base"}"#,
            Ok("oABC_-1"),
        );
        check(
            r#"{"errcode":40029,"errmsg":"invalid code"}"#,
            Err("WeChat refused: errcode 40029"),
        );
        check(
            r#"{"errcode":-1,"errmsg":"system error"}"#,
            Err("WeChat may or may not have done it: errcode -1"),
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
        let error = account(&base)
            .openid("c0de")
            .await
            .expect_err("nobody is there");
        let text = format!("{error} {error:?}");
        assert!(matches!(error, Error::Unreachable(_)), "{text}");
        for hidden in [SECRET, "c0de", "access_token"] {
            assert!(!text.contains(hidden), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_right_is_named() {
        let check = |change: fn(&mut OfficialAccountConfig), expected: &str| {
            let mut config = config("https://api.example");
            change(&mut config);
            let error = OfficialAccount::new(config).expect_err(expected);
            assert_eq!(error.to_string(), expected);
        };
        check(
            |config| config.app_secret = String::new(),
            "app_secret is empty",
        );
        check(
            |config| config.api_base = "http://api.example".parse().expect("an address"),
            "oauth_base is not https",
        );
        check(
            |config| config.authorise_url.set_query(Some("a=1")),
            "authorise_url is not a plain http or https address",
        );
    }
}
