//! The channel `alipay`: an Alipay merchant account of the operator's own.
//!
//! What Alipay is told and what of its answers is believed is in the crate `alipay`; here stands what that means for a
//! payment. On phones the buyer is sent to Alipay's own pages; a desktop shows a code; inside Alipay, where the buyer's
//! id is known, the trade is created first and paid through Alipay's bridge.

use std::sync::Arc;

use alipay::{
    Client, Contradiction, Error, Fen, HeaderMap, Listener, NewTrade, RefundState, StatusCode,
    Trade,
};
use async_trait::async_trait;
use contract::{Launch, LaunchKind, Method};

use super::{
    channel::{
        Answer, Channel, ChannelError, Closing, NewPayment, NewRefund, Notice, NoticeError,
        PaymentRef, RawNotice, Receipt, RefundAnswer, Refusal,
    },
    pace::Pace,
};
use crate::{clock, unlisted};

/// An Alipay account as a payment channel.
pub struct Alipay {
    merchant: String,
    client: Client,
    pace: Arc<Pace>,
}

impl Alipay {
    /// Reads and checks the keys; `merchant` is our own name of the account.
    ///
    /// # Errors
    /// Names the value that is wrong, and why; never shows it.
    pub fn new(
        merchant: impl Into<String>,
        config: alipay::Config,
    ) -> Result<Alipay, alipay::ConfigError> {
        let pace = Arc::new(Pace::default());
        Ok(Alipay {
            merchant: merchant.into(),
            client: Client::new(config)?.heard_by(pace.clone()),
            pace,
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
impl Channel for Alipay {
    fn name(&self) -> &'static str {
        "alipay"
    }

    fn merchant(&self) -> &str {
        &self.merchant
    }

    fn pace(&self) -> &Pace {
        &self.pace
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
        let trade = NewTrade {
            out_trade_no: &payment.out_trade_no,
            subject: &payment.title,
            amount: Fen(payment.amount.0),
            expires_at: clock::to_system(payment.expires_at),
            notify_url: &payment.notify_url,
        };
        Ok(match (payment.launch, &payment.payer) {
            (LaunchKind::Qr, _) => {
                let code = self.client.precreate(&trade).await?;
                Launch::Qr {
                    content: code.qr_code,
                    expires_at: clock::of_system(code.expires_at),
                }
            }
            (LaunchKind::Form, _) => {
                let form = self.client.page_pay(&trade, &payment.return_url);
                Launch::Form {
                    action: form.action,
                    fields: form.fields,
                }
            }
            (LaunchKind::AlipayTrade, Some(payer)) => Launch::AlipayTrade {
                trade_no: self.client.create(&trade, payer).await?,
            },
            _ => Launch::Redirect {
                url: self.client.wap_pay(&trade, &payment.return_url),
            },
        })
    }

    /// A trade from a page is not there before the buyer has confirmed it, nor one from a code before it is scanned:
    /// until then Alipay does not know the number.
    async fn query(&self, payment: &PaymentRef) -> Result<Answer, ChannelError> {
        Ok(match self.client.query(&payment.out_trade_no).await? {
            Trade::NotFound => Answer::NotFound,
            Trade::Waiting => Answer::Waiting,
            Trade::Closed => Answer::Closed,
            Trade::Unlisted(word) => Answer::Unlisted(word),
            Trade::Contradicts(what) => Answer::Contradiction(match what {
                Contradiction::Number => "out_trade_no_differs",
                Contradiction::Seller => "seller_differs",
                Contradiction::Currency => "currency_differs",
                Contradiction::Amount => "amount_unreadable",
            }),
            Trade::Paid(receipt) => Answer::Paid(Receipt {
                amount: contract::Fen(receipt.amount.0),
                transaction_id: receipt.trade_no,
                paid_at: receipt.paid_at.map(clock::of_system),
                delivery: None,
                given_back: receipt.given_back,
            }),
        })
    }

    /// A number that Alipay does not know yet cannot be closed: the address or the code that the buyer holds stays good
    /// until its expiry.
    async fn close(&self, payment: &PaymentRef) -> Result<Closing, ChannelError> {
        match self.client.close(&payment.out_trade_no).await? {
            alipay::Closing::Closed => Ok(Closing::Closed),
            alipay::Closing::NotFound => Ok(Closing::CannotClose),
            alipay::Closing::NotWaiting => self.query(payment).await.map(Closing::after),
        }
    }

    fn can_refund(&self) -> bool {
        true
    }

    async fn refund(&self, refund: &NewRefund) -> Result<RefundAnswer, ChannelError> {
        match self.client.refund(&of(refund)).await {
            Ok(alipay::Refund::Done) => Ok(RefundAnswer::Done),
            Ok(alipay::Refund::Unchanged) => self.query_refund(refund).await,
            Err(Error::Refused(refusal)) => {
                tracing::warn!(code = refusal.to_string(), "a refund is refused");
                Ok(RefundAnswer::Refused)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn query_refund(&self, refund: &NewRefund) -> Result<RefundAnswer, ChannelError> {
        match self.client.query_refund(&of(refund)).await? {
            RefundState::NotFound => Ok(RefundAnswer::NotFound),
            RefundState::UnderWay => Ok(RefundAnswer::UnderWay),
            RefundState::Done => Ok(RefundAnswer::Done),
            RefundState::AmountDiffers(amount) => {
                Err(ChannelError::AmountDiffers(contract::Fen(amount.0)))
            }
            RefundState::Unlisted(word) => {
                unlisted::tell("alipay", "refund", &word);
                let cause = "the refund has a status that is not documented";
                Err(ChannelError::Unknown(cause.to_owned()))
            }
        }
    }

    fn authorise_url(&self, redirect_uri: &str, state: &str) -> Option<String> {
        self.client.authorise_page(redirect_uri, state)
    }

    async fn payer(&self, code: &str) -> Result<String, ChannelError> {
        Ok(self.client.buyer(code).await?)
    }

    fn read_notice(&self, notice: &RawNotice) -> Result<Notice, NoticeError> {
        match self.client.read_notice(notice.content()) {
            Ok(alipay::Notice::Trade {
                out_trade_no,
                amount,
            }) => Ok(Notice::Payment {
                out_trade_no,
                amount: amount.map(|amount| contract::Fen(amount.0)),
            }),
            Ok(alipay::Notice::Refund { out_request_no }) => Ok(Notice::Refund(out_request_no)),
            Err(error) => Err(NoticeError(error.to_string())),
        }
    }

    fn notice_taken(&self) -> &'static str {
        "success"
    }
}

fn of(refund: &NewRefund) -> alipay::NewRefund<'_> {
    alipay::NewRefund {
        out_trade_no: &refund.out_trade_no,
        out_request_no: &refund.out_refund_no,
        amount: Fen(refund.amount.0),
        reason: &refund.reason,
    }
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
