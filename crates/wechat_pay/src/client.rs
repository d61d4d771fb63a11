//! One merchant's account, set up.

use std::{fmt, sync::Arc};

use reqwest::Method;
use serde_json::Value;

use crate::{
    Config, ConfigError, Error, Listener,
    call::{Answer, Caller},
    http,
    keyring::Keyring,
    keys::{MerchantKey, PlatformKey},
    seal::Seal,
    sign::Signer,
};

/// A merchant at WeChat Pay: makes its requests, and believes what WeChat Pay signed.
///
/// Each call goes over HTTPS, within [`Config::timeout`]; it follows no redirect and reads no answer of more than
/// 256 KiB. What surely was not sent is sent once again, under a signature of its own; nothing else is repeated. Calls
/// can be made at the same time.
///
/// Keys that sign answers and notices are those of the configuration, and certificates, which are fetched when one that
/// is not known signs: once a minute at most, whatever arrives.
pub struct Client {
    pub(crate) mch_id: String,
    pub(crate) app_id: String,
    pub(crate) caller: Arc<Caller>,
    listener: Option<Arc<dyn Listener>>,
}

impl Client {
    /// Reads and checks the keys.
    ///
    /// # Errors
    /// Names the value that cannot be right, and never shows it.
    pub fn new(config: Config) -> Result<Client, ConfigError> {
        plain("mch_id", &config.mch_id)?;
        plain("app_id", &config.app_id)?;
        plain("serial_no", &config.serial_no)?;
        let key = MerchantKey::parse(&config.private_key).map_err(ConfigError)?;
        if let Some(pem) = &config.certificate {
            check_certificate(pem, &config.serial_no, &key)?;
        }
        let mut platform_keys = Vec::new();
        for (id, pem) in &config.platform_keys {
            let platform =
                PlatformKey::parse(id, pem).map_err(|why| ConfigError::of("platform_keys", why))?;
            if key.belongs_to(&platform) {
                let why = format!("{id} is the merchant's own key, not WeChat Pay's");
                return Err(ConfigError::of("platform_keys", why));
            }
            platform_keys.push(platform);
        }
        http::check_server("api_base", &config.api_base)?;
        let caller = Caller {
            http: http::client(&config.api_base, config.timeout)?,
            base: config.api_base,
            user_agent: config.user_agent,
            signer: Signer {
                mch_id: config.mch_id.clone(),
                serial_no: config.serial_no,
                key,
            },
            keys: Keyring::new(platform_keys),
            seal: Seal::new(&config.api_v3_key, config.api_v3_key_before.as_deref())
                .map_err(ConfigError)?,
        };
        Ok(Client {
            mch_id: config.mch_id,
            app_id: config.app_id,
            caller: Arc::new(caller),
            listener: None,
        })
    }

    /// Lets somebody hear how WeChat Pay answers.
    #[must_use]
    pub fn heard_by(self, listener: Arc<dyn Listener>) -> Client {
        Client {
            listener: Some(listener),
            ..self
        }
    }

    pub(crate) async fn get(&self, target: &str) -> Result<Answer, Error> {
        let listener = self.listener.as_ref();
        self.caller.call(listener, Method::GET, target, None).await
    }

    pub(crate) async fn post(&self, target: &str, body: &Value) -> Result<Answer, Error> {
        let listener = self.listener.as_ref();
        self.caller
            .call(listener, Method::POST, target, Some(body))
            .await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client")
            .field("mch_id", &self.mch_id)
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

fn plain(name: &str, value: &str) -> Result<(), ConfigError> {
    let is_plain =
        (1..=64).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_plain {
        Ok(())
    } else {
        Err(ConfigError(format!(
            "{name} is not made of letters and digits"
        )))
    }
}

fn check_certificate(pem: &str, serial_no: &str, key: &MerchantKey) -> Result<(), ConfigError> {
    let certificate =
        PlatformKey::of_certificate(pem).map_err(|why| ConfigError::of("certificate", why))?;
    if !certificate.id().eq_ignore_ascii_case(serial_no) {
        return Err(ConfigError(format!(
            "certificate has the serial {}, but serial_no is {serial_no}",
            certificate.id()
        )));
    }
    if !key.belongs_to(&certificate) {
        let why = "certificate and private_key are not a pair";
        return Err(ConfigError(why.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_wrong_value_is_named_and_never_shown() {
        let check = |change: fn(&mut Config), named: &str| {
            let mut config = samples::config();
            change(&mut config);
            let refused = Client::new(config).expect_err(named);
            let text = refused.to_string();
            assert!(text.contains(named), "{text}");
            assert!(
                !text.contains("PRIVATE") && !text.contains(samples::API_V3_KEY),
                "{text}"
            );
        };
        check(
            |config| config.api_v3_key = "0123456789abcdef".into(),
            "api_v3_key has 16 bytes",
        );
        check(
            |config| config.api_v3_key_before = Some("x".into()),
            "api_v3_key_before",
        );
        check(|config| config.private_key = "no key".into(), "private_key");
        check(
            |config| config.private_key = samples::pair().public.clone(),
            "private_key",
        );
        check(|config| config.mch_id = "19\"0".into(), "mch_id");
        check(|config| config.app_id = String::new(), "app_id");
        check(
            |config| config.api_base = "http://api.example".parse().expect("an address"),
            "api_base",
        );
        check(
            |config| config.platform_keys[0].1 = "x".into(),
            "platform_keys",
        );
        check(
            |config| config.platform_keys[0].1 = samples::pair().public.clone(),
            "merchant's own",
        );
        check(
            |config| config.platform_keys = vec![("00".into(), samples::certificate_pem())],
            "serial",
        );
        check(
            |config| config.certificate = Some("x".into()),
            "certificate",
        );
        check(
            |config| config.certificate = Some(samples::certificate_pem()),
            "serial_no",
        );
        check(
            |config| {
                config.certificate = Some(samples::certificate_pem());
                config.serial_no = samples::certificate().id().to_owned();
            },
            "not a pair",
        );
        assert!(Client::new(samples::config()).is_ok());
    }
}
