//! The channel `wechat`: a merchant's own account at WeChat Pay, by its interface v3 (JSON, RSA-SHA256, AES-256-GCM).
//!
//! Interface v2 (XML, one shared key) would be another implementation of [`Channel`] beside this one; nothing here is
//! shared with it but the wallet's name.

mod certificates;
mod client;
mod keyring;
mod keys;
mod notices;
mod oauth;
mod pages;
mod refunds;
#[cfg(test)]
mod samples;
mod seal;
mod sign;
mod trade;
mod verify;
mod words;

use std::{fmt, sync::Arc, time::Duration};

use anyhow::Context;
use async_trait::async_trait;
use contract::{Launch, LaunchKind, Method};
use url::Url;

use super::{
    channel::{
        Answer, Channel, ChannelError, Closing, NewPayment, NewRefund, Notice, NoticeError,
        PaymentRef, RawNotice, RefundAnswer, Refusal,
    },
    pace::Pace,
};
use crate::config::Secret;
use client::Client;
use keyring::Keyring;
use keys::{MerchantKey, PlatformKey};
use oauth::OAuth;
pub use pages::PageSigner;
use seal::Seal;
use sign::Signer;

/// What a refused probe of WeChat Pay's says: it has to be refused, and is no attack.
pub const PROBE_REFUSED: &str = "it is WeChat Pay's probe of our verification";

/// One merchant's account.
pub struct WechatConfig {
    /// Our own name of the account.
    pub merchant: String,
    /// 商户号.
    pub mch_id: String,
    /// The official account's or app's id (公众号 APPID) that is bound to it.
    pub app_id: String,
    /// The private key of the merchant's certificate (`apiclient_key.pem`), PKCS#8 or PKCS#1.
    pub private_key: Secret,
    /// The serial of the merchant's certificate, hexadecimal.
    pub serial_no: String,
    /// The merchant's certificate (`apiclient_cert.pem`), where it is given: it must fit the key and the serial.
    pub certificate: Option<String>,
    /// The API v3 key (`APIv3 密钥`): 32 bytes.
    pub api_v3_key: Secret,
    /// The API v3 key before this one, while notices sealed with it may still come.
    pub api_v3_key_before: Option<Secret>,
    /// WeChat Pay's keys: the serial of a certificate or `PUB_KEY_ID_…`, and its PEM. Certificates that are not here are
    /// fetched.
    pub platform_keys: Vec<(String, String)>,
    /// `https://api.mch.weixin.qq.com`.
    pub api_base: Url,
    /// WeChat's page that tells who the buyer is, `https://open.weixin.qq.com/connect/oauth2/authorize`. This and the
    /// next two are given together, or none of them.
    pub authorise_url: Option<Url>,
    /// `https://api.weixin.qq.com`, where a code is exchanged for an openid.
    pub oauth_base: Option<Url>,
    /// The official account's own secret (`AppSecret`).
    pub app_secret: Option<Secret>,
    /// The longest one call may take.
    pub timeout: Duration,
}

/// WeChat Pay as a payment channel.
pub struct WechatPay {
    merchant: String,
    mch_id: String,
    app_id: String,
    oauth: Option<OAuth>,
    client: Arc<Client>,
}

impl WechatPay {
    /// Over WeChat Pay's interface, with one merchant's keys.
    ///
    /// # Errors
    /// A value cannot be right; the error names it and never shows it.
    pub fn new(config: WechatConfig) -> anyhow::Result<WechatPay> {
        let plain = |name: &str, value: &str| {
            anyhow::ensure!(
                (1..=64).contains(&value.len())
                    && value.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                "{name} is not made of letters and digits"
            );
            Ok(())
        };
        plain("mch_id", &config.mch_id)?;
        plain("app_id", &config.app_id)?;
        plain("serial_no", &config.serial_no)?;
        let key = MerchantKey::parse(&config.private_key)?;
        if let Some(pem) = &config.certificate {
            let certificate = PlatformKey::of_certificate(pem).context("certificate")?;
            anyhow::ensure!(
                certificate.id().eq_ignore_ascii_case(&config.serial_no),
                "certificate has the serial {}, but serial_no is {}",
                certificate.id(),
                config.serial_no
            );
            anyhow::ensure!(
                key.belongs_to(&certificate),
                "certificate and private_key are not a pair"
            );
        }
        let mut platform_keys = Vec::new();
        for (id, pem) in &config.platform_keys {
            let platform = PlatformKey::parse(id, pem).context("platform_keys")?;
            anyhow::ensure!(
                !key.belongs_to(&platform),
                "platform_keys: {id} is the merchant's own key, not WeChat Pay's"
            );
            platform_keys.push(platform);
        }
        let signer = Signer {
            mch_id: config.mch_id.clone(),
            serial_no: config.serial_no,
            key,
        };
        let oauth = OAuth::new(
            &config.app_id,
            config.authorise_url,
            config.oauth_base,
            config.app_secret,
            config.timeout,
        )?;
        let client = Client::new(
            config.api_base,
            config.timeout,
            signer,
            Keyring::new(platform_keys),
            Seal::new(&config.api_v3_key, config.api_v3_key_before.as_ref())?,
        )?;
        Ok(WechatPay {
            merchant: config.merchant,
            mch_id: config.mch_id,
            app_id: config.app_id,
            oauth,
            client: Arc::new(client),
        })
    }
}

#[async_trait]
impl Channel for WechatPay {
    fn name(&self) -> &'static str {
        "wechat"
    }

    fn merchant(&self) -> &str {
        &self.merchant
    }

    fn pace(&self) -> &Pace {
        self.client.pace()
    }

    fn carries(&self, method: Method) -> bool {
        method == Method::Wechat
    }

    fn launch_for(&self, wanted: LaunchKind) -> Option<LaunchKind> {
        match wanted {
            LaunchKind::WechatJsapi | LaunchKind::Redirect | LaunchKind::Qr => Some(wanted),
            _ => None,
        }
    }

    /// An H5 link lives for five minutes; a `prepay_id` for two hours, which no order outlives by much.
    fn launch_lasts(&self, kind: LaunchKind) -> Option<Duration> {
        match kind {
            LaunchKind::Redirect => Some(Duration::from_secs(270)),
            LaunchKind::WechatJsapi => Some(Duration::from_secs(7000)),
            _ => None,
        }
    }

    fn compares_address(&self, launch: LaunchKind) -> bool {
        launch == LaunchKind::Redirect
    }

    async fn create(&self, payment: &NewPayment) -> Result<Launch, ChannelError> {
        trade::create(self, payment).await
    }

    async fn query(&self, payment: &PaymentRef) -> Result<Answer, ChannelError> {
        trade::query(self, &payment.out_trade_no).await
    }

    async fn close(&self, payment: &PaymentRef) -> Result<Closing, ChannelError> {
        trade::close(self, &payment.out_trade_no).await
    }

    fn can_refund(&self) -> bool {
        true
    }

    async fn refund(&self, refund: &NewRefund) -> Result<RefundAnswer, ChannelError> {
        refunds::ask(self, refund).await
    }

    async fn query_refund(&self, refund: &NewRefund) -> Result<RefundAnswer, ChannelError> {
        refunds::query(self, refund).await
    }

    fn authorise_url(&self, redirect_uri: &str, state: &str) -> Option<String> {
        let oauth = self.oauth.as_ref()?;
        Some(oauth.page(redirect_uri, state))
    }

    async fn payer(&self, code: &str) -> Result<String, ChannelError> {
        match &self.oauth {
            Some(oauth) => oauth.payer(code).await,
            None => Err(ChannelError::Refused(
                Refusal::Other,
                "authorise_url is not set up".to_owned(),
            )),
        }
    }

    fn page_signer(&self) -> Option<&PageSigner> {
        self.oauth.as_ref().map(OAuth::pages)
    }

    fn read_notice(&self, notice: &RawNotice) -> Result<Notice, NoticeError> {
        notices::read(self, notice)
    }

    /// WeChat Pay looks at the status alone: 200 or 204.
    fn notice_taken(&self) -> &'static str {
        ""
    }
}

impl fmt::Debug for WechatPay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("WechatPay")
            .field("merchant", &self.merchant)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_value_is_named_and_never_shown() {
        let check = |change: fn(&mut WechatConfig), named: &str| {
            let mut config = samples::config();
            change(&mut config);
            let refused = WechatPay::new(config).expect_err(named);
            let text = format!("{refused:#}");
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
            |config| config.private_key = samples::pair().public.clone().into(),
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
        assert!(WechatPay::new(samples::config()).is_ok());
    }
}
