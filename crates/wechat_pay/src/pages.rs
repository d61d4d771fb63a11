//! Signing our pages for WeChat's app, which opens its scanner to signed pages alone (JS-SDK).
//!
//! The signature needs a ticket that WeChat gives for an access token, and both are rationed: the ticket is kept until
//! shortly before it ends. The token is good for that one question only, so it is not kept; `stable_token` gives the same
//! one again while it is good, and never takes it from the operator's other systems. Sources, at
//! `developers.weixin.qq.com/doc`: `service/api/base/api_getstableaccesstoken`, and `offiaccount/OA_Web_Apps/JS-SDK.html`,
//! appendix 1.

use std::{
    fmt::Write,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;
use url::Url;

use crate::{Error, http, official_account, sign::nonce, time};

/// WeChat is asked no more often than this, whatever it answered.
const PAUSE: Duration = Duration::from_secs(60);
/// Nobody waits longer for another's question: there is the camera, and others want to pay meanwhile.
const PATIENCE: Duration = Duration::from_secs(2);
/// A ticket is not used in its last minutes: what is signed with it has to be good for a while.
const MARGIN: Duration = Duration::from_secs(300);
/// The token is wrong, not the newest, or over: another one helps.
const STALE: [i64; 3] = [40001, 40014, 42001];

/// What a page calls `wx.config` with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageSignature {
    /// The official account's id.
    pub app_id: String,
    /// Seconds since 1970.
    pub timestamp: String,
    /// 32 random characters.
    pub nonce_str: String,
    /// SHA-1 in hexadecimal.
    pub signature: String,
}

/// Signs the pages of one official account.
pub(crate) struct PageSigner(Arc<Asker>);

struct Asker {
    http: reqwest::Client,
    app_id: String,
    secret: String,
    token: Url,
    ticket: Url,
    // Whoever holds it asks for all who wait.
    known: Mutex<Option<Known>>,
}

/// The last answer, and until when nobody asks again.
struct Known {
    ticket: Result<String, Error>,
    until: Instant,
    /// When the ticket is over at WeChat.
    ends: Instant,
}

/// Always HTTP 200; an error has an `errcode` other than 0.
#[derive(Deserialize)]
struct Answer {
    #[serde(alias = "access_token", alias = "ticket")]
    value: Option<String>,
    /// In seconds.
    expires_in: Option<u64>,
    #[serde(default)]
    errcode: i64,
}

impl PageSigner {
    pub(crate) fn new(
        http: reqwest::Client,
        app_id: &str,
        base: &Url,
        secret: String,
    ) -> PageSigner {
        let at = |path: &str| {
            let mut url = base.clone();
            url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
            url
        };
        PageSigner(Arc::new(Asker {
            http,
            app_id: app_id.to_owned(),
            secret,
            token: at("/cgi-bin/stable_token"),
            ticket: at("/cgi-bin/ticket/getticket"),
            known: Mutex::default(),
        }))
    }

    pub(crate) async fn sign(&self, url: &str) -> Result<PageSignature, Error> {
        let asker = self.0.clone();
        // A caller that hangs up must not take the question back, or the next one would ask again at once.
        let ticket = tokio::spawn(async move { asker.ticket().await })
            .await
            .map_err(|_| Error::unknown("the question was given up"))??;
        let timestamp = time::seconds(SystemTime::now()).to_string();
        let nonce_str = nonce();
        Ok(PageSignature {
            app_id: self.0.app_id.clone(),
            signature: signature(&ticket, &nonce_str, &timestamp, url),
            timestamp,
            nonce_str,
        })
    }
}

impl Asker {
    async fn ticket(&self) -> Result<String, Error> {
        let Ok(mut known) = tokio::time::timeout(PATIENCE, self.known.lock()).await else {
            return Err(Error::unknown("WeChat is being asked"));
        };
        let now = Instant::now();
        if let Some(known) = known.as_ref().filter(|known| now < known.until) {
            return known.ticket.clone();
        }
        let answer = match self.ask().await {
            Ok((ticket, lasts)) => Known {
                ticket: Ok(ticket),
                until: now + lasts.saturating_sub(MARGIN).max(PAUSE),
                ends: now + lasts,
            },
            Err(error) => {
                tracing::warn!(%error, "WeChat gives no ticket to sign pages with");
                let until = now + PAUSE;
                match known.take() {
                    // The one before is good for as long as nobody asks again.
                    Some(last) if last.ticket.is_ok() && last.ends > until => {
                        Known { until, ..last }
                    }
                    _ => Known {
                        ticket: Err(error),
                        until,
                        ends: until,
                    },
                }
            }
        };
        let ticket = answer.ticket.clone();
        *known = Some(answer);
        ticket
    }

    async fn ask(&self) -> Result<(String, Duration), Error> {
        let mut answer = self.ask_with(&self.ask_token().await?).await?;
        if STALE.contains(&answer.errcode) {
            answer = self.ask_with(&self.ask_token().await?).await?;
        }
        answer.given()
    }

    async fn ask_token(&self) -> Result<String, Error> {
        let body = json!({
            "grant_type": "client_credential", "appid": self.app_id, "secret": self.secret,
        });
        let request = self.http.post(self.token.clone()).json(&body);
        send(request).await?.given().map(|(token, _)| token)
    }

    async fn ask_with(&self, token: &str) -> Result<Answer, Error> {
        let query = [("access_token", token), ("type", "jsapi")];
        send(self.http.get(self.ticket.clone()).query(&query)).await
    }
}

impl Answer {
    fn given(self) -> Result<(String, Duration), Error> {
        match self {
            Answer {
                errcode: 0,
                value: Some(value),
                expires_in: Some(seconds),
            } if !value.is_empty() => Ok((value, Duration::from_secs(seconds.min(86_400)))),
            Answer { errcode: 0, .. } => Err(other_form()),
            Answer { errcode, .. } => Err(official_account::error(errcode)),
        }
    }
}

async fn send(request: reqwest::RequestBuilder) -> Result<Answer, Error> {
    let response = request.send().await.map_err(http::of_transport)?;
    if !response.status().is_success() {
        let status = response.status().as_u16();
        return Err(Error::unknown(format!("HTTP {status}")));
    }
    let body = http::body(response).await?;
    serde_json::from_slice(&body).map_err(|_| other_form())
}

fn other_form() -> Error {
    Error::unknown("its answer has another form")
}

/// In the order of the alphabet, each value as it is.
fn signature(ticket: &str, nonce: &str, timestamp: &str, url: &str) -> String {
    let text = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}");
    digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes())
        .as_ref()
        .iter()
        .fold(String::with_capacity(40), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of WeChat's document.
    #[test]
    fn signs_as_the_document_does() {
        let ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
        let url = "http://mp.weixin.qq.com?params=value";
        assert_eq!(
            signature(ticket, "Wm3WZYTPz0wzccnW", "1414587457", url),
            "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
        );
    }

    #[test]
    fn an_answer_gives_something_or_says_why_not() {
        let check = |body: &str, expected: Result<(&str, u64), &str>| {
            let read: Result<Answer, _> = serde_json::from_str(body).map_err(|_| other_form());
            let given = read.and_then(Answer::given);
            let given = given.map(|(value, lasts)| (value, lasts.as_secs()));
            assert_eq!(
                given.map_err(|error| error.to_string()),
                expected
                    .map(|(value, lasts)| (value.to_owned(), lasts))
                    .map_err(str::to_owned),
                "{body}"
            );
        };
        let form = "WeChat may or may not have done it: its answer has another form";
        check(r#"{"access_token":"a","expires_in":7200}"#, Ok(("a", 7200)));
        check(
            r#"{"errcode":0,"errmsg":"ok","ticket":"t","expires_in":7200}"#,
            Ok(("t", 7200)),
        );
        check(
            r#"{"errcode":40125,"errmsg":"invalid appsecret"}"#,
            Err("WeChat refused: errcode 40125"),
        );
        check(
            r#"{"errcode":-1}"#,
            Err("WeChat may or may not have done it: errcode -1"),
        );
        check(r#"{"access_token":"a"}"#, Err(form));
        check(r#"{"access_token":"","expires_in":7200}"#, Err(form));
        check("<html>", Err(form));
    }

    #[tokio::test]
    async fn an_error_shows_no_secret_and_is_kept_for_a_while() {
        // The port is closed again before it is asked.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let base = base.parse().expect("an address");
        drop(listener);
        let signer = PageSigner::new(reqwest::Client::new(), "wx1", &base, "hunter2".into());
        let error = signer
            .sign("https://a/")
            .await
            .expect_err("nobody is there");
        let text = format!("{error} {error:?}");
        assert!(matches!(error, Error::Unreachable(_)), "{text}");
        for hidden in ["hunter2", "stable_token", "127.0.0.1"] {
            assert!(!text.contains(hidden), "{text}");
        }
        let until = signer
            .0
            .known
            .lock()
            .await
            .as_ref()
            .map(|known| known.until);
        assert!(until.is_some_and(|until| until > Instant::now() + PAUSE / 2));
        assert_eq!(signer.sign("https://a/").await, Err(error));
    }
}
