//! Who the buyer is: Alipay's page sends the browser back with a code, and the code is worth the buyer's id once.
//!
//! Source: Alipay's reference of `alipay.system.oauth.token`, and its guide to user authorisation.

use serde::Deserialize;
use serde_json::Value;

use super::{
    Alipay,
    client::{Reply, unknown},
    refusal,
    request::Request,
};
use crate::payments::channel::ChannelError;

/// The exchange of a code.
pub(super) const METHOD: &str = "alipay.system.oauth.token";

/// Newer apps are told an id of their own, older ones the account's number.
#[derive(Deserialize)]
struct Token {
    open_id: Option<String>,
    user_id: Option<String>,
}

/// The page that asks nothing and tells the id alone.
pub(super) fn page(alipay: &Alipay, redirect_uri: &str, state: &str) -> Option<String> {
    let mut url = alipay.authorise_url.clone()?;
    url.query_pairs_mut()
        .append_pair("app_id", &alipay.client.app_id)
        .append_pair("scope", "auth_base")
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("state", state);
    Some(url.into())
}

pub(super) async fn payer(alipay: &Alipay, code: &str) -> Result<String, ChannelError> {
    let request = Request {
        method: METHOD,
        notify_url: None,
        return_url: None,
        code: Some(code),
        content: Value::Null,
    };
    match alipay.client.call::<Token>(&request).await? {
        Reply::Success(token) => id(token).ok_or_else(|| unknown("the answer names no buyer")),
        Reply::Refused(refused) => Err(refusal(&refused)),
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
