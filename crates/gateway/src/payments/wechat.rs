//! The channel `wechat`: a merchant's own account at WeChat Pay, by its interface v3.
//!
//! What WeChat Pay is told and what of its answers is believed is in the crate `wechat_pay`; here stands what that means
//! for a payment. Interface v2 (XML, one shared key) would be another implementation of [`Channel`] beside this one.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use contract::{Launch, LaunchKind, Method, PageSignature};
use wechat_pay::{
    Client, Config, ConfigError, Contradiction, Doubt, Error, Fen, HeaderMap, Listener,
    OfficialAccount, OfficialAccountConfig, Payment, RefundState, StatusCode,
};

use super::{
    channel::{
        Answer, Channel, ChannelError, Closing, NewPayment, NewRefund, Notice, NoticeError,
        PageSigner, PaymentRef, RawNotice, Receipt, RefundAnswer, Refusal,
    },
    pace::Pace,
};
use crate::{clock, unlisted};

/// What a refused probe of WeChat Pay's says: it has to be refused, and is no attack.
pub const PROBE_REFUSED: &str = "it is WeChat Pay's probe of our verification";

/// WeChat Pay as a payment channel.
pub struct WechatPay {
    merchant: String,
    client: Client,
    account: Option<OfficialAccount>,
    pace: Arc<Pace>,
}

impl WechatPay {
    /// Over WeChat Pay's interface, with one merchant's keys, and the official account by which it knows its buyers, where
    /// that is set up; `merchant` is our own name of the account.
    ///
    /// # Errors
    /// A value cannot be right; the error names it and never shows it.
    pub fn new(
        merchant: impl Into<String>,
        config: Config,
        account: Option<OfficialAccountConfig>,
    ) -> Result<WechatPay, ConfigError> {
        let pace = Arc::new(Pace::default());
        Ok(WechatPay {
            merchant: merchant.into(),
            client: Client::new(config)?.heard_by(pace.clone()),
            account: account.map(OfficialAccount::new).transpose()?,
            pace,
        })
    }

    /// WeChat Pay's number for the payment is in use for another launch or another buyer. It is closed, so that it
    /// cannot be paid beside the one that follows.
    async fn close_used(&self, number: &str) -> Result<(), ChannelError> {
        match self.client.close(number).await? {
            wechat_pay::Closing::Closed => Ok(()),
            wechat_pay::Closing::AlreadyPaid | wechat_pay::Closing::NotFound => {
                Err(ChannelError::Unknown("the number is in use".to_owned()))
            }
        }
    }

    async fn launch(
        &self,
        payment: &NewPayment,
        asked: &wechat_pay::NewPayment<'_>,
    ) -> Result<Result<Launch, Error>, ChannelError> {
        let needs = |what: &str| ChannelError::Refused(Refusal::Other, format!("it needs {what}"));
        Ok(match payment.launch {
            LaunchKind::WechatJsapi => {
                let openid = payment.payer.as_deref();
                let openid = openid.ok_or_else(|| needs("the buyer's openid"))?;
                let bridge = self.client.jsapi(asked, openid).await;
                bridge.map(|bridge| Launch::WechatJsapi {
                    app_id: bridge.app_id,
                    time_stamp: bridge.time_stamp,
                    nonce_str: bridge.nonce_str,
                    package: bridge.package,
                    sign_type: bridge.sign_type,
                    pay_sign: bridge.pay_sign,
                })
            }
            LaunchKind::Redirect => {
                let ip = payment.client_ip;
                let ip = ip.ok_or_else(|| needs("the buyer's address"))?;
                let url = self.client.h5(asked, ip, &payment.return_url).await;
                url.map(|url| Launch::Redirect { url })
            }
            LaunchKind::Qr => self.client.native(asked).await.map(|code| Launch::Qr {
                content: code.code_url,
                expires_at: clock::of_system(code.expires_at),
            }),
            _ => return Err(needs("another launch")),
        })
    }
}

impl Listener for Pace {
    fn answered(&self, status: StatusCode, headers: &HeaderMap) {
        self.heard(status, headers);
    }

    fn too_often(&self) {
        self.busy(None);
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
        &self.pace
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
        let asked = wechat_pay::NewPayment {
            out_trade_no: &payment.out_trade_no,
            description: &payment.title,
            amount: Fen(payment.amount.0),
            expires_at: clock::to_system(payment.expires_at),
            notify_url: &payment.notify_url,
        };
        let launch = self.launch(payment, &asked).await?;
        if let Err(Error::Refused(refusal)) = &launch
            && refusal.is_number_used()
        {
            self.close_used(&payment.out_trade_no).await?;
        }
        Ok(launch?)
    }

    async fn query(&self, payment: &PaymentRef) -> Result<Answer, ChannelError> {
        Ok(match self.client.query(&payment.out_trade_no).await? {
            Payment::NotFound => Answer::NotFound,
            Payment::Waiting => Answer::Waiting,
            Payment::Closed => Answer::Closed,
            Payment::Unlisted(word) => Answer::Unlisted(word),
            Payment::Contradicts(what) => Answer::Contradiction(match what {
                Contradiction::Merchant => "merchant_differs",
                Contradiction::App => "app_differs",
                Contradiction::Number => "number_differs",
                Contradiction::NoAmount => "amount_missing",
                Contradiction::Amount => "amount_unreadable",
                Contradiction::Currency => "currency_differs",
            }),
            Payment::Paid(receipt) => Answer::Paid(Receipt {
                amount: contract::Fen(receipt.amount.0),
                transaction_id: receipt.transaction_id,
                paid_at: receipt.paid_at.map(clock::of_system),
                delivery: None,
                given_back: receipt.given_back,
            }),
        })
    }

    /// A number that is not known there yet could still be made by a sending that is under way.
    async fn close(&self, payment: &PaymentRef) -> Result<Closing, ChannelError> {
        Ok(match self.client.close(&payment.out_trade_no).await? {
            wechat_pay::Closing::Closed => Closing::Closed,
            wechat_pay::Closing::AlreadyPaid => Closing::AlreadyPaid,
            wechat_pay::Closing::NotFound => Closing::CannotClose,
        })
    }

    fn can_refund(&self) -> bool {
        true
    }

    async fn refund(&self, refund: &NewRefund) -> Result<RefundAnswer, ChannelError> {
        match self.client.refund(&of(refund)).await {
            Ok(state) => meaning(state),
            Err(Error::Refused(refusal)) if refusal.ends_refund() => {
                tracing::warn!(
                    out_refund_no = refund.out_refund_no,
                    code = refusal.code,
                    "a refund is refused"
                );
                Ok(RefundAnswer::Refused)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn query_refund(&self, refund: &NewRefund) -> Result<RefundAnswer, ChannelError> {
        meaning(self.client.query_refund(&of(refund)).await?)
    }

    fn authorise_url(&self, redirect_uri: &str, state: &str) -> Option<String> {
        let account = self.account.as_ref()?;
        Some(account.authorise_page(redirect_uri, state))
    }

    async fn payer(&self, code: &str) -> Result<String, ChannelError> {
        match &self.account {
            Some(account) => Ok(account.openid(code).await?),
            None => Err(ChannelError::Refused(
                Refusal::Other,
                "authorise_url is not set up".to_owned(),
            )),
        }
    }

    fn page_signer(&self) -> Option<&dyn PageSigner> {
        let account = self.account.as_ref()?;
        Some(account)
    }

    fn read_notice(&self, notice: &RawNotice) -> Result<Notice, NoticeError> {
        use wechat_pay::{Notice as Told, NoticeError as Refused};
        match self.client.read_notice(&notice.headers, &notice.body) {
            Ok(Told::Payment {
                out_trade_no,
                amount,
            }) => Ok(Notice::Payment {
                out_trade_no,
                amount: amount.map(|amount| contract::Fen(amount.0)),
            }),
            Ok(Told::Refund { out_refund_no }) => Ok(Notice::Refund(out_refund_no)),
            Err(Refused::NotBelieved(Doubt::Probe)) => Err(NoticeError(PROBE_REFUSED.to_owned())),
            Err(error) => Err(NoticeError(error.to_string())),
        }
    }

    /// WeChat Pay looks at the status alone: 200 or 204.
    fn notice_taken(&self) -> &'static str {
        ""
    }
}

#[async_trait]
impl PageSigner for OfficialAccount {
    async fn sign(&self, url: &str) -> Result<PageSignature, ChannelError> {
        let signed = self.sign_page(url).await?;
        Ok(PageSignature {
            app_id: signed.app_id,
            timestamp: signed.timestamp,
            nonce_str: signed.nonce_str,
            signature: signed.signature,
        })
    }
}

fn of(refund: &NewRefund) -> wechat_pay::NewRefund<'_> {
    wechat_pay::NewRefund {
        out_trade_no: &refund.out_trade_no,
        out_refund_no: &refund.out_refund_no,
        amount: Fen(refund.amount.0),
        paid: Fen(refund.paid.0),
        reason: &refund.reason,
        notify_url: &refund.notify_url,
    }
}

fn meaning(state: RefundState) -> Result<RefundAnswer, ChannelError> {
    Ok(match state {
        RefundState::NotFound => RefundAnswer::NotFound,
        RefundState::UnderWay => RefundAnswer::UnderWay,
        RefundState::ByHand => RefundAnswer::ByHand,
        RefundState::Done => RefundAnswer::Done,
        RefundState::Refused => RefundAnswer::Refused,
        RefundState::Unlisted(word) => {
            unlisted::tell("wechat", "refund", &word);
            let cause = "its status is not listed".to_owned();
            return Err(ChannelError::Unknown(cause));
        }
    })
}

impl From<Error> for ChannelError {
    fn from(error: Error) -> ChannelError {
        match error {
            Error::Unreachable(cause) => ChannelError::Unreachable(cause),
            Error::Unknown(cause) => ChannelError::Unknown(cause),
            Error::Refused(refusal) => ChannelError::Refused(Refusal::Other, refusal.to_string()),
        }
    }
}
