//! The rules that one value or several together must keep.

mod live;
mod own;
mod partner;

use std::collections::HashSet;

use contract::{Method, Mode};
use tracing_subscriber::EnvFilter;
use url::Url;

use super::{Config, fault::Fault};
use crate::http::verification::Files;

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
        !http.direct || http.trusted_proxies.is_empty(),
        "http.direct",
        "must be false where http.trusted_proxies names proxies",
    );
    rule(
        http.shutdown_seconds <= 300,
        "http.shutdown_seconds",
        "must be at most 300",
    );
    if let Some(Err(fault)) = http.verification_dir.as_deref().map(Files::read) {
        rule(false, "http.verification_dir", &fault);
    }

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
    for (key, address) in [
        ("shop.terms_url", &config.shop.terms_url),
        ("shop.privacy_url", &config.shop.privacy_url),
    ] {
        rule(
            address.is_empty() || is_link(address),
            key,
            "must be https:// with a host, or a path of this site such as /terms.html",
        );
    }
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

    let platform = &config.shingsou;
    rule(
        is_base(&platform.api_base),
        "shingsou.api_base",
        "must be http:// or https:// without a query or user",
    );
    rule(
        is_base(&platform.identity_base),
        "shingsou.identity_base",
        "must be http:// or https:// without a query or user",
    );
    for (key, value) in [
        ("shingsou.client_id", platform.client_id.as_str()),
        ("shingsou.client_secret", platform.client_secret.expose()),
        (
            "shingsou.subscription_key",
            platform.subscription_key.expose(),
        ),
        (
            "shingsou.client_id_field",
            platform.client_id_field.as_str(),
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
        (100..=14_000).contains(&platform.timeout_ms),
        "shingsou.timeout_ms",
        "must be 100 to 14000",
    );
    rule(
        platform.catalog_seconds >= 1,
        "shingsou.catalog_seconds",
        "must be at least 1",
    );

    for (name, put_right) in &platform.operations {
        let key = format!("shingsou.operations.{name}");
        rule(
            shingsou::operations::find(name).is_some(),
            &key,
            "is no operation of the platform's: `gateway platform list` shows all",
        );
        let filled = |text: &String| !text.trim().is_empty();
        let fields = put_right.fields.iter();
        rule(
            put_right.address.iter().all(filled)
                && fields
                    .into_iter()
                    .all(|(guessed, real)| filled(guessed) && filled(real)),
            &key,
            "its address and the names of its fields must not be empty",
        );
    }
    rule(
        !platform.scope.trim().is_empty(),
        "shingsou.scope",
        "must name at least one permission",
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
    let keeping = &config.keeping;
    // Money may come until a day after an order's end, and people ask about it for some days.
    for (key, days, least) in [
        ("keeping.details_days", keeping.details_days, 7),
        ("keeping.card_numbers_days", keeping.card_numbers_days, 30),
        ("keeping.quarantine_days", keeping.quarantine_days, 1),
        ("keeping.audit_days", keeping.audit_days, 30),
    ] {
        rule(
            days == 0 || (least..=36_500).contains(&days),
            key,
            &format!("must be 0 or {least} to 36500"),
        );
    }
    own::rules(config, &mut rule);
    partner::rules(config, &mut rule);
    rule(
        EnvFilter::try_new(&config.log.filter).is_ok(),
        "log.filter",
        "is not a filter such as info or gateway=debug",
    );

    if config.mode == Mode::Live {
        live::rules(config, &mut rule);
    }
    faults
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

/// Where a link of the page may lead.
fn is_link(address: &str) -> bool {
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic())
        && !address.contains(['\\', '"', '<', '>']);
    let is_path = address.starts_with('/') && !address.starts_with("//");
    let is_https = || {
        Url::parse(address).is_ok_and(|url| {
            url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
        })
    };
    is_plain && (is_path || is_https())
}

/// A source of `frame-ancestors`. It is written into a header, so nothing but an origin may pass.
fn is_frame_ancestor(source: &str) -> bool {
    let origin = source.replacen("://*.", "://", 1);
    source == "'self'"
        || Url::parse(&origin)
            .is_ok_and(|url| is_origin(&url) && url.origin().ascii_serialization() == origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Secret, defaults};

    pub(super) fn check(change: impl FnOnce(&mut Config), expected: &[&str]) {
        let mut config = defaults();
        change(&mut config);
        let faults = faults(&config);
        let keys: Vec<&str> = faults.iter().map(|fault| fault.key.as_str()).collect();
        assert_eq!(keys, expected, "{faults:?}");
    }

    pub(super) fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
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
        check(
            |config| config.shingsou.scope = " ".into(),
            &["shingsou.scope"],
        );
        for (name, address) in [("order-gets", "a"), ("order-get", "")] {
            check(
                |config| {
                    let put_right = crate::config::Operation {
                        address: Some(address.into()),
                        ..crate::config::Operation::default()
                    };
                    let operations = &mut config.shingsou.operations;
                    operations.insert(name.into(), put_right);
                },
                &[&format!("shingsou.operations.{name}")],
            );
        }
        check(|config| config.log.filter = "a=b=c".into(), &["log.filter"]);
        for wrong in [1, 6, 36_501] {
            check(
                |config| config.keeping.details_days = wrong,
                &["keeping.details_days"],
            );
        }
        check(
            |config| config.keeping.card_numbers_days = 29,
            &["keeping.card_numbers_days"],
        );
        check(|config| config.keeping.audit_days = 0, &[]);
        check(|config| config.http.direct = true, &[]);
        check(
            |config| {
                config.http.direct = true;
                config.http.trusted_proxies = vec!["10.0.0.1/32".parse().expect("a network")];
            },
            &["http.direct"],
        );
        check(
            |config| config.http.verification_dir = Some("/nowhere".into()),
            &["http.verification_dir"],
        );
        for wrong in [
            "http://a.example/terms",
            "//a.example/terms",
            "/\\a.example",
            "terms.html",
            "javascript:alert(1)",
            "https://u@a.example/",
            "https://a.example/条款",
            " /terms",
        ] {
            check(
                |config| config.shop.terms_url = wrong.into(),
                &["shop.terms_url"],
            );
        }
        for right in ["", "/privacy.html", "https://a.example/privacy?lang=zh"] {
            check(|config| config.shop.privacy_url = right.into(), &[]);
        }
    }
}
