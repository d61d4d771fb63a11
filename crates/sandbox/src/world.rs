//! What one sandbox is made of: its options, its state behind one lock, and how its parts wake
//! each other.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Notify, watch};

use crate::{
    alipay::{self, Alipay, AlipayOptions},
    faults::Faults,
    hosts::HostsOptions,
    shingsou::Platform,
    wechat::{Wechat, WechatMerchant},
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
    /// The example apps, where they are wanted.
    pub hosts: Option<HostsOptions>,
}

/// A partner's credentials.
#[derive(Clone, Debug)]
pub struct SeedClient {
    /// `client_id` of the token request.
    pub client_id: String,
    /// `client_secret` of the token request.
    pub client_secret: String,
    /// Value of the `Ocp-Apim-Subscription-Key` header.
    pub subscription_key: String,
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
            hosts: None,
        }
    }
}

impl Default for SeedClient {
    fn default() -> Self {
        Self {
            client_id: "sandbox-client".into(),
            client_secret: "sandbox-secret".into(),
            subscription_key: "sandbox-subscription-key".into(),
        }
    }
}

/// One running sandbox, as its handlers see it.
pub(crate) struct World {
    pub(crate) options: Options,
    /// Without a slash at the end.
    pub(crate) public_url: String,
    pub(crate) http: reqwest::Client,
    /// Rung whenever something became due sooner than was known.
    pub(crate) wake: Notify,
    /// The same for WeChat Pay.
    pub(crate) wechat_wake: Notify,
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) alipay: alipay::Desk,
    state: Mutex<State>,
}

/// Everything that changes, and that a reset puts back.
pub(crate) struct State {
    pub(crate) shingsou: Platform,
    pub(crate) alipay: Alipay,
    pub(crate) wechat: Wechat,
    pub(crate) faults: Faults,
    /// Calls by route, refused ones included.
    pub(crate) calls: BTreeMap<String, u64>,
}

pub(crate) type Shared = Arc<World>;

impl World {
    pub(crate) fn new(
        options: Options,
        public_url: String,
        http: reqwest::Client,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let state = Mutex::new(State::seeded(&options));
        let alipay = alipay::Desk::new(&options.alipay);
        Self {
            options,
            public_url,
            http,
            wake: Notify::new(),
            wechat_wake: Notify::new(),
            stopping,
            alipay,
            state,
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts everything back to how it was at the start.
    pub(crate) fn reset(&self) {
        *self.lock() = State::seeded(&self.options);
        self.wake.notify_one();
        self.wechat_wake.notify_one();
    }

    /// Returns once the sandbox is asked to stop.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        // An error means that the sandbox was dropped, which is the same to whoever waits.
        let _ = stopping.wait_for(|stop| *stop).await;
    }
}

impl State {
    fn seeded(options: &Options) -> Self {
        Self {
            shingsou: Platform::seeded(options),
            alipay: Alipay::default(),
            wechat: Wechat::seeded(options),
            faults: Faults::default(),
            calls: BTreeMap::new(),
        }
    }
}
