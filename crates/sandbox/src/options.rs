//! How a sandbox is started.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use crate::{
    alipay::AlipayOptions, hosts::HostsOptions, shingsou::SeedClient, wechat::WechatMerchant,
};

/// How a sandbox is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Base of the links to its cashier; the bound address when absent.
    pub public_url: Option<String>,
    /// Time from a payment to the data on the card.
    pub credit_delay: Duration,
    /// The one partner who may call it.
    pub seed_client: SeedClient,
    /// The one app that may call Alipay.
    pub alipay: AlipayOptions,
    /// The one merchant of WeChat Pay.
    pub wechat: WechatMerchant,
    /// Whether the card platform has other addresses and names than are usual here.
    pub renamed: bool,
    /// The example apps, where they are wanted.
    pub hosts: Option<HostsOptions>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            credit_delay: Duration::from_secs(3),
            seed_client: SeedClient::default(),
            alipay: AlipayOptions::default(),
            wechat: WechatMerchant::default(),
            renamed: false,
            hosts: None,
        }
    }
}
