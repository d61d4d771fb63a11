//! How the wallets are reached.

use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::redirect;
use url::Url;

use crate::address::is_this_machine;

const CONNECT: Duration = Duration::from_secs(3);

/// Follows no redirect, and takes no detour to this machine itself.
pub(super) fn client(base: &Url, timeout: Duration) -> anyhow::Result<reqwest::Client> {
    let mut http = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .timeout(timeout);
    if is_this_machine(base) {
        http = http.no_proxy();
    }
    http.build().context("the HTTP client cannot be built")
}

/// Whether an address can be the beginning of addresses that carry what others may not read.
pub(super) fn check_server(name: &str, base: &Url) -> anyhow::Result<()> {
    check_page(name, base)?;
    ensure!(
        base.scheme() == "https" || is_this_machine(base),
        "{name} is not https"
    );
    Ok(())
}

/// Whether an address can be that of a page to which a query is added.
pub(super) fn check_page(name: &str, page: &Url) -> anyhow::Result<()> {
    ensure!(
        matches!(page.scheme(), "https" | "http")
            && page.query().is_none()
            && page.fragment().is_none(),
        "{name} is not a plain http or https address"
    );
    Ok(())
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
        check("http://localhost", true, true);
        check("http://192.168.1.2:1", false, true);
        check("http://127.0.0.1.example", false, true);
        check("https://api.example/?a=1", false, false);
        check("https://api.example/#a", false, false);
        check("ftp://127.0.0.1", false, false);
        check("data:text/plain,a", false, false);
    }
}
