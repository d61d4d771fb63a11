//! An account and its keys.

use std::{fmt, time::Duration};

use thiserror::Error;
use url::Url;

/// Where WeChat Pay is called, for [`Config::api_base`].
pub const API: &str = "https://api.mch.weixin.qq.com";

/// WeChat's page that tells who the buyer is, for [`OfficialAccountConfig::authorise_url`].
pub const AUTHORISE: &str = "https://open.weixin.qq.com/connect/oauth2/authorize";

/// Where official accounts are called, for [`OfficialAccountConfig::api_base`].
pub const OFFICIAL_ACCOUNT_API: &str = "https://api.weixin.qq.com";

/// One merchant's account at WeChat Pay.
#[derive(Clone)]
pub struct Config {
    /// 商户号.
    pub mch_id: String,
    /// The official account's or app's id (公众号 APPID) that is bound to it.
    pub app_id: String,
    /// The private key of the merchant's certificate (`apiclient_key.pem`), PKCS#8 or PKCS#1, of 2048 bits or more.
    pub private_key: String,
    /// The serial of the merchant's certificate, hexadecimal.
    pub serial_no: String,
    /// The merchant's certificate (`apiclient_cert.pem`), where it is given: it must fit the key and the serial.
    pub certificate: Option<String>,
    /// The API v3 key (`APIv3 密钥`): 32 bytes.
    pub api_v3_key: String,
    /// The API v3 key before this one, while notices sealed with it may still come.
    pub api_v3_key_before: Option<String>,
    /// WeChat Pay's keys: the serial of a certificate or `PUB_KEY_ID_…`, and its PEM. Certificates that are not here are
    /// fetched.
    pub platform_keys: Vec<(String, String)>,
    /// [`API`], or where a sandbox is: https, or this machine.
    pub api_base: Url,
    /// What the caller is named in each request; WeChat Pay turns away those without a name.
    pub user_agent: String,
    /// The longest one call may take.
    pub timeout: Duration,
}

/// An official account (公众号).
#[derive(Clone)]
pub struct OfficialAccountConfig {
    /// Its id (APPID).
    pub app_id: String,
    /// Its secret (`AppSecret`).
    pub app_secret: String,
    /// [`AUTHORISE`], or a sandbox's page.
    pub authorise_url: Url,
    /// [`OFFICIAL_ACCOUNT_API`], or where a sandbox is: https, or this machine.
    pub api_base: Url,
    /// The longest one call may take.
    pub timeout: Duration,
}

/// A value of a configuration that cannot be right, by its name; its value is never shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ConfigError(pub(crate) String);

impl ConfigError {
    pub(crate) fn of(name: &str, why: impl fmt::Display) -> ConfigError {
        ConfigError(format!("{name}: {why}"))
    }
}

impl fmt::Debug for Config {
    /// Without its secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Config")
            .field("mch_id", &self.mch_id)
            .field("app_id", &self.app_id)
            .field("serial_no", &self.serial_no)
            .field("api_base", &self.api_base.as_str())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for OfficialAccountConfig {
    /// Without its secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("OfficialAccountConfig")
            .field("app_id", &self.app_id)
            .field("api_base", &self.api_base.as_str())
            .finish_non_exhaustive()
    }
}
