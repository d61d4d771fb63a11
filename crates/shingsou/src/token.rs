//! The access token: fetched by one caller for all, kept as long as the platform says.
//!
//! The documentation contradicts itself on the lifetime (24 hours, 3600 s, 7200 s) and on two spellings, so that the
//! answer is believed and both spellings are read.

use std::time::Duration;

use reqwest::{header::HeaderValue, multipart};
use serde::Deserialize;
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};
use url::Url;

use crate::{Config, ConfigError, Error, config::TokenForm, http, permissions::Granted};

/// A longer lifetime is taken for this one: a token that is revoked in the meantime is found out by its 401 anyway.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// After a failed refresh a token that is still good is used for so long before the next attempt.
const PAUSE: Duration = Duration::from_secs(10);

/// A token's answer is small.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Where it is fetched, below the identity server's base. Documented.
const ADDRESS: &str = "connect/token";

/// The token and the one place where it is fetched.
pub(crate) struct Tokens {
    http: reqwest::Client,
    url: Url,
    client_id_field: String,
    client_id: String,
    client_secret: String,
    scope: String,
    form: TokenForm,
    // Held while fetching, so that whoever comes meanwhile waits for the same token.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    failure: Option<(Instant, Error)>,
}

/// A token, ready for the `Authorization` header.
#[derive(Clone)]
pub(crate) struct Token {
    header: HeaderValue,
    granted: Granted,
    fetched: Instant,
    refresh: Instant,
    expires: Instant,
}

/// The answer of the token endpoint.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    token_type: String,
    #[serde(alias = "expire_in")]
    expires_in: Option<Value>,
    scope: Option<Value>,
}

/// The endpoint's refusal, as OAuth 2.0 (RFC 6749, 5.2) has it.
#[derive(Deserialize)]
struct Denial {
    error: String,
}

impl Tokens {
    pub(crate) fn new(http: reqwest::Client, config: &Config) -> Result<Tokens, ConfigError> {
        Ok(Tokens {
            http,
            url: http::below(&config.identity_base, ADDRESS).ok_or_else(|| {
                ConfigError::of("identity_base", "this address cannot have a path")
            })?,
            client_id_field: config.client_id_field.clone(),
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            scope: config.scope.clone(),
            form: config.token_form,
            state: Mutex::default(),
        })
    }

    /// A token that is good as far as is known, and that is not the one the platform just refused.
    ///
    /// Whoever waited while another caller fetched gets what that one got, a failure too.
    pub(crate) async fn get(&self, refused: Option<&Token>) -> Result<Token, Error> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        let State { token, failure } = &mut *state;
        let usable = token
            .as_ref()
            .filter(|token| refused.is_none_or(|refused| !token.is(refused)));
        if let Some(token) = usable
            && (token.fetched >= asked || Instant::now() < token.refresh)
        {
            return Ok(token.clone());
        }
        if let Some((failed, error)) = failure
            && *failed >= asked
        {
            return Err(error.clone());
        }
        let error = match self.fetch().await {
            Ok(new) => {
                *token = Some(new.clone());
                *failure = None;
                return Ok(new);
            }
            Err(error) => error,
        };
        let now = Instant::now();
        if let Some(old) = token
            && refused.is_none_or(|refused| !old.is(refused))
            && now < old.expires
        {
            tracing::warn!(%error, "the token could not be refreshed ahead of its end");
            old.refresh = old.expires.min(now + PAUSE);
            return Ok(old.clone());
        }
        *failure = Some((now, error.clone()));
        Err(error)
    }

    /// Asks for a token. Whatever goes wrong here, the call that wants the token was not sent.
    async fn fetch(&self) -> Result<Token, Error> {
        let unreachable = |what: String| Error::Unreachable(format!("no token: {what}"));
        let asked = Instant::now();
        let fields = [
            ("grant_type", "client_credentials"),
            (&self.client_id_field, &self.client_id),
            ("client_secret", &self.client_secret),
            ("scope", &self.scope),
        ];
        let request = self.http.post(self.url.clone());
        let request = if self.form == TokenForm::Multipart {
            let form = fields
                .into_iter()
                .fold(multipart::Form::new(), |form, (name, value)| {
                    form.text(name.to_owned(), value.to_owned())
                });
            request.multipart(form)
        } else {
            request.form(&fields)
        };
        let response = request
            .send()
            .await
            .map_err(|error| match Error::of_transport(error) {
                Error::Unreachable(what) | Error::Unknown(what) => unreachable(what),
                other => other,
            })?;
        let status = response.status();
        let body = http::body(response, LARGEST_ANSWER)
            .await
            .map_err(|_| unreachable("the answer was cut off".into()))?;
        if !status.is_success() {
            return Err(unreachable(format!(
                "HTTP {}{}",
                status.as_u16(),
                denial(&body)
            )));
        }
        let answer: Answer = serde_json::from_slice(&body)
            .map_err(|_| unreachable("the answer is not a token's".into()))?;
        Token::new(&answer, &self.scope, asked).map_err(|what| unreachable(what.into()))
    }
}

impl Token {
    fn new(answer: &Answer, scope: &str, asked: Instant) -> Result<Token, &'static str> {
        if !answer.token_type.eq_ignore_ascii_case("bearer") {
            return Err("it is not a bearer token");
        }
        if answer.access_token.is_empty() {
            return Err("it is empty");
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {}", answer.access_token))
            .map_err(|_| "it does not fit a header")?;
        header.set_sensitive(true);
        let lifetime = lifetime(answer.expires_in.as_ref());
        let granted = granted(answer.scope.as_ref(), scope);
        Ok(Token {
            header,
            granted,
            fetched: Instant::now(),
            refresh: asked + lifetime.mul_f64(0.8),
            expires: asked + lifetime,
        })
    }

    /// The value of the `Authorization` header, kept out of logs.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// What it was granted.
    pub(crate) fn granted(&self) -> &Granted {
        &self.granted
    }

    /// Whether it is the same fetched token; a platform may hand out the same text twice.
    fn is(&self, other: &Token) -> bool {
        self.fetched == other.fetched
    }
}

/// What a token was granted. An answer that tells no scope grants what was asked for (RFC 6749, 5.1), and so does one whose
/// scope cannot be read: the platform itself refuses what it does not allow.
fn granted(told: Option<&Value>, asked: &str) -> Granted {
    let told = match told {
        Some(Value::String(scope)) => scope.clone(),
        Some(Value::Array(codes)) => {
            let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
            codes.join(" ")
        }
        _ => String::new(),
    };
    let told = if told.trim().is_empty() { asked } else { &told };
    Granted::read(told)
}

/// How long a token is kept. Without a lifetime, or with none left, it serves those who already wait for it.
fn lifetime(seconds: Option<&Value>) -> Duration {
    let seconds = match seconds {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let seconds = seconds
        .filter(|seconds: &f64| !seconds.is_nan())
        .unwrap_or_default();
    Duration::from_secs_f64(seconds.clamp(0.0, LONGEST.as_secs_f64()))
}

/// The name of an OAuth error, where the answer is one; never other words of the answer.
fn denial(body: &[u8]) -> String {
    let is_name = |name: &str| {
        name.len() <= 40
            && name
                .bytes()
                .all(|byte| byte == b'_' || byte.is_ascii_lowercase())
    };
    serde_json::from_slice::<Denial>(body)
        .ok()
        .filter(|denial| is_name(&denial.error))
        .map_or_else(String::new, |denial| format!(" ({})", denial.error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_lifetime_that_makes_no_sense_is_survived() {
        let check = |value: Option<Value>, seconds: f64| {
            assert_eq!(
                lifetime(value.as_ref()),
                Duration::from_secs_f64(seconds),
                "{value:?}"
            );
        };
        check(Some(json!(7200)), 7200.0);
        check(Some(json!("7200")), 7200.0);
        check(Some(json!(0.5)), 0.5);
        check(Some(json!(0)), 0.0);
        check(Some(json!(-1)), 0.0);
        check(Some(json!(1e300)), 86_400.0);
        check(Some(json!(u64::MAX)), 86_400.0);
        check(Some(json!("soon")), 0.0);
        check(Some(json!("NaN")), 0.0);
        check(Some(json!(null)), 0.0);
        check(None, 0.0);
    }

    #[test]
    fn what_was_granted_is_told_in_many_ways_or_not_at_all() {
        let check = |told: Option<Value>, expected: &str| {
            let granted = granted(told.as_ref(), "asked.for");
            assert_eq!(granted, Granted::read(expected), "{told:?}");
        };
        check(Some(json!("b.all a.all")), "a.all b.all");
        check(Some(json!(["a.all", "b.all", 7])), "a.all b.all");
        for silent in [
            None,
            Some(json!("")),
            Some(json!(" ")),
            Some(json!([])),
            Some(json!(null)),
            Some(json!(7)),
            Some(json!({})),
        ] {
            check(silent, "asked.for");
        }
    }

    #[test]
    fn only_a_bearer_token_is_taken() {
        let check = |answer: Value, taken: bool| {
            let read = serde_json::from_value::<Answer>(answer.clone())
                .ok()
                .and_then(|answer| Token::new(&answer, "", Instant::now()).ok());
            assert_eq!(read.is_some(), taken, "{answer}");
        };
        check(
            json!({"access_token": "a", "token_type": "Bearer", "expires_in": 7200}),
            true,
        );
        check(
            json!({"access_token": "a", "token_type": "bEARER", "expire_in": 7200}),
            true,
        );
        check(json!({"access_token": "a", "token_type": "bearer"}), true);
        check(json!({"access_token": "a", "token_type": "mac"}), false);
        check(json!({"access_token": "a"}), false);
        check(json!({"access_token": "", "token_type": "Bearer"}), false);
        check(
            json!({"access_token": "a\nb", "token_type": "Bearer"}),
            false,
        );
        check(json!({"token_type": "Bearer"}), false);
        let answer = Answer {
            access_token: "secret".into(),
            token_type: "Bearer".into(),
            expires_in: None,
            scope: None,
        };
        let header = Token::new(&answer, "", Instant::now()).map(|token| token.header());
        assert_eq!(format!("{header:?}"), "Ok(Sensitive)");
    }

    #[test]
    fn a_denial_is_named_only_in_oauths_own_words() {
        assert_eq!(
            denial(br#"{"error":"invalid_client"}"#),
            " (invalid_client)"
        );
        assert_eq!(
            denial(br#"{"error":"client sandbox-secret is unknown"}"#),
            ""
        );
        assert_eq!(denial(b"<html>"), "");
    }
}
