//! How the platform is reached: without redirects, within a time, and with answers of a size.

use reqwest::{Response, redirect};
use std::time::Duration;
use url::{Host, Url};

use crate::{ConfigError, Error};

/// How long it may take until a connection stands; a call may take longer.
const CONNECT: Duration = Duration::from_secs(3);

/// Headers with secrets must not follow a redirect, and no operation answers with one.
pub(crate) fn client(base: &Url, timeout: Duration) -> Result<reqwest::Client, ConfigError> {
    let mut http = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .timeout(timeout);
    if is_this_machine(base) {
        http = http.no_proxy();
    }
    http.build()
        .map_err(|error| ConfigError(format!("the HTTP client cannot be built: {error}")))
}

/// The address of something below a base, which may have a path of its own.
pub(crate) fn below(base: &Url, path: &str) -> Option<Url> {
    let mut url = base.clone();
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(path.split('/').filter(|part| !part.is_empty()));
    Some(url)
}

/// Reads a body, but not a huge one.
pub(crate) async fn body(mut response: Response, largest: usize) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::of_transport)? {
        if body.len() + chunk.len() > largest {
            return Err(Error::unknown("the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => {
            address.to_canonical().is_loopback() || address.is_unspecified()
        }
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_may_have_a_path() {
        let check = |base: &str, expected: &str| {
            let base = Url::parse(base).expect("an address");
            let url = below(&base, "payment/Product").map(String::from);
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
        assert!(below(&Url::parse("data:x").expect("an address"), "a").is_none());
    }

    #[test]
    fn no_proxy_stands_before_this_machine() {
        let check = |text: &str, expected: bool| {
            let url = Url::parse(text).expect("an address");
            assert_eq!(is_this_machine(&url), expected, "{text}");
        };
        check("http://127.0.0.1:1/a", true);
        check("http://[::1]:1", true);
        check("http://[::ffff:127.0.0.1]", true);
        check("http://shop.localhost", true);
        check("http://127.0.0.1.example", false);
        check("http://192.168.1.2", false);
        check("https://api.example", false);
    }
}
