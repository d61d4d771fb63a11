//! The one merchant that has an account here, with as many certificates as are registered.

use super::keys::MERCHANT;
use crate::signing::Public;

/// A merchant's account, as an option: what is absent is made up.
#[derive(Clone, Debug)]
pub struct WechatMerchant {
    /// 商户号.
    pub mch_id: String,
    /// 公众号 APPID.
    pub app_id: String,
    /// The official account's secret, for OAuth.
    pub app_secret: String,
    /// The API v3 key (`APIv3 密钥`), 32 bytes.
    pub api_v3_key: String,
    /// The serial of the merchant's certificate and the PEM of its public key; a pair is made when absent.
    pub key: Option<(String, String)>,
}

impl Default for WechatMerchant {
    fn default() -> Self {
        Self {
            mch_id: "1900000001".into(),
            app_id: "wx5a4db0c500000001".into(),
            app_secret: "sandbox-wechat-app-secret".into(),
            api_v3_key: "sandbox-api-v3-key-of-32-bytes!!".into(),
            key: None,
        }
    }
}

/// The account as the interface sees it.
pub(crate) struct Merchant {
    pub(crate) mch_id: String,
    pub(crate) app_id: String,
    pub(crate) app_secret: String,
    pub(crate) api_v3_key: String,
    /// Serials and their keys, newest last: an older certificate is good until it is revoked.
    keys: Vec<(String, Public)>,
}

impl Merchant {
    pub(crate) fn new(options: &WechatMerchant) -> Self {
        let (serial_no, public) = options
            .key
            .clone()
            .unwrap_or_else(|| (MERCHANT.id.clone(), MERCHANT.public.clone()));
        Self {
            mch_id: options.mch_id.clone(),
            app_id: options.app_id.clone(),
            app_secret: options.app_secret.clone(),
            api_v3_key: options.api_v3_key.clone(),
            keys: vec![(
                serial_no,
                Public::read(&public).expect("the option holds a PEM of an RSA public key"),
            )],
        }
    }

    /// The newest certificate's serial.
    pub(crate) fn serial_no(&self) -> &str {
        self.keys.last().map_or("", |(serial, _)| serial)
    }

    /// Another certificate, whose key is the newest from now on.
    pub(crate) fn register(&mut self, serial_no: String, key: Public) {
        self.keys.retain(|(known, _)| *known != serial_no);
        self.keys.push((serial_no, key));
    }

    /// The key of that serial.
    pub(crate) fn key(&self, serial_no: &str) -> Option<&Public> {
        self.keys
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(serial_no))
            .map(|(_, key)| key)
    }

    /// Whether any of the merchant's keys signed this, where nothing says which.
    pub(crate) fn signed(&self, message: &[u8], signature: &str) -> bool {
        self.keys
            .iter()
            .any(|(_, key)| key.verifies(message, signature))
    }
}
