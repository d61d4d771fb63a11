//! What merchants of our own need.

use crate::{
    config::{Config, Operators},
    merchants::vault::Vault,
};

/// Money of our own is taken only where it can be carried on to the card, and its secrets can be kept.
pub(super) fn rules(config: &Config, rule: &mut impl FnMut(bool, &str, &str)) {
    let recharge = &config.recharge;
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
    if let Err((key, fault)) = Operators::parse(&config.admin) {
        rule(false, key, &fault);
    }
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

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use crate::config::{Carrier, Secret};

    const KEY: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    #[test]
    fn our_own_wallets_need_a_recharge_and_a_vault() {
        check(
            |config| config.payments.alipay = Carrier::Own,
            &["recharge.path", "recharge.query_path", "vault.keys"],
        );
        check(
            |config| {
                config.payments.wechat = Carrier::Own;
                config.recharge.path = Some("/cards/Recharge".into());
                config.vault.keys = Secret::from(KEY);
            },
            &["recharge.query_path"],
        );
        check(
            |config| {
                config.payments.wechat = Carrier::Own;
                config.recharge.path = Some("/cards/Recharge".into());
                config.recharge.query_path = Some("/cards/Recharge".into());
                config.vault.keys = Secret::from(KEY);
            },
            &[],
        );
    }

    #[test]
    fn wrong_values_are_named() {
        for path in ["cards/Recharge", "/cards?a", "https://a/b", "/cards/{id}"] {
            check(
                |config| config.recharge.path = Some(path.into()),
                &["recharge.path"],
            );
        }
        for seconds in [0, 3601] {
            check(
                |config| config.recharge.resend_seconds = seconds,
                &["recharge.resend_seconds"],
            );
        }
        for token in ["short", "an-operators-token-of-32-or-more\u{4e2d}"] {
            check(
                |config| config.admin.token = Secret::from(token),
                &["admin.token"],
            );
        }
        for tokens in ["short", "li:short", "an-operators-token-of-32-or-more"] {
            check(
                |config| config.admin.tokens = Secret::from(tokens),
                &["admin.tokens"],
            );
        }
        for keys in ["c2VjcmV0", "k1:c2VjcmV0", &format!("{KEY},{KEY}")] {
            check(
                |config| config.vault.keys = Secret::from(keys),
                &["vault.keys"],
            );
        }
        for path in ["pages/pay/pay", "//evil.example/pay"] {
            check(
                |config| config.payments.mini_program_path = Some(path.into()),
                &["payments.mini_program_path"],
            );
        }
    }
}
