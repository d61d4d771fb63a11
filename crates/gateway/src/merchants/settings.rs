//! From what the operator wrote to a channel that can speak with its wallet.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use alipay::Keys;
use anyhow::{Context, bail, ensure};
use contract::Mode;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;
use wechat_pay::OfficialAccountConfig;

use crate::{
    address::is_this_machine,
    config::Secret,
    payments::{Channel, alipay::Alipay, wechat::WechatPay},
};

/// How long one call to a wallet may take: it must end before the request that waits for it is given up.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What WeChat Pay is told of who calls.
const USER_AGENT: &str = "storefront";

/// The wallets' own addresses, at which real money moves.
const REAL: [&str; 2] = ["openapi.alipay.com", "api.mch.weixin.qq.com"];

/// The names of the channels that merchants may have.
pub const CHANNELS: [&str; 2] = ["alipay", "wechat"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlipaySettings {
    app_id: String,
    seller_id: String,
    gateway_url: Url,
    keys: KeyKind,
    alipay_public_key: Option<String>,
    alipay_public_key_before: Option<String>,
    app_cert: Option<String>,
    alipay_cert: Option<String>,
    root_cert: Option<String>,
    authorise_url: Option<Url>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeyKind {
    PublicKey,
    Certificate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlipaySecrets {
    private_key: Secret,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WechatSettings {
    mch_id: String,
    app_id: String,
    serial_no: String,
    certificate: Option<String>,
    #[serde(default)]
    platform_keys: BTreeMap<String, String>,
    api_base: Url,
    authorise_url: Option<Url>,
    oauth_base: Option<Url>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WechatSecrets {
    private_key: Secret,
    api_v3_key: Secret,
    api_v3_key_before: Option<Secret>,
    app_secret: Option<Secret>,
}

/// Makes the channel of a merchant.
///
/// # Errors
/// Names the setting or the secret that is wrong; never shows a secret's value.
pub fn build(
    mode: Mode,
    channel: &str,
    merchant: &str,
    settings: &Value,
    secrets: &Value,
) -> anyhow::Result<Arc<dyn Channel>> {
    match channel {
        "alipay" => {
            let settings: AlipaySettings = read("settings", settings)?;
            let secrets: AlipaySecrets = read("secrets", secrets)?;
            address(mode, "gateway_url", Some(&settings.gateway_url))?;
            address(mode, "authorise_url", settings.authorise_url.as_ref())?;
            alipay(merchant, settings, secrets)
        }
        "wechat" => {
            let settings: WechatSettings = read("settings", settings)?;
            let secrets: WechatSecrets = read("secrets", secrets)?;
            address(mode, "api_base", Some(&settings.api_base))?;
            address(mode, "authorise_url", settings.authorise_url.as_ref())?;
            address(mode, "oauth_base", settings.oauth_base.as_ref())?;
            wechat(merchant, settings, secrets)
        }
        _ => bail!("channel: it is one of {}", CHANNELS.join(", ")),
    }
}

fn alipay(
    merchant: &str,
    settings: AlipaySettings,
    secrets: AlipaySecrets,
) -> anyhow::Result<Arc<dyn Channel>> {
    let keys = match settings.keys {
        KeyKind::PublicKey => Keys::PublicKey {
            alipay_public_key: settings
                .alipay_public_key
                .context("alipay_public_key: it is missing")?,
            alipay_public_key_before: settings.alipay_public_key_before,
        },
        KeyKind::Certificate => Keys::Certificate {
            app_cert: settings.app_cert.context("app_cert: it is missing")?,
            alipay_cert: settings.alipay_cert.context("alipay_cert: it is missing")?,
            root_cert: settings.root_cert.context("root_cert: it is missing")?,
        },
    };
    let config = alipay::Config {
        app_id: settings.app_id,
        seller_id: settings.seller_id,
        private_key: secrets.private_key.expose().to_owned(),
        keys,
        gateway_url: settings.gateway_url,
        authorise_url: settings.authorise_url,
        timeout: TIMEOUT,
    };
    Ok(Arc::new(Alipay::new(merchant, config)?))
}

fn wechat(
    merchant: &str,
    settings: WechatSettings,
    secrets: WechatSecrets,
) -> anyhow::Result<Arc<dyn Channel>> {
    let account = match (
        settings.authorise_url,
        settings.oauth_base,
        secrets.app_secret,
    ) {
        (Some(authorise_url), Some(api_base), Some(app_secret)) => Some(OfficialAccountConfig {
            app_id: settings.app_id.clone(),
            app_secret: app_secret.expose().to_owned(),
            authorise_url,
            api_base,
            timeout: TIMEOUT,
        }),
        (None, None, None) => None,
        _ => bail!("authorise_url, oauth_base and app_secret: all three or none"),
    };
    let expose = |secret: &Secret| secret.expose().to_owned();
    let config = wechat_pay::Config {
        mch_id: settings.mch_id,
        app_id: settings.app_id,
        private_key: expose(&secrets.private_key),
        serial_no: settings.serial_no,
        certificate: settings.certificate,
        api_v3_key: expose(&secrets.api_v3_key),
        api_v3_key_before: secrets.api_v3_key_before.as_ref().map(expose),
        platform_keys: settings.platform_keys.into_iter().collect(),
        api_base: settings.api_base,
        user_agent: USER_AGENT.to_owned(),
        timeout: TIMEOUT,
    };
    Ok(Arc::new(WechatPay::new(merchant, config, account)?))
}

/// Real money and played wallets do not mix.
fn address(mode: Mode, name: &str, url: Option<&Url>) -> anyhow::Result<()> {
    let Some(url) = url else {
        return Ok(());
    };
    match mode {
        Mode::Live => {
            ensure!(
                !is_this_machine(url),
                "{name}: it is this machine, but the mode is live"
            );
            ensure!(
                url.scheme() == "https",
                "{name}: it must be https in live mode"
            );
        }
        Mode::Demo => ensure!(
            !url.host_str().is_some_and(|host| REAL.contains(&host)),
            "{name}: real money moves there, but the mode is demo"
        ),
    }
    Ok(())
}

/// The library's own words quote what stands there, and somebody may have put a secret in the wrong place: of a value only
/// what was expected is told, and of a name among the secrets nothing.
fn read<T: DeserializeOwned>(what: &str, value: &Value) -> anyhow::Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let said = error.into_inner().to_string();
        let name = said.split('`').nth(1).unwrap_or_default();
        if said.starts_with("missing field") {
            return anyhow::anyhow!("{what}: {name} is missing");
        }
        if said.starts_with("unknown field") {
            return match what {
                "secrets" => anyhow::anyhow!("secrets: it has a name that is not known"),
                _ => anyhow::anyhow!("{what}: {name} is not known"),
            };
        }
        match said.rsplit_once(", expected ") {
            Some((_, expected)) => anyhow::anyhow!("{what}: {path} must be {expected}"),
            None => anyhow::anyhow!("{what}: {path} cannot be right"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_money_and_played_wallets_do_not_mix() {
        let check = |mode, url: &str, good: bool| {
            let url = Url::parse(url).expect("an address");
            let checked = address(mode, "api_base", Some(&url)).map_err(|error| error.to_string());
            assert_eq!(checked.is_ok(), good, "{mode:?} {url}");
            assert!(checked.err().is_none_or(|why| why.starts_with("api_base:")));
        };
        for here in [
            "https://127.0.0.1:1",
            "https://localhost",
            "https://[::1]/",
            "http://api.example",
        ] {
            check(Mode::Live, here, false);
            check(Mode::Demo, here, true);
        }
        for real in [
            "https://openapi.alipay.com/gateway.do",
            "https://api.mch.weixin.qq.com",
        ] {
            check(Mode::Live, real, true);
            check(Mode::Demo, real, false);
        }
        assert!(address(Mode::Live, "api_base", None).is_ok());
    }

    #[test]
    fn an_official_account_is_set_up_whole_or_not_at_all() {
        let make = |names: &[&str]| {
            let mut settings = serde_json::json!({
                "mch_id": "1", "app_id": "wx1", "serial_no": "A", "api_base": "https://a.example",
            });
            let mut secrets = serde_json::json!({ "private_key": "", "api_v3_key": "" });
            for name in names {
                let values = if *name == "app_secret" {
                    &mut secrets
                } else {
                    &mut settings
                };
                values[*name] = "https://b.example".into();
            }
            let made = build(Mode::Demo, "wechat", "main", &settings, &secrets);
            made.err().expect("there is no key").to_string()
        };
        let names = ["authorise_url", "oauth_base", "app_secret"];
        for at in 0..names.len() {
            let mut two = names.to_vec();
            let one = two.remove(at);
            for some in [&two[..], &[one]] {
                let expected = "authorise_url, oauth_base and app_secret: all three or none";
                assert_eq!(make(some), expected, "{some:?}");
            }
        }
        for all in [&names[..], &[]] {
            assert!(make(all).starts_with("private_key"), "{all:?}");
        }
    }

    #[test]
    fn what_was_written_is_never_quoted() {
        let check = |settings: Value, expected: &str| {
            let error = read::<AlipaySettings>("settings", &settings).err();
            assert_eq!(
                error.map(|error| error.to_string()).as_deref(),
                Some(expected)
            );
        };
        let good = || serde_json::json!({ "app_id": "1", "seller_id": "1", "gateway_url": "https://a", "keys": "public_key" });
        let with = |name: &str, value: &str| {
            let mut settings = good();
            settings[name] = value.into();
            settings
        };
        check(
            with("keys", "hunter2"),
            "settings: keys must be `public_key` or `certificate`",
        );
        check(
            with("gateway_url", "hunter2"),
            "settings: gateway_url cannot be right",
        );
        check(
            with("private_key", "hunter2"),
            "settings: private_key is not known",
        );
        check(serde_json::json!({}), "settings: app_id is missing");
        let secrets = serde_json::json!({ "hunter2": "private_key" });
        let error = read::<AlipaySecrets>("secrets", &secrets)
            .err()
            .expect("a refusal");
        assert_eq!(
            error.to_string(),
            "secrets: it has a name that is not known"
        );
    }
}
