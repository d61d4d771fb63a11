//! Who signs what: the app signs its requests, Alipay its answers and notices.

use std::sync::{Mutex, OnceLock, PoisonError};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::AlipayOptions;
use crate::pem::pem;

/// Alipay's key, and the app as it is registered.
pub(crate) struct Keys {
    given: Option<String>,
    /// Made when it is first needed, since that takes a while.
    own: OnceLock<RsaKeyPair>,
    /// The app's pair where it has not brought one, likewise.
    account: OnceLock<RsaKeyPair>,
    app: Mutex<App>,
}

/// The app that may call.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) app_id: String,
    pub(crate) seller_id: String,
    /// Newest last. The app may change over from one to the next.
    public_keys: Vec<Vec<u8>>,
}

impl Keys {
    pub(crate) fn new(options: &AlipayOptions) -> Self {
        Self {
            given: options.alipay_private_key.clone(),
            own: OnceLock::new(),
            account: OnceLock::new(),
            app: Mutex::new(App {
                app_id: options.app_id.clone(),
                seller_id: options.seller_id.clone(),
                public_keys: options
                    .app_public_key
                    .as_deref()
                    .and_then(bytes)
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
        let key =
            bytes(public_key).filter(|bytes| aws_lc_rs::rsa::PublicKey::from_der(bytes).is_ok());
        let is_key = key.is_some();
        if let Some(key) = key {
            self.add(key);
        }
        is_key
    }

    /// Makes the app a key pair, registers its public half, and returns the private one as a PEM of PKCS#8. The same
    /// one whenever it is asked for.
    pub(crate) fn make_account(&self) -> String {
        let pair = self.account.get_or_init(|| {
            RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key can be made")
        });
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("it has a public key");
        self.add(public.as_ref().to_vec());
        let private: Pkcs8V1Der<'_> = pair.as_der().expect("a key pair has this form");
        pem("PRIVATE KEY", private.as_ref())
    }

    fn add(&self, key: Vec<u8>) {
        let mut app = self.app.lock().unwrap_or_else(PoisonError::into_inner);
        app.public_keys.retain(|known| *known != key);
        app.public_keys.push(key);
    }

    /// Alipay's public key as its console shows it: base64 of a `SubjectPublicKeyInfo`.
    pub(crate) fn public_key(&self) -> String {
        let der: PublicKeyX509Der<'_> = self
            .own()
            .public_key()
            .as_der()
            .expect("a key pair has a public key");
        STANDARD.encode(der.as_ref())
    }

    /// Alipay's signature in base64.
    pub(crate) fn sign(&self, message: &str) -> String {
        let own = self.own();
        let mut signature = vec![0; own.public_modulus_len()];
        own.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message.as_bytes(),
            &mut signature,
        )
        .expect("a key pair signs");
        STANDARD.encode(signature)
    }

    fn own(&self) -> &RsaKeyPair {
        self.own.get_or_init(|| match self.given.as_deref() {
            Some(text) => bytes(text)
                .and_then(|der| RsaKeyPair::from_pkcs8(&der).ok())
                .expect("Alipay's private key is RSA in PKCS#8"),
            None => RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key can be made"),
        })
    }
}

impl App {
    pub(crate) fn is_registered(&self) -> bool {
        !self.public_keys.is_empty()
    }

    /// Whether the app signed this, with any of its keys.
    pub(crate) fn signed(&self, message: &str, sign: &str) -> bool {
        let Ok(sign) = STANDARD.decode(sign) else {
            return false;
        };
        self.public_keys.iter().any(|key| {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
                .verify(message.as_bytes(), &sign)
                .is_ok()
        })
    }
}

/// PEM or bare base64.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let base64: String = text
        .split('\n')
        .filter(|line| !line.contains("-----"))
        .collect::<String>()
        .split_whitespace()
        .collect();
    STANDARD.decode(base64).ok().filter(|der| !der.is_empty())
}
