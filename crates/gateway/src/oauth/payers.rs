//! Which buyer a browser belongs to, by wallet and merchant. The cookie is random and known here by its digest only.

use crate::{App, clock::now, config, digest::sha256, payments::Channel, random};
use axum::http::{HeaderMap, HeaderValue, header};

/// With this prefix a browser takes the cookie from this very host and over TLS alone; without TLS there is none.
const COOKIE: [&str; 2] = ["rc_payer", "__Host-rc_payer"];
/// For how long a browser's buyer is remembered, in milliseconds.
const REMEMBERED_MS: i64 = 12 * 3_600_000;

/// A browser, by its cookie.
pub struct Browser(String);

impl Browser {
    /// The browser that a request comes from, where it has the cookie.
    #[must_use]
    pub fn of(http: &config::Http, headers: &HeaderMap) -> Option<Browser> {
        let cookie = COOKIE[usize::from(http.is_https())];
        let is_ours = |value: &&str| {
            value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().strip_prefix(cookie)?.strip_prefix('='))
            .find(is_ours)
            .map(|value| Browser(value.to_owned()))
    }

    /// The same, or a new one with the cookie to be set.
    #[must_use]
    pub fn of_or_new(http: &config::Http, headers: &HeaderMap) -> (Browser, Option<HeaderValue>) {
        if let Some(browser) = Browser::of(http, headers) {
            return (browser, None);
        }
        let value = random::effect_number('B');
        let is_https = http.is_https();
        let name = COOKIE[usize::from(is_https)];
        let secure = if is_https { "; Secure" } else { "" };
        let seconds = REMEMBERED_MS / 1000;
        let cookie =
            format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        (Browser(value), HeaderValue::try_from(cookie).ok())
    }

    /// By what it is known in the database.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256(&self.0)
    }
}

/// The wallet's id of the buyer that a request comes from, where it is known.
///
/// # Errors
/// The database cannot be read.
pub async fn of(
    app: &App,
    headers: &HeaderMap,
    channel: &dyn Channel,
) -> sqlx::Result<Option<String>> {
    let Some(browser) = Browser::of(&app.config.http, headers) else {
        return Ok(None);
    };
    sqlx::query_scalar(
        "select payer from payers where digest = $1 and channel = $2 and merchant = $3 and expires_at > $4",
    )
    .bind(browser.digest())
    .bind(channel.name())
    .bind(channel.merchant())
    .bind(now().0)
    .fetch_optional(app.db.pool())
    .await
}

/// Keeps who a browser's buyer is.
///
/// # Errors
/// The database cannot be written.
pub async fn keep(
    app: &App,
    browser: &Browser,
    channel: &dyn Channel,
    payer: &str,
) -> sqlx::Result<()> {
    let mut tx = app.db.begin_write().await?;
    sqlx::query(
        "insert into payers (digest, channel, merchant, payer, expires_at) values ($1, $2, $3, $4, $5)
         on conflict (digest, channel, merchant) do update set payer = excluded.payer, expires_at = excluded.expires_at",
    )
    .bind(browser.digest())
    .bind(channel.name())
    .bind(channel.merchant())
    .bind(payer)
    .bind(now().0 + REMEMBERED_MS)
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_the_cookie_is_this_hosts_alone() {
        let mut http = config::defaults().http;
        for (url, name, end) in [
            ("http://127.0.0.1:8080", "rc_payer", "Max-Age=43200"),
            ("https://pay.example", "__Host-rc_payer", "Secure"),
        ] {
            http.public_url = url.parse().expect("an address");
            let (new, cookie) = Browser::of_or_new(&http, &HeaderMap::new());
            let cookie = cookie.expect("a new browser gets one");
            let cookie = cookie.to_str().expect("text");
            let (pair, attributes) = cookie.split_once("; ").expect("attributes");
            assert!(pair.starts_with(&format!("{name}=")), "{cookie}");
            assert!(attributes.starts_with("Path=/;") && attributes.ends_with(end));
            assert!(!attributes.contains("Domain"), "{cookie}");

            let sent = |text: &str| {
                let headers = HeaderMap::from_iter([(header::COOKIE, text.parse().expect("text"))]);
                Browser::of(&http, &headers).map(|browser| browser.0)
            };
            assert_eq!(sent(&format!("rc_lang=en; {pair}")), Some(new.0.clone()));
            // The other form could have been set by another host of the domain, or before TLS.
            let other = COOKIE.into_iter().find(|other| *other != name);
            assert_eq!(sent(&format!("{}={}", other.expect("two"), new.0)), None);
            assert!(Browser::of_or_new(&http, &HeaderMap::new()).0.0 != new.0);
        }
    }
}
