//! The channel `platform`: the card platform's own "order a package online". It takes the money and recharges the card;
//! the shop only asks how it stands.

use std::sync::Arc;

use async_trait::async_trait;
use contract::{Launch, LaunchKind, Method};

use super::{
    channel::{
        Answer, Channel, ChannelError, Closing, Delivery, NewPayment, Notice, NoticeError,
        PaymentRef, RawNotice, Receipt, Refusal,
    },
    pace::Pace,
};
use crate::{
    clock::{of_system, to_system},
    upstream::shingsou::{
        self, PaymentRequest, PlatformOrder, PlatformStatus, Shingsou, Trade, UpstreamError, Wallet,
    },
};

/// The card platform as a payment channel.
pub struct Platform {
    shingsou: Arc<Shingsou>,
}

impl Platform {
    /// Over the platform's interface.
    #[must_use]
    pub fn new(shingsou: Arc<Shingsou>) -> Platform {
        Platform { shingsou }
    }
}

#[async_trait]
impl Channel for Platform {
    fn name(&self) -> &'static str {
        "platform"
    }

    fn merchant(&self) -> &'static str {
        "shingsou"
    }

    fn pace(&self) -> &Pace {
        self.shingsou.pace()
    }

    fn carries(&self, method: Method) -> bool {
        matches!(method, Method::Alipay | Method::Wechat)
    }

    fn recharges_itself(&self) -> bool {
        true
    }

    fn can_change_launch(&self) -> bool {
        true
    }

    fn launch_for(&self, wanted: LaunchKind) -> Option<LaunchKind> {
        match wanted {
            LaunchKind::Qr => Some(LaunchKind::Qr),
            // The platform's link leads to its own pay page, which does in each wallet what the wallet wants.
            LaunchKind::Redirect | LaunchKind::WechatJsapi => Some(LaunchKind::Redirect),
            _ => None,
        }
    }

    async fn create(&self, payment: &NewPayment) -> Result<Launch, ChannelError> {
        let Some((card, package_id)) = payment.goods.clone() else {
            return Err(ChannelError::Refused(
                Refusal::Other,
                "it sells packages for cards only".to_owned(),
            ));
        };
        let wallet = match payment.method {
            Method::Alipay => Wallet::Alipay,
            Method::Wechat => Wallet::Wechat,
            Method::RechargeCard | Method::Turingcat | Method::Crypto => {
                return Err(ChannelError::Unreachable(
                    "it does not take this method".to_owned(),
                ));
            }
        };
        let request = PaymentRequest {
            out_trade_no: payment.out_trade_no.clone(),
            card_no: card.as_str().to_owned(),
            package_id,
            wallet,
            trade: if payment.launch == LaunchKind::Qr {
                Trade::Code
            } else {
                Trade::Link
            },
            return_url: payment.return_url.clone(),
            notify_url: payment.notify_url.clone(),
            expires_at: to_system(payment.expires_at),
        };
        let created =
            self.shingsou
                .create_payment(&request)
                .await
                .map_err(|error| match error {
                    UpstreamError::Refused { code, .. } => {
                        ChannelError::Refused(refusal(code), format!("code {code}"))
                    }
                    other => no_answer(other),
                })?;
        let total = contract::Fen(created.total.0);
        if total != payment.amount {
            return Err(ChannelError::AmountDiffers(total));
        }
        Ok(match request.trade {
            Trade::Code => Launch::Qr {
                content: created.url,
                expires_at: of_system(created.expires_at),
            },
            Trade::Link => Launch::Redirect { url: created.url },
        })
    }

    async fn query(&self, payment: &PaymentRef) -> Result<Answer, ChannelError> {
        match self.shingsou.find_order(&payment.out_trade_no).await {
            Ok(None) => Ok(Answer::NotFound),
            Ok(Some(order)) => Ok(answer(payment, order)),
            // A refusal to tell is no verdict on the payment.
            Err(UpstreamError::Refused { code, .. }) => {
                if code == shingsou::code::TOO_OFTEN {
                    self.pace().busy(None);
                }
                Err(ChannelError::Unknown(format!("code {code}")))
            }
            Err(error) => Err(no_answer(error)),
        }
    }

    /// No document tells how a payment request is closed there, so it is only asked.
    async fn close(&self, payment: &PaymentRef) -> Result<Closing, ChannelError> {
        self.query(payment).await.map(Closing::after)
    }

    /// The platform's notices are not signed. What can be verified is that they are well formed and name a number that
    /// only the platform was told.
    fn read_notice(&self, notice: &RawNotice) -> Result<Notice, NoticeError> {
        shingsou::read_notice(notice.content())
            .map(|notice| Notice::Payment {
                out_trade_no: notice.out_trade_no,
                amount: None,
            })
            .map_err(|error| NoticeError(error.to_string()))
    }

    fn notice_taken(&self) -> &'static str {
        "success"
    }
}

fn answer(payment: &PaymentRef, order: PlatformOrder) -> Answer {
    let other_package = match (&payment.package_id, &order.product_id) {
        (Some(ours), Some(theirs)) => ours != theirs,
        _ => false,
    };
    if other_package {
        return Answer::Contradiction("package_differs");
    }
    let delivery = match order.status {
        PlatformStatus::Unpaid => return Answer::Waiting,
        PlatformStatus::Unlisted(word) => return Answer::Unlisted(word),
        PlatformStatus::Closed => return Answer::Closed,
        PlatformStatus::Paid | PlatformStatus::Crediting => Delivery::UnderWay,
        PlatformStatus::Credited => Delivery::Credited,
        PlatformStatus::Failed => Delivery::Failed,
        PlatformStatus::Refunded => Delivery::Refunded,
    };
    Answer::Paid(Receipt {
        amount: contract::Fen(order.total.0),
        transaction_id: order.transaction_id,
        paid_at: order.paid_at.map(of_system),
        delivery: Some(delivery),
        given_back: false,
    })
}

fn refusal(code: i64) -> Refusal {
    match code {
        shingsou::code::CARD_TERMINATED => Refusal::CardTerminated,
        shingsou::code::PRODUCT_NOT_ON_SALE => Refusal::NotOnSale,
        _ => Refusal::Other,
    }
}

fn no_answer(error: UpstreamError) -> ChannelError {
    match error {
        UpstreamError::Unreachable(cause) => ChannelError::Unreachable(cause),
        UpstreamError::NotPermitted(_) => ChannelError::Unreachable(error.to_string()),
        UpstreamError::Unknown(cause) => ChannelError::Unknown(cause),
        UpstreamError::Refused { code, .. } => {
            ChannelError::Refused(Refusal::Other, format!("code {code}"))
        }
    }
}
