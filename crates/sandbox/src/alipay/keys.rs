//! Who signs what: the app signs its requests, Alipay its answers and notices.

use std::sync::{Mutex, OnceLock, PoisonError};

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::AlipayOptions;

/// Alipay's key, and the app as it is registered.
pub(crate) struct Keys {
    given: Option<String>,
    /// Made when it is first needed, since that takes a while.
    own: OnceLock<RsaKeyPair>,
    app: Mutex<App>,
}

/// The app that may call.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) app_id: String,
    pub(crate) seller_id: String,
    public_key: Option<Vec<u8>>,
}

impl Keys {
    pub(crate) fn new(options: &AlipayOptions) -> Self {
        Self {
            given: options.alipay_private_key.clone(),
            own: OnceLock::new(),
            app: Mutex::new(App {
                app_id: options.app_id.clone(),
                seller_id: options.seller_id.clone(),
                public_key: options.app_public_key.as_deref().and_then(bytes),
            }),
        }
    }

    pub(crate) fn app(&self) -> App {
        self.app
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Registers the app's public key, as its owner would at Alipay's console; false where it is no RSA key.
    pub(crate) fn register(&self, public_key: &str) -> bool {
        let Some(key) =
            bytes(public_key).filter(|bytes| aws_lc_rs::rsa::PublicKey::from_der(bytes).is_ok())
        else {
            return false;
        };
        self.app
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .public_key = Some(key);
        true
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
        self.public_key.is_some()
    }

    /// Whether the app signed this.
    pub(crate) fn signed(&self, message: &str, sign: &str) -> bool {
        let (Some(key), Ok(sign)) = (&self.public_key, STANDARD.decode(sign)) else {
            return false;
        };
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
            .verify(message.as_bytes(), &sign)
            .is_ok()
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
