//! The rules that one value or several together must keep.

use std::collections::HashSet;

use contract::{Method, Mode};
use tracing_subscriber::EnvFilter;
use url::{Host, Url};

use super::{Config, load::Fault, load::defaults};
use crate::merchants::vault::Vault;

/// Ways to pay that this gateway can carry.
const BUILT: [Method; 2] = [Method::Alipay, Method::Wechat];

/// Everything that is wrong.
pub(super) fn faults(config: &Config) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut rule = |holds: bool, key: &str, rule: &str| {
        if !holds {
            faults.push(Fault::new(key, rule));
        }
    };
    let http = &config.http;
    rule(
        is_origin(&http.public_url),
        "http.public_url",
        "must be http:// or https:// with a host and no path, query or user",
    );
    rule(
        http.allowed_origins.iter().all(is_origin),
        "http.allowed_origins",
        "each must be http:// or https:// with a host and no path",
    );
    rule(
        http.frame_ancestors
            .iter()
            .all(|source| is_frame_ancestor(source)),
        "http.frame_ancestors",
        "each must be an origin such as https://partner.example or https://*.partner.example, or 'self'",
    );
    rule(
        http.shutdown_seconds <= 300,
        "http.shutdown_seconds",
        "must be at most 300",
    );

    let database = config.database.url.expose();
    let known = ["sqlite://", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| database.starts_with(scheme));
    rule(
        known,
        "database.url",
        "must begin with sqlite:// or postgres://",
    );
    rule(
        (1..=1000).contains(&config.database.max_connections),
        "database.max_connections",
        "must be 1 to 1000",
    );

    rule(
        !config.shop.brand.trim().is_empty(),
        "shop.brand",
        "must not be empty",
    );
    let shortest = if config.mode == Mode::Demo { 2 } else { 60 };
    rule(
        (shortest..=86_400).contains(&config.orders.lifetime_seconds),
        "orders.lifetime_seconds",
        "must be 60 to 86400 (in a demo from 2)",
    );
    rule(
        config.orders.repeat_window_seconds <= 86_400,
        "orders.repeat_window_seconds",
        "must be at most 86400",
    );

    let shingsou = &config.shingsou;
    rule(
        is_base(&shingsou.api_base),
        "shingsou.api_base",
        "must be http:// or https:// without a query or user",
    );
    rule(
        is_base(&shingsou.identity_base),
        "shingsou.identity_base",
        "must be http:// or https:// without a query or user",
    );
    for (key, value) in [
        ("shingsou.client_id", shingsou.client_id.as_str()),
        ("shingsou.client_secret", shingsou.client_secret.expose()),
        (
            "shingsou.subscription_key",
            shingsou.subscription_key.expose(),
        ),
        (
            "shingsou.client_id_field",
            shingsou.client_id_field.as_str(),
        ),
    ] {
        rule(
            !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic()),
            key,
            "must be visible ASCII and not empty",
        );
    }
    // A call must end before the request that waits for it is given up.
    rule(
        (100..=14_000).contains(&shingsou.timeout_ms),
        "shingsou.timeout_ms",
        "must be 100 to 14000",
    );
    rule(
        shingsou.catalog_seconds >= 1,
        "shingsou.catalog_seconds",
        "must be at least 1",
    );

    let methods = &config.payments.methods;
    let distinct = methods.iter().collect::<HashSet<_>>().len() == methods.len();
    rule(
        !methods.is_empty() && distinct,
        "payments.methods",
        "must name at least one way to pay, each once",
    );
    rule(
        methods.iter().all(|method| BUILT.contains(method)),
        "payments.methods",
        "only alipay and wechat are available",
    );
    own_wallets(config, &mut rule);
    rule(
        EnvFilter::try_new(&config.log.filter).is_ok(),
        "log.filter",
        "is not a filter such as info or gateway=debug",
    );

    if config.mode == Mode::Live {
        live(config, &mut rule);
    }
    faults
}

/// What merchants of our own need.
fn own_wallets(config: &Config, rule: &mut impl FnMut(bool, &str, &str)) {
    let (recharge, token) = (&config.recharge, config.admin.token.expose());
    let vault = Vault::parse(config.vault.keys.expose());
    for (key, path) in [
        ("recharge.path", &recharge.path),
        ("recharge.query_path", &recharge.query_path),
    ] {
        let is_path = |path: &str| {
            path.starts_with('/')
                && path.bytes().all(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.')
                })
        };
        rule(
            path.as_deref().is_none_or(is_path),
            key,
            "must be a path such as /cards/Recharge",
        );
        rule(
            path.is_some() || !config.payments.uses_own(),
            key,
            "must be set where payments.alipay or payments.wechat is \"own\"",
        );
    }
    rule(
        (1..=3600).contains(&recharge.resend_seconds),
        "recharge.resend_seconds",
        "must be 1 to 3600",
    );
    rule(
        token.is_empty()
            || (token.len() >= 32 && token.bytes().all(|byte| byte.is_ascii_graphic())),
        "admin.token",
        "must be at least 32 visible ASCII characters, or empty",
    );
    match vault {
        Err(fault) => rule(false, "vault.keys", &fault),
        Ok(vault) => rule(
            vault.current().is_some() || !config.payments.uses_own(),
            "vault.keys",
            "must be set where payments.alipay or payments.wechat is \"own\"",
        ),
    }
    rule(
        config
            .payments
            .mini_program_path
            .as_deref()
            .is_none_or(|path| path.starts_with('/') && !path.starts_with("//")),
        "payments.mini_program_path",
        "must be a path such as /pages/pay/pay",
    );
}

/// Nothing of the demo may be left where real money moves.
fn live(config: &Config, rule: &mut impl FnMut(bool, &str, &str)) {
    let demo = defaults();
    let (shingsou, shop) = (&config.shingsou, &config.shop);
    rule(
        config.http.public_url.scheme() == "https",
        "http.public_url",
        "must be https in live mode",
    );
    for (key, url) in [
        ("shingsou.api_base", &shingsou.api_base),
        ("shingsou.identity_base", &shingsou.identity_base),
    ] {
        rule(
            !is_loopback(url),
            key,
            "must not be this machine in live mode",
        );
        rule(url.scheme() == "https", key, "must be https in live mode");
    }
    for (key, value, sandbox) in [
        (
            "shingsou.client_id",
            shingsou.client_id.as_str(),
            demo.shingsou.client_id.as_str(),
        ),
        (
            "shingsou.client_secret",
            shingsou.client_secret.expose(),
            demo.shingsou.client_secret.expose(),
        ),
        (
            "shingsou.subscription_key",
            shingsou.subscription_key.expose(),
            demo.shingsou.subscription_key.expose(),
        ),
    ] {
        rule(
            value != sandbox,
            key,
            "must not be the sandbox's in live mode",
        );
    }
    let company = shop.company.trim();
    rule(
        !company.is_empty() && company != demo.shop.company,
        "shop.company",
        "must be the company that sells in live mode",
    );
    rule(
        !shop.icp_number.trim().is_empty(),
        "shop.icp_number",
        "must be set in live mode",
    );
}

fn is_base(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

fn is_origin(url: &Url) -> bool {
    is_base(url) && url.path() == "/"
}

/// A source of `frame-ancestors`. It is written into a header, so nothing but an origin may pass.
fn is_frame_ancestor(source: &str) -> bool {
    let origin = source.replacen("://*.", "://", 1);
    source == "'self'"
        || Url::parse(&origin)
            .is_ok_and(|url| is_origin(&url) && url.origin().ascii_serialization() == origin)
}

fn is_loopback(url: &Url) -> bool {
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
    use crate::config::Secret;

    fn check(change: impl FnOnce(&mut Config), expected: &[&str]) {
        let mut config = defaults();
        change(&mut config);
        let faults = faults(&config);
        let keys: Vec<&str> = faults.iter().map(|fault| fault.key.as_str()).collect();
        assert_eq!(keys, expected, "{faults:?}");
    }

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    fn go_live(config: &mut Config) {
        config.mode = Mode::Live;
        config.http.public_url = url("https://pay.example");
        config.shingsou.api_base = url("https://open.example/");
        config.shingsou.identity_base = url("https://id.example/");
        config.shingsou.client_id = "real".into();
        config.shingsou.client_secret = Secret::from("real");
        config.shingsou.subscription_key = Secret::from("real");
        config.shop.company = "Real Ltd".into();
        config.shop.icp_number = "ICP 1".into();
    }

    #[test]
    fn each_rule_names_its_key() {
        check(|_| {}, &[]);
        for wrong in [
            "ftp://a/",
            "http://a/b",
            "http://a/?q",
            "http://u@a/",
            "http://a/#f",
        ] {
            check(
                |config| config.http.public_url = url(wrong),
                &["http.public_url"],
            );
        }
        for wrong in [
            "https://a.example/x",
            "a.example",
            "*",
            "https://a;script-src *",
            "https://a.example https://b",
        ] {
            check(
                |config| config.http.frame_ancestors = vec![wrong.into()],
                &["http.frame_ancestors"],
            );
        }
        for right in [
            "'self'",
            "https://a.example",
            "https://*.a.example",
            "https://a.example:8443",
        ] {
            check(
                |config| config.http.frame_ancestors = vec![right.into()],
                &[],
            );
        }
        check(
            |config| config.database.url = Secret::from("mysql://h"),
            &["database.url"],
        );
        check(
            |config| config.orders.lifetime_seconds = 1,
            &["orders.lifetime_seconds"],
        );
        check(
            |config| config.orders.lifetime_seconds = 86_401,
            &["orders.lifetime_seconds"],
        );
        check(
            |config| config.payments.methods = vec![],
            &["payments.methods"],
        );
        check(
            |config| config.payments.methods = vec![Method::Crypto],
            &["payments.methods"],
        );
        check(
            |config| config.payments.methods = vec![Method::Wechat; 2],
            &["payments.methods"],
        );
        check(
            |config| config.shingsou.client_secret = Secret::from(""),
            &["shingsou.client_secret"],
        );
        check(|config| config.log.filter = "a=b=c".into(), &["log.filter"]);
    }

    #[test]
    fn live_refuses_what_is_left_of_the_demo() {
        check(go_live, &[]);
        check(
            |config| config.mode = Mode::Live,
            &[
                "http.public_url",
                "shingsou.api_base",
                "shingsou.api_base",
                "shingsou.identity_base",
                "shingsou.identity_base",
                "shingsou.client_id",
                "shingsou.client_secret",
                "shingsou.subscription_key",
                "shop.company",
                "shop.icp_number",
            ],
        );
        let also = |change: fn(&mut Config), key: &str| {
            check(
                |config| {
                    go_live(config);
                    change(config);
                },
                &[key],
            );
        };
        also(
            |config| config.http.public_url = url("http://pay.example"),
            "http.public_url",
        );
        also(
            |config| config.shingsou.api_base = url("https://127.0.0.1/"),
            "shingsou.api_base",
        );
        also(
            |config| config.shingsou.identity_base = url("https://localhost/"),
            "shingsou.identity_base",
        );
        also(
            |config| config.shingsou.client_secret = Secret::from("sandbox-secret"),
            "shingsou.client_secret",
        );
        also(
            |config| config.orders.lifetime_seconds = 59,
            "orders.lifetime_seconds",
        );
    }
}
