//! What live mode asks for beyond the rest.

use crate::{
    address::is_this_machine,
    config::{Config, defaults},
};

/// Nothing of the demo may be left where real money moves.
pub(super) fn rules(config: &Config, rule: &mut impl FnMut(bool, &str, &str)) {
    let demo = defaults();
    let (shingsou, shop) = (&config.shingsou, &config.shop);
    rule(
        config.http.public_url.scheme() == "https",
        "http.public_url",
        "must be https in live mode",
    );
    let proxies = &config.http.trusted_proxies;
    rule(
        config.http.direct || !proxies.is_empty(),
        "http.trusted_proxies",
        "must name the proxy in live mode, or all buyers count as one; where there is none, set http.direct",
    );
    rule(
        proxies.iter().all(|network| network.prefix_len() > 0),
        "http.trusted_proxies",
        "must not be everybody in live mode",
    );
    for (key, url) in [
        ("shingsou.api_base", &shingsou.api_base),
        ("shingsou.identity_base", &shingsou.identity_base),
    ] {
        rule(
            !is_this_machine(url),
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
    for (key, address) in [
        ("shop.terms_url", &shop.terms_url),
        ("shop.privacy_url", &shop.privacy_url),
    ] {
        rule(!address.is_empty(), key, "must be set in live mode");
    }
}

#[cfg(test)]
mod tests {
    use contract::Mode;

    use super::*;
    use crate::config::{
        Secret,
        check::tests::{check, url},
    };

    fn go_live(config: &mut Config) {
        config.mode = Mode::Live;
        config.http.public_url = url("https://pay.example");
        config.http.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
        config.shingsou.api_base = url("https://open.example/");
        config.shingsou.identity_base = url("https://id.example/");
        config.shingsou.client_id = "real".into();
        config.shingsou.client_secret = Secret::from("real");
        config.shingsou.subscription_key = Secret::from("real");
        config.shop.company = "Real Ltd".into();
        config.shop.icp_number = "ICP 1".into();
        config.shop.terms_url = "/terms.html".into();
        config.shop.privacy_url = "https://shop.example/privacy".into();
    }

    #[test]
    fn live_refuses_what_is_left_of_the_demo() {
        check(go_live, &[]);
        check(
            |config| config.mode = Mode::Live,
            &[
                "http.public_url",
                "http.trusted_proxies",
                "shingsou.api_base",
                "shingsou.api_base",
                "shingsou.identity_base",
                "shingsou.identity_base",
                "shingsou.client_id",
                "shingsou.client_secret",
                "shingsou.subscription_key",
                "shop.company",
                "shop.icp_number",
                "shop.terms_url",
                "shop.privacy_url",
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
            |config| config.http.trusted_proxies.clear(),
            "http.trusted_proxies",
        );
        also(
            |config| config.http.trusted_proxies = vec!["::/0".parse().expect("a network")],
            "http.trusted_proxies",
        );
        check(
            |config| {
                go_live(config);
                config.http.trusted_proxies.clear();
                config.http.direct = true;
            },
            &[],
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
