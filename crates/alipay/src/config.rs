//! An account and its keys.

use std::{fmt, time::Duration};

use thiserror::Error;
use url::Url;

/// Where Alipay's open platform is called, for [`Config::gateway_url`].
pub const GATEWAY: &str = "https://openapi.alipay.com/gateway.do";

/// Alipay's page that tells who the buyer is, for [`Config::authorise_url`].
pub const AUTHORISE: &str = "https://openauth.alipay.com/oauth2/publicAppAuthorize.htm";

/// An account and its keys, as Alipay's console shows them.
#[derive(Clone)]
pub struct Config {
    /// The app under which requests are made: digits.
    pub app_id: String,
    /// The account that receives the money: 16 digits that begin with 2088.
    pub seller_id: String,
    /// The app's private key of 2048 bits or more: PEM or bare base64, PKCS#1 (which Alipay's tool names "not Java") or
    /// PKCS#8 ("Java").
    pub private_key: String,
    /// By what Alipay is known.
    pub keys: Keys,
    /// [`GATEWAY`], or where a sandbox is: https, or this machine.
    pub gateway_url: Url,
    /// [`AUTHORISE`], where user authorisation is set up for the app.
    pub authorise_url: Option<Url>,
    /// How long one call may take.
    pub timeout: Duration,
}

/// By what Alipay's signatures are verified. Source: Alipay's guides to signing with public keys and with certificates.
#[derive(Clone, Debug)]
pub enum Keys {
    /// Alipay's public key, as its console shows it. It is not the app's own, which stands beside it there.
    PublicKey {
        /// PEM or bare base64.
        alipay_public_key: String,
        /// The key before this one, while what it signed may still come.
        alipay_public_key_before: Option<String>,
    },
    /// The three certificates that the console hands out, in PEM.
    Certificate {
        /// `appCertPublicKey_….crt`.
        app_cert: String,
        /// `alipayCertPublicKey_RSA2.crt`.
        alipay_cert: String,
        /// `alipayRootCert.crt`.
        root_cert: String,
    },
}

/// A value of a [`Config`] that cannot be right, by its name; its value is never shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ConfigError(pub(crate) String);

impl ConfigError {
    pub(crate) fn of(name: &str, why: impl fmt::Display) -> ConfigError {
        ConfigError(format!("{name}: {why}"))
    }
}

impl fmt::Debug for Config {
    /// Without the private key.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Config")
            .field("app_id", &self.app_id)
            .field("seller_id", &self.seller_id)
            .field("gateway_url", &self.gateway_url.as_str())
            .finish_non_exhaustive()
    }
}
