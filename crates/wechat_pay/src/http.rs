//! How WeChat is reached: without redirects, within a time, and with answers of a size.

use std::{iter, time::Duration};

use reqwest::{Response, redirect};
use url::{Host, Url};

use crate::{ConfigError, Error};

/// How long it may take until a connection stands; a call may take longer.
const CONNECT: Duration = Duration::from_secs(3);

/// Many times the largest answer, which is a list of certificates.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Follows no redirect, and takes no detour to this machine itself.
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

/// The body of an answer.
pub(crate) async fn body(mut response: Response) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    let broken = |_| Error::unknown("its answer breaks off");
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(Error::unknown("its answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// No address is shown: an official account's secret stands in some.
pub(crate) fn of_transport(error: reqwest::Error) -> Error {
    let is_connect = error.is_connect();
    let error = error.without_url();
    let causes = iter::successors(Some(&error as &dyn std::error::Error), |it| it.source());
    let words: Vec<String> = causes.map(ToString::to_string).collect();
    let words = words.join(": ");
    if is_connect {
        Error::Unreachable(words)
    } else {
        Error::Unknown(words)
    }
}

/// Whether an address can be the beginning of addresses that carry what others may not read.
pub(crate) fn check_server(name: &str, base: &Url) -> Result<(), ConfigError> {
    check_page(name, base)?;
    if base.scheme() == "https" || is_this_machine(base) {
        Ok(())
    } else {
        Err(ConfigError(format!("{name} is not https")))
    }
}

/// Whether an address can be that of a page to which a query is added.
pub(crate) fn check_page(name: &str, page: &Url) -> Result<(), ConfigError> {
    let is_plain = matches!(page.scheme(), "https" | "http")
        && page.query().is_none()
        && page.fragment().is_none();
    if is_plain {
        Ok(())
    } else {
        Err(ConfigError(format!(
            "{name} is not a plain http or https address"
        )))
    }
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
    fn only_this_machine_is_reached_in_the_clear() {
        let check = |text: &str, server: bool, page: bool| {
            let url = Url::parse(text).expect("an address");
            assert_eq!(check_server("x", &url).is_ok(), server, "{text}");
            assert_eq!(check_page("x", &url).is_ok(), page, "{text}");
        };
        check("https://api.example", true, true);
        check("http://127.0.0.1:1/a", true, true);
        check("http://[::1]:1", true, true);
        check("http://[::ffff:127.0.0.1]", true, true);
        check("http://shop.localhost", true, true);
        check("http://192.168.1.2:1", false, true);
        check("http://127.0.0.1.example", false, true);
        check("https://api.example/?a=1", false, false);
        check("https://api.example/#a", false, false);
        check("ftp://127.0.0.1", false, false);
        check("data:text/plain,a", false, false);
    }
}
