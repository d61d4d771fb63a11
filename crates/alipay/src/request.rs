//! A signed request.
//!
//! Every parameter that is not empty is signed, `sign_type` and the certificates' numbers included, in the order of
//! their names, un-encoded, as `name=value` joined by `&`; encoding comes after signing. Source: Alipay's guide to
//! signing requests.

use std::time::SystemTime;

use serde_json::Value;
use url::Url;

use crate::{certificates::Certificates, keys::PrivateKey, time};

/// The methods' own parameters: they travel in the body, when a request is posted.
const OWN: [&str; 3] = ["biz_content", "code", "grant_type"];

/// What is asked for.
#[derive(Default)]
pub(crate) struct Request<'a> {
    /// Such as `alipay.trade.query`.
    pub(crate) method: &'static str,
    /// Where notices go, for what is paid later.
    pub(crate) notify_url: Option<&'a str>,
    /// Where the buyer goes afterwards.
    pub(crate) return_url: Option<&'a str>,
    /// A code of a buyer's, where it is exchanged for his id.
    pub(crate) code: Option<&'a str>,
    /// The method's own parameters, or null.
    pub(crate) content: Value,
}

/// The parameters of a request with their signature, in order of their names.
#[derive(Debug)]
pub(crate) struct Signed(Vec<(&'static str, String)>);

impl Request<'_> {
    /// Signs it, dated now.
    pub(crate) fn sign(
        &self,
        app_id: &str,
        key: &PrivateKey,
        certificates: Option<&Certificates>,
    ) -> Signed {
        let text = str::to_owned;
        let mut parameters = vec![
            ("app_id", text(app_id)),
            ("method", text(self.method)),
            ("format", text("JSON")),
            ("charset", text("utf-8")),
            ("sign_type", text("RSA2")),
            ("timestamp", time::write(SystemTime::now())),
            ("version", text("1.0")),
            ("notify_url", text(self.notify_url.unwrap_or_default())),
            ("return_url", text(self.return_url.unwrap_or_default())),
        ];
        if !self.content.is_null() {
            parameters.push(("biz_content", self.content.to_string()));
        }
        if let Some(code) = self.code {
            parameters.push(("grant_type", text("authorization_code")));
            parameters.push(("code", text(code)));
        }
        if let Some(certificates) = certificates {
            parameters.push(("app_cert_sn", certificates.app_sn.clone()));
            parameters.push(("alipay_root_cert_sn", certificates.root_sn.clone()));
        }
        let (mut parameters, message) = to_be_signed(parameters);
        parameters.push(("sign", key.sign(message.as_bytes())));
        Signed(parameters)
    }
}

impl Signed {
    /// The whole request as one address, for the buyer's browser.
    pub(crate) fn address(&self, gateway: &Url) -> String {
        let mut url = gateway.clone();
        url.query_pairs_mut()
            .extend_pairs(self.0.iter().map(|(name, value)| (*name, value)));
        url.into()
    }

    /// The request's parts for posting: the address, and the method's own parameters. Alipay reads the charset from the
    /// address before it reads the body.
    pub(crate) fn parts(&self, gateway: &Url) -> (Url, Vec<(&'static str, &str)>) {
        let mut url = gateway.clone();
        let mut own = Vec::new();
        for (name, value) in &self.0 {
            if OWN.contains(name) {
                own.push((*name, value.as_str()));
            } else {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        (url, own)
    }
}

/// Drops what is empty, sorts by name, and writes the message that is signed.
fn to_be_signed(
    mut parameters: Vec<(&'static str, String)>,
) -> (Vec<(&'static str, String)>, String) {
    parameters.retain(|(_, value)| !value.is_empty());
    parameters.sort_unstable_by_key(|(name, _)| *name);
    let message: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let message = message.join("&");
    (parameters, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_are_the_sorted_unencoded_parameters_that_are_not_empty() {
        let check = |parameters: &[(&'static str, &str)], expected: &str| {
            let parameters = parameters
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect();
            assert_eq!(to_be_signed(parameters).1, expected);
        };
        check(&[], "");
        check(
            &[
                ("version", "1.0"),
                ("return_url", ""),
                ("sign_type", "RSA2"),
                ("app_id", "20"),
            ],
            "app_id=20&sign_type=RSA2&version=1.0",
        );
        check(
            &[
                ("notify_url", "https://a.example/n?x=1&y=2"),
                ("biz_content", r#"{"subject":"2GB 月清零 +&=%"}"#),
            ],
            r#"biz_content={"subject":"2GB 月清零 +&=%"}&notify_url=https://a.example/n?x=1&y=2"#,
        );
        // Byte order: the underscore stands between upper and lower case.
        check(
            &[("ab", "1"), ("a_b", "2"), ("aB", "3"), ("a", "4")],
            "a=4&aB=3&a_b=2&ab=1",
        );
    }
}
