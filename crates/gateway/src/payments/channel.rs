//! What every payment channel can say to its wallet or platform. When to say it is decided once, for all channels, in
//! the modules beside this one. A channel knows nothing of orders.

use std::{fmt, net::IpAddr, time::Duration};

use async_trait::async_trait;
use contract::{CardNumber, Fen, Launch, LaunchKind, Method, PageSignature, Timestamp};

use super::pace::Pace;

/// A way in which money reaches the shop.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Its name in addresses and in the database.
    fn name(&self) -> &'static str;

    /// Whose account receives the money, by name; written on each payment.
    fn merchant(&self) -> &str;

    /// How much it is asked.
    fn pace(&self) -> &Pace;

    /// Whether it can carry a method.
    fn carries(&self, method: Method) -> bool;

    /// The launch it can make where the host would like this one, if any.
    fn launch_for(&self, wanted: LaunchKind) -> Option<LaunchKind>;

    /// Makes a payment, or makes the same payment again with a fresh launch: the number decides.
    async fn create(&self, payment: &NewPayment) -> Result<Launch, ChannelError>;

    /// Asks how a payment stands.
    async fn query(&self, payment: &PaymentRef) -> Result<Answer, ChannelError>;

    /// Closes an unpaid payment, where the channel knows how; else says so.
    async fn close(&self, payment: &PaymentRef) -> Result<Closing, ChannelError>;

    /// Whether it recharges the card by itself once it has the money.
    fn recharges_itself(&self) -> bool {
        false
    }

    /// For how long a launch of this kind stays good at the wallet, where that is shorter than the payment's own time.
    fn launch_lasts(&self, _kind: LaunchKind) -> Option<Duration> {
        None
    }

    /// Whether the same payment can be launched in another way, or for another buyer, under its number.
    fn can_change_launch(&self) -> bool {
        false
    }

    /// Whether the wallet compares the buyer's address with the one that it was told for such a launch.
    fn compares_address(&self, _launch: LaunchKind) -> bool {
        false
    }

    /// Whether it can give money back.
    fn can_refund(&self) -> bool {
        false
    }

    /// Gives money back, or asks for the same refund again: the number decides.
    async fn refund(&self, _refund: &NewRefund) -> Result<RefundAnswer, ChannelError> {
        Err(ChannelError::Refused(
            Refusal::Other,
            "it gives no money back".to_owned(),
        ))
    }

    /// Asks how a refund stands.
    async fn query_refund(&self, _refund: &NewRefund) -> Result<RefundAnswer, ChannelError> {
        Err(ChannelError::Refused(
            Refusal::Other,
            "it gives no money back".to_owned(),
        ))
    }

    /// The wallet's page that tells who the buyer is and sends the browser back with a code; `None` where the operator
    /// has not set this up. The state comes back with the code: letters and digits, at most 100.
    fn authorise_url(&self, _redirect_uri: &str, _state: &str) -> Option<String> {
        None
    }

    /// The wallet's own id of the buyer whom a code stands for. A code is good once.
    async fn payer(&self, _code: &str) -> Result<String, ChannelError> {
        Err(ChannelError::Refused(
            Refusal::Other,
            "it tells nobody's id".to_owned(),
        ))
    }

    /// Signs our pages for the wallet's app, where it wants that and the operator has set it up.
    fn page_signer(&self) -> Option<&dyn PageSigner> {
        None
    }

    /// Reads a notice as far as it can be verified, and says what it is about. What it says of money is not believed
    /// here: the channel is asked.
    fn read_notice(&self, notice: &RawNotice) -> Result<Notice, NoticeError>;

    /// The body that tells the sender that its notice was taken in.
    fn notice_taken(&self) -> &'static str;
}

/// Signs our pages for a wallet's app.
#[async_trait]
pub trait PageSigner: Send + Sync {
    /// Signs the address of a page, which has no fragment. Why it cannot is in the log, once for all who ask.
    async fn sign(&self, url: &str) -> Result<PageSignature, ChannelError>;
}

/// A payment to be made.
#[derive(Clone, Debug)]
pub struct NewPayment {
    /// Its number, stored before this is sent: 32 letters and digits.
    pub out_trade_no: String,
    /// What is paid for, in the seller's words.
    pub title: String,
    /// How much.
    pub amount: Fen,
    /// With what.
    pub method: Method,
    /// How the page will carry it out.
    pub launch: LaunchKind,
    /// The card and the package's id, for channels that recharge by themselves.
    pub goods: Option<(CardNumber, String)>,
    /// Where the wallet sends the buyer afterwards.
    pub return_url: String,
    /// Where the channel sends its notices.
    pub notify_url: String,
    /// When the channel stops taking the money.
    pub expires_at: Timestamp,
    /// The buyer's real address, which some wallets compare.
    pub client_ip: Option<IpAddr>,
    /// The wallet's own id of the buyer, where a launch needs one.
    pub payer: Option<String>,
}

/// Money to be given back.
#[derive(Clone, Debug)]
pub struct NewRefund {
    /// Its number, stored before this is sent: 32 letters and digits.
    pub out_refund_no: String,
    /// The payment's number.
    pub out_trade_no: String,
    /// How much of the payment.
    pub amount: Fen,
    /// What was paid in all.
    pub paid: Fen,
    /// Why, in words that the buyer may read.
    pub reason: String,
    /// Where the channel sends its notices.
    pub notify_url: String,
}

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundAnswer {
    /// The channel does not know the number.
    NotFound,
    /// It is working on it.
    UnderWay,
    /// It cannot end by itself: a person has to finish it at the wallet. Asked for under another number, the money could
    /// be paid out twice.
    ByHand,
    /// The money is back, or surely on its way.
    Done,
    /// It refused for good; it may be asked for again under another number.
    Refused,
}

/// What a verified notice is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A payment.
    Payment {
        /// Its number.
        out_trade_no: String,
        /// What was paid, where the notice tells that money came.
        amount: Option<Fen>,
    },
    /// A refund, by its number.
    Refund(String),
}

/// A payment that was made, or may have been.
#[derive(Clone, Debug)]
pub struct PaymentRef {
    /// Its number.
    pub out_trade_no: String,
    /// The package's id, for channels that recharge by themselves.
    pub package_id: Option<String>,
}

/// How a payment stands, as the channel answered when asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The channel does not know the number.
    NotFound,
    /// It knows it and has no money yet.
    Waiting,
    /// It knows it, in a state that is not listed: no verdict, in its own word.
    Unlisted(String),
    /// It has the money.
    Paid(Receipt),
    /// It will take no money any more, and took none.
    Closed,
    /// It answered for something else than was asked: a person has to look.
    Contradiction(&'static str),
}

/// Verified evidence that money arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// How much.
    pub amount: Fen,
    /// The wallet's own number.
    pub transaction_id: Option<String>,
    /// When.
    pub paid_at: Option<Timestamp>,
    /// How far the recharge is, where the channel recharges the card itself; else the shop has to.
    pub delivery: Option<Delivery>,
    /// Whether the wallet has given all or a part of it back already.
    pub given_back: bool,
}

/// How far a channel's own recharge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Not decided.
    UnderWay,
    /// The data is on the card.
    Credited,
    /// Refused for good; the channel gives the money back.
    Failed,
    /// The channel gave the money back.
    Refunded,
}

/// What became of closing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closing {
    /// It takes no money any more.
    Closed,
    /// It cannot be closed there: it was asked instead, and had no money.
    CannotClose,
    /// It was already paid: it must be asked.
    AlreadyPaid,
    /// It is in a state that is not listed, and may be paid.
    Unlisted(String),
}

impl Closing {
    /// What a question tells of a payment that its channel cannot close, or would not.
    #[must_use]
    pub fn after(answer: Answer) -> Closing {
        match answer {
            Answer::Paid(_) | Answer::Contradiction(_) => Closing::AlreadyPaid,
            Answer::Closed => Closing::Closed,
            Answer::NotFound | Answer::Waiting => Closing::CannotClose,
            Answer::Unlisted(word) => Closing::Unlisted(word),
        }
    }
}

/// Why a channel gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelError {
    /// It surely did nothing.
    Unreachable(String),
    /// It may have done it: it is asked again under the same number, never sent under another.
    Unknown(String),
    /// It refused, in its own words.
    Refused(Refusal, String),
    /// It wants another amount than the order's.
    AmountDiffers(Fen),
}

/// Why a channel refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The card is out of service for good.
    CardTerminated,
    /// The package is not for sale any more.
    NotOnSale,
    /// Anything else.
    Other,
}

impl fmt::Display for ChannelError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChannelError::Unreachable(cause) => write!(out, "the channel was not reached: {cause}"),
            ChannelError::Unknown(cause) => {
                write!(out, "the channel may or may not have done it: {cause}")
            }
            ChannelError::Refused(_, cause) => write!(out, "the channel refused: {cause}"),
            ChannelError::AmountDiffers(amount) => write!(out, "the channel wants {amount}"),
        }
    }
}

impl std::error::Error for ChannelError {}

/// A notice as it came.
pub struct RawNotice {
    /// Its headers.
    pub headers: axum::http::HeaderMap,
    /// Its body, byte by byte.
    pub body: axum::body::Bytes,
}

impl RawNotice {
    /// What there is to read: the body without the byte order mark that some senders put in front. What they sign is the
    /// body as it came.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        self.body
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.body)
    }
}

/// Why a notice is not believed. It never holds what the notice said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeError(pub String);

impl fmt::Display for NoticeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
