//! The channel `alipay`: an Alipay merchant account of the operator's own, over the open platform's gateway with RSA2.
//!
//! On phones the buyer is sent to Alipay's own pages (`alipay.trade.wap.pay`); a desktop shows a code
//! (`alipay.trade.precreate`); inside Alipay, where the buyer's id is known, the trade is created first and
//! paid through Alipay's bridge (`alipay.trade.create`). Source: Alipay's reference of `alipay.trade.*`.

mod certificates;
mod client;
mod keys;
mod launches;
mod node;
mod notice;
mod oauth;
mod refund;
mod request;
mod time;
mod trade;

use std::time::Duration;

use anyhow::{Context, ensure};
use async_trait::async_trait;
use contract::{Launch, LaunchKind, Method};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use self::{
    certificates::Certificates,
    client::{Client, Refused, Reply, Trust, unknown},
    keys::{PrivateKey, PublicKey},
    request::Request,
    trade::Trade,
};
use super::{
    channel::{
        Answer, Channel, ChannelError, Closing, NewPayment, NewRefund, Notice, NoticeError,
        PaymentRef, RawNotice, RefundAnswer, Refusal,
    },
    pace::Pace,
    reach,
};
use crate::config::Secret;

/// An account and its keys, as the operator gives them.
#[derive(Clone, Debug)]
pub struct AlipayConfig {
    /// Our name of the account.
    pub merchant: String,
    /// The app under which requests are made.
    pub app_id: String,
    /// The account that receives the money: 16 digits that begin with 2088.
    pub seller_id: String,
    /// The app's private key: PEM or bare base64, PKCS#1 or PKCS#8.
    pub private_key: Secret,
    /// By what Alipay is known.
    pub mode: AlipayKeys,
    /// `https://openapi.alipay.com/gateway.do`, or where the sandbox is.
    pub gateway_url: Url,
    /// Alipay's page that tells who the buyer is, such as
    /// `https://openauth.alipay.com/oauth2/publicAppAuthorize.htm`, where user authorisation is set up.
    pub authorise_url: Option<Url>,
    /// How long one call may take.
    pub timeout: Duration,
}

/// By what Alipay's signatures are verified.
#[derive(Clone, Debug)]
pub enum AlipayKeys {
    /// Alipay's public key, as its console shows it.
    PublicKey {
        /// PEM or bare base64.
        alipay_public_key: String,
        /// The key before this one, while what it signed may still come.
        alipay_public_key_before: Option<String>,
    },
    /// The three certificates that its console hands out.
    Certificate {
        /// `appCertPublicKey_….crt`.
        app_cert_pem: String,
        /// `alipayCertPublicKey_RSA2.crt`.
        alipay_cert_pem: String,
        /// `alipayRootCert.crt`.
        root_cert_pem: String,
    },
}

/// An Alipay account as a payment channel.
pub struct Alipay {
    merchant: String,
    seller_id: String,
    authorise_url: Option<Url>,
    client: Client,
}

/// What became of a trade that was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// There was nothing to close, or it was closed already.
    Nothing,
    /// It was not paid, and takes no money any more.
    Closed,
    /// It was paid, and the money went back.
    Refunded,
}

/// Answers of `alipay.trade.close` to a trade that is paid or closed.
const NOT_WAITING: [&str; 3] = [
    "ACQ.TRADE_STATUS_ERROR",
    "ACQ.REASON_TRADE_STATUS_INVALID",
    "ACQ.REASON_ILLEGAL_STATUS",
];

const NOT_EXIST: &str = "ACQ.TRADE_NOT_EXIST";

impl Alipay {
    /// Reads and checks the keys.
    ///
    /// # Errors
    /// Names the key of the configuration that is wrong, and why; never shows its value.
    pub fn new(config: AlipayConfig) -> anyhow::Result<Alipay> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        ensure!(
            !config.app_id.is_empty() && digits(&config.app_id),
            "app_id: it is digits only"
        );
        ensure!(
            config.seller_id.len() == 16
                && config.seller_id.starts_with("2088")
                && digits(&config.seller_id),
            "seller_id: it is 16 digits that begin with 2088"
        );
        reach::check_server("gateway_url", &config.gateway_url)?;
        let key = PrivateKey::parse(config.private_key.expose()).context("private_key")?;
        let trust = match &config.mode {
            AlipayKeys::PublicKey {
                alipay_public_key,
                alipay_public_key_before,
            } => {
                let read = |name: &'static str, text: &String| {
                    let public = PublicKey::parse(text).context(name)?;
                    // The app's public key stands beside Alipay's in the console, and is mistaken for it.
                    ensure!(
                        !public.verifies(b"-", key.sign(b"-").as_bytes()),
                        "{name}: this is the app's own public key, not Alipay's"
                    );
                    anyhow::Ok(public)
                };
                Trust::Key {
                    now: read("alipay_public_key", alipay_public_key)?,
                    before: alipay_public_key_before
                        .as_ref()
                        .map(|text| read("alipay_public_key_before", text))
                        .transpose()?,
                }
            }
            AlipayKeys::Certificate {
                app_cert_pem,
                alipay_cert_pem,
                root_cert_pem,
            } => Trust::Certificates(Box::new(Certificates::read(
                &key,
                app_cert_pem,
                alipay_cert_pem,
                root_cert_pem,
            )?)),
        };
        if let Some(url) = &config.authorise_url {
            reach::check_page("authorise_url", url)?;
        }
        Ok(Alipay {
            merchant: config.merchant,
            seller_id: config.seller_id,
            authorise_url: config.authorise_url,
            client: Client::new(
                config.app_id,
                config.gateway_url,
                config.timeout,
                key,
                trust,
            )?,
        })
    }

    /// Ends a trade whose outcome is unknown: an unpaid one is closed, and **a paid one is refunded**. Closing by
    /// [`Channel::close`] never gives money back.
    ///
    /// # Errors
    /// It refused, or gave no verdict; then it is asked again.
    pub async fn cancel(&self, payment: &PaymentRef) -> Result<Cancelled, ChannelError> {
        #[derive(Deserialize)]
        struct Outcome {
            action: Option<String>,
            retry_flag: Option<String>,
        }
        let content = json!({ "out_trade_no": payment.out_trade_no });
        match self.call("alipay.trade.cancel", content).await? {
            Reply::Success(Outcome {
                retry_flag: Some(flag),
                ..
            }) if flag == "Y" => Err(unknown("it wants to be asked again")),
            Reply::Success(Outcome { action, .. }) => match action.as_deref() {
                None | Some("") => Ok(Cancelled::Nothing),
                Some("close") => Ok(Cancelled::Closed),
                Some("refund") => Ok(Cancelled::Refunded),
                Some(_) => Err(unknown("it did what is not documented")),
            },
            Reply::Refused(refused) => Err(refusal(&refused)),
        }
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        method: &'static str,
        content: Value,
    ) -> Result<Reply<T>, ChannelError> {
        let request = Request {
            method,
            notify_url: None,
            return_url: None,
            code: None,
            content,
        };
        self.client.call(&request).await
    }
}

#[async_trait]
impl Channel for Alipay {
    fn name(&self) -> &'static str {
        "alipay"
    }

    fn merchant(&self) -> &str {
        &self.merchant
    }

    fn pace(&self) -> &Pace {
        &self.client.pace
    }

    fn carries(&self, method: Method) -> bool {
        method == Method::Alipay
    }

    fn launch_for(&self, wanted: LaunchKind) -> Option<LaunchKind> {
        match wanted {
            LaunchKind::Redirect | LaunchKind::Form | LaunchKind::Qr | LaunchKind::AlipayTrade => {
                Some(wanted)
            }
            _ => None,
        }
    }

    /// Alipay's bridge needs the buyer's id; without it the buyer is sent to the page instead, which works in Alipay
    /// too.
    async fn create(&self, payment: &NewPayment) -> Result<Launch, ChannelError> {
        match (payment.launch, &payment.payer) {
            (LaunchKind::Qr, _) => self.code(payment).await,
            (LaunchKind::Form, _) => Ok(self.form(payment)),
            (LaunchKind::AlipayTrade, Some(payer)) => self.bridge(payment, payer).await,
            _ => Ok(self.wap(payment)),
        }
    }

    /// A trade from a page is not there before the buyer has confirmed it, nor one from a code before it is scanned:
    /// until then Alipay does not know the number.
    async fn query(&self, payment: &PaymentRef) -> Result<Answer, ChannelError> {
        let content = json!({ "out_trade_no": payment.out_trade_no });
        match self.call::<Trade>("alipay.trade.query", content).await? {
            Reply::Success(trade) => trade.answer(&payment.out_trade_no, &self.seller_id),
            Reply::Refused(refused) if refused.sub_code == NOT_EXIST => Ok(Answer::NotFound),
            // A refusal to tell is no verdict on the payment.
            Reply::Refused(refused) => Err(unknown(refused.show())),
        }
    }

    /// A number that Alipay does not know yet cannot be closed: the address or the code that the buyer holds stays good
    /// until its expiry.
    async fn close(&self, payment: &PaymentRef) -> Result<Closing, ChannelError> {
        #[derive(Deserialize)]
        struct Closed {}
        let content = json!({ "out_trade_no": payment.out_trade_no });
        match self.call("alipay.trade.close", content).await? {
            Reply::Success(Closed {}) => Ok(Closing::Closed),
            Reply::Refused(refused) if refused.sub_code == NOT_EXIST => Ok(Closing::CannotClose),
            Reply::Refused(refused) if NOT_WAITING.contains(&refused.sub_code.as_str()) => {
                self.query(payment).await.map(Closing::after)
            }
            Reply::Refused(refused) => Err(unknown(refused.show())),
        }
    }

    fn can_refund(&self) -> bool {
        true
    }

    async fn refund(&self, refund: &NewRefund) -> Result<RefundAnswer, ChannelError> {
        match self
            .call("alipay.trade.refund", refund::content(refund))
            .await?
        {
            Reply::Success(made) => match refund::made(refund, &made)? {
                Some(answer) => Ok(answer),
                None => self.query_refund(refund).await,
            },
            Reply::Refused(refused) => refund::refused(&refused),
        }
    }

    async fn query_refund(&self, refund: &NewRefund) -> Result<RefundAnswer, ChannelError> {
        let content = json!({
            "out_trade_no": refund.out_trade_no,
            "out_request_no": refund.out_refund_no,
        });
        match self
            .call("alipay.trade.fastpay.refund.query", content)
            .await?
        {
            Reply::Success(found) => refund::found(refund, &found),
            Reply::Refused(refused) if refused.sub_code == NOT_EXIST => Ok(RefundAnswer::NotFound),
            Reply::Refused(refused) => Err(unknown(refused.show())),
        }
    }

    fn authorise_url(&self, redirect_uri: &str, state: &str) -> Option<String> {
        oauth::page(self, redirect_uri, state)
    }

    async fn payer(&self, code: &str) -> Result<String, ChannelError> {
        oauth::payer(self, code).await
    }

    fn read_notice(&self, notice: &RawNotice) -> Result<Notice, NoticeError> {
        notice::read(
            notice.content(),
            &self.client.app_id,
            &self.seller_id,
            &self.client.trust,
        )
    }

    fn notice_taken(&self) -> &'static str {
        "success"
    }
}

fn refusal(refused: &Refused) -> ChannelError {
    ChannelError::Refused(Refusal::Other, refused.show())
}

#[cfg(test)]
mod tests;
