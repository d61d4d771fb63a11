//! Who signs what: the app signs its requests, Alipay its answers and notices.

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    AlipayOptions,
    certificates::{Certificate, ROOTS},
};
use crate::signing::{Pair, Public};

/// Alipay's keys, and the app as it is registered. A key is made when it is first needed, since that takes a while.
pub(crate) struct Keys {
    given: Option<String>,
    first: OnceLock<Own>,
    second: OnceLock<Own>,
    is_rotated: AtomicBool,
    /// The app's pair where it has not brought one.
    account: OnceLock<Own>,
    app: Mutex<App>,
}

/// A pair with its certificate.
struct Own {
    pair: Pair,
    certificate: OnceLock<Certificate>,
}

/// The app that may call.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) app_id: String,
    pub(crate) seller_id: String,
    /// Newest last. The app may change over from one to the next.
    public_keys: Vec<Arc<Public>>,
}

/// The three certificates of certificate mode.
pub(crate) struct Certificates<'a> {
    pub(crate) app: &'a Certificate,
    pub(crate) alipay: &'a Certificate,
    pub(crate) roots: &'a str,
}

impl Keys {
    pub(crate) fn new(options: &AlipayOptions) -> Self {
        Self {
            given: options.alipay_private_key.clone(),
            first: OnceLock::new(),
            second: OnceLock::new(),
            is_rotated: AtomicBool::new(false),
            account: OnceLock::new(),
            app: Mutex::new(App {
                app_id: options.app_id.clone(),
                seller_id: options.seller_id.clone(),
                public_keys: options
                    .app_public_key
                    .as_deref()
                    .and_then(Public::read)
                    .map(Arc::new)
                    .into_iter()
                    .collect(),
            }),
        }
    }

    pub(crate) fn app(&self) -> App {
        self.app
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Registers a public key of the app's beside those before it, as its owner would at Alipay's console; false where
    /// it is no RSA key.
    pub(crate) fn register(&self, public_key: &str) -> bool {
        let key = Public::read(public_key);
        let is_key = key.is_some();
        key.into_iter().for_each(|key| self.add(key));
        is_key
    }

    /// Makes the app a key pair, registers its public half, and returns the private one as a PEM of PKCS#8. The same
    /// one whenever it is asked for.
    pub(crate) fn make_account(&self) -> String {
        let own = self.account();
        self.add(Public::of(own.pair.public()).expect("a pair has a public key"));
        own.pair.private()
    }

    /// The certificates of the app's made pair and of Alipay's newest.
    pub(crate) fn certificates(&self) -> Certificates<'_> {
        Certificates {
            app: self.account().certificate("Sandbox App"),
            alipay: self.own().certificate("Sandbox Alipay"),
            roots: &ROOTS.bundle,
        }
    }

    /// Alipay's newest public key as its console shows it: base64 of a `SubjectPublicKeyInfo`.
    pub(crate) fn public_key(&self) -> String {
        STANDARD.encode(self.own().pair.public())
    }

    /// The key before the newest, if there is one.
    pub(crate) fn public_key_before(&self) -> Option<String> {
        let is_rotated = self.is_rotated.load(Ordering::Acquire);
        is_rotated.then(|| STANDARD.encode(self.first().pair.public()))
    }

    /// Alipay signs with another key from now on; false where it has done so already.
    pub(crate) fn rotate(&self) -> bool {
        !self.is_rotated.swap(true, Ordering::AcqRel)
    }

    /// Alipay's signature in base64.
    pub(crate) fn sign(&self, message: &str) -> String {
        self.own().pair.sign(message.as_bytes())
    }

    fn own(&self) -> &Own {
        if self.is_rotated.load(Ordering::Acquire) {
            self.second.get_or_init(Own::make)
        } else {
            self.first()
        }
    }

    fn first(&self) -> &Own {
        self.first.get_or_init(|| match self.given.as_deref() {
            Some(text) => Pair::read(text)
                .map(Own::of)
                .expect("Alipay's private key is RSA in PKCS#8"),
            None => Own::make(),
        })
    }

    fn account(&self) -> &Own {
        self.account.get_or_init(Own::make)
    }

    fn add(&self, key: Public) {
        let mut app = self.app.lock().unwrap_or_else(PoisonError::into_inner);
        app.public_keys.retain(|known| **known != key);
        app.public_keys.push(Arc::new(key));
    }
}

impl Own {
    fn make() -> Self {
        Self::of(Pair::make())
    }

    fn of(pair: Pair) -> Self {
        Self {
            pair,
            certificate: OnceLock::new(),
        }
    }

    fn certificate(&self, subject: &'static str) -> &Certificate {
        self.certificate
            .get_or_init(|| ROOTS.issue(&self.pair.private(), subject))
    }
}

impl App {
    pub(crate) fn is_registered(&self) -> bool {
        !self.public_keys.is_empty()
    }

    /// Whether the app signed this, with any of its keys.
    pub(crate) fn signed(&self, message: &str, sign: &str) -> bool {
        let mut keys = self.public_keys.iter();
        keys.any(|key| key.verifies(message.as_bytes(), sign))
    }
}
