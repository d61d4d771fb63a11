//! What a buyer wants to pay with, resolved: the channel, the launch that the host allows, and whether a payment that is
//! there will do.

use std::sync::Arc;

use contract::{
    CreatePayment, ErrorCode, Host, Launch, LaunchKind, Method, Unavailable, Way, way_to_pay,
};

use super::{
    channel::Channel,
    row::{PaymentRow, launch_kind_name},
};
use crate::{ApiError, ApiResult, App, clock::now};

/// What the buyer wants, resolved.
pub(super) struct Wanted {
    /// With what.
    pub(super) method: Method,
    /// Who takes the money.
    pub(super) channel: Arc<dyn Channel>,
    /// How the page carries it out.
    pub(super) launch: LaunchKind,
    /// The wallet's id of the buyer, where the launch needs one.
    pub(super) payer: Option<String>,
    /// The buyer's address, where the wallet compares it.
    pub(super) client_ip: Option<String>,
}

/// What becomes of a wish to pay.
pub(super) enum Wish {
    /// A payment of ours.
    Launch(Arc<dyn Channel>, LaunchKind),
    /// The mini-program around the page goes on, on this page of its own.
    Shell(String),
}

impl Wanted {
    /// Whether this payment can be told to its channel in this way, under its number.
    pub(super) fn can_reuse(&self, payment: &PaymentRow) -> bool {
        let same_way = payment.launch_kind == launch_kind_name(self.launch)
            && payment.payer == self.payer
            && payment.client_ip == self.client_ip;
        payment.method == self.method.as_str()
            && payment.channel == self.channel.name()
            && payment.merchant == self.channel.merchant()
            && (same_way || self.channel.can_change_launch())
    }

    /// Whether what the page was told before is what it wants now. What the wallet no longer takes is not.
    pub(super) fn is_launched_by(&self, payment: &PaymentRow) -> bool {
        let lasts = self.channel.launch_lasts(self.launch);
        // Where the clock was put back since, nobody knows how old it is.
        let age = u128::try_from(now().0 - payment.updated_at);
        self.can_reuse(payment)
            && payment.launch_kind == launch_kind_name(self.launch)
            && lasts.is_none_or(|lasts| age.is_ok_and(|age| age < lasts.as_millis()))
            && match payment.stored_launch() {
                Some(Launch::Qr { expires_at, .. }) => expires_at > now(),
                stored => stored.is_some(),
            }
    }
}

/// The channel for a method and the launch it makes in a host.
pub(super) fn choose(app: &App, request: CreatePayment) -> ApiResult<Wish> {
    let unavailable = || ApiError::from(ErrorCode::MethodUnavailable).field("method");
    let CreatePayment { method, host } = request;
    if !app.config.payments.methods.contains(&method) {
        return Err(unavailable());
    }
    let Way::Launch(mut wanted) = way_to_pay(host, method) else {
        return Err(unavailable());
    };
    if wanted == LaunchKind::MiniProgram {
        let path = app.config.payments.mini_program_path.clone();
        return path.map(Wish::Shell).ok_or_else(unavailable);
    }
    let channel = app.channels.for_method(method).ok_or_else(unavailable)?;
    let knows_buyers = channel.authorise_url("", "").is_some();
    if (host, method) == (Host::Alipay, Method::Alipay) && knows_buyers {
        wanted = LaunchKind::AlipayTrade;
    }
    let launch = channel.launch_for(wanted).ok_or_else(unavailable)?;
    if needs_payer(launch) && !knows_buyers {
        return Err(unavailable());
    }
    Ok(Wish::Launch(channel, launch))
}

/// What would be refused for no other reason than how this shop is set up.
pub(crate) fn unavailable(app: &App, methods: &[Method]) -> Vec<Unavailable> {
    let of = |&method| Host::ALL.map(|host| Unavailable { host, method });
    methods
        .iter()
        .flat_map(of)
        .filter(|&Unavailable { host, method }| {
            matches!(way_to_pay(host, method), Way::Launch(_))
                && choose(app, CreatePayment { method, host }).is_err()
        })
        .collect()
}

/// Whether the wallet has to know the buyer before it can be launched so.
pub(super) fn needs_payer(launch: LaunchKind) -> bool {
    matches!(launch, LaunchKind::WechatJsapi | LaunchKind::AlipayTrade)
}
