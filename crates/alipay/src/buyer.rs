//! Who the buyer is: Alipay's page sends the browser back with a code, and the code is worth the buyer's id once.
//!
//! Source: Alipay's reference of `alipay.system.oauth.token`, and its guide to user authorisation.

use serde::Deserialize;

use crate::{Client, Error, client::Reply, request::Request};

/// The exchange of a code.
pub(crate) const METHOD: &str = "alipay.system.oauth.token";

/// Newer apps are told an id of their own, older ones the account's number.
#[derive(Deserialize)]
struct Token {
    open_id: Option<String>,
    user_id: Option<String>,
}

impl Client {
    /// The page that asks the buyer nothing, and sends the browser back to `redirect_uri` with an `auth_code` and the
    /// `state`: letters and digits, at most 100. `None` without [`Config::authorise_url`](crate::Config::authorise_url).
    #[must_use]
    pub fn authorise_page(&self, redirect_uri: &str, state: &str) -> Option<String> {
        let mut url = self.authorise_url.clone()?;
        url.query_pairs_mut()
            .append_pair("app_id", &self.app_id)
            .append_pair("scope", "auth_base")
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", state);
        Some(url.into())
    }

    /// `alipay.system.oauth.token`: Alipay's id of the buyer whom an `auth_code` stands for: the app's own (`open_id`)
    /// where it has one, else the account's number (`user_id`). A code is good once.
    ///
    /// # Errors
    /// It refused, or gave no verdict.
    pub async fn buyer(&self, auth_code: &str) -> Result<String, Error> {
        let request = Request {
            method: METHOD,
            code: Some(auth_code),
            ..Request::default()
        };
        match self.call::<Token>(&request).await? {
            Reply::Success(token) => {
                id(token).ok_or_else(|| Error::unknown("the answer names no buyer"))
            }
            Reply::Refused(refusal) => Err(Error::Refused(refusal)),
        }
    }
}

fn id(token: Token) -> Option<String> {
    let is_id = |text: &String| {
        (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let ids = [token.open_id, token.user_id];
    ids.into_iter().flatten().find(is_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_s_own_id_comes_first() {
        let check = |answer: &str, expected: Option<&str>| {
            let token: Token = serde_json::from_str(answer).expect("an answer");
            assert_eq!(id(token).as_deref(), expected, "{answer}");
        };
        check(
            r#"{"user_id":"2088102104794936","access_token":"x"}"#,
            Some("2088102104794936"),
        );
        check(
            r#"{"user_id":"2088102104794936","open_id":"074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5"}"#,
            Some("074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5"),
        );
        check(
            r#"{"open_id":"","user_id":"2088102104794936"}"#,
            Some("2088102104794936"),
        );
        check(r#"{"user_id":"2088 1"}"#, None);
        check(r#"{"access_token":"x"}"#, None);
    }
}
