//! For the tests: both sides' keys, and WeChat Pay's side of signing and sealing. Keys are made once in a run.

use std::sync::{LazyLock, OnceLock};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::{HeaderMap, HeaderName};

use crate::{
    Client, Config,
    keys::{MerchantKey, PlatformKey},
    seal::Sealed,
};

/// A pair of keys in PEM.
pub(crate) struct Pair {
    pub(crate) private: String,
    pub(crate) public: String,
    signing: OnceLock<MerchantKey>,
}

/// The merchant's.
pub(crate) fn pair() -> &'static Pair {
    static PAIR: LazyLock<Pair> = LazyLock::new(Pair::new);
    &PAIR
}

/// WeChat Pay's.
pub(crate) fn platform() -> &'static Pair {
    static PAIR: LazyLock<Pair> = LazyLock::new(Pair::new);
    &PAIR
}

impl Pair {
    fn new() -> Pair {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
        let private: Pkcs8V1Der<'_> = pair.as_der().expect("its form");
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("its form");
        Pair {
            private: pem("PRIVATE KEY", private.as_ref()),
            public: pem("PUBLIC KEY", public.as_ref()),
            signing: OnceLock::new(),
        }
    }

    pub(crate) fn public_key(&self, id: &str) -> PlatformKey {
        PlatformKey::parse(id, &self.public).expect("a public key")
    }

    /// The headers of a signature over a body.
    pub(crate) fn stamp(&self, serial: &str, timestamp: &str, body: &[u8]) -> HeaderMap {
        let key = self
            .signing
            .get_or_init(|| MerchantKey::parse(&self.private).expect("a key"));
        let message = [format!("{timestamp}\nn0nce\n").as_bytes(), body, b"\n"].concat();
        [
            ("wechatpay-timestamp", timestamp),
            ("wechatpay-nonce", "n0nce"),
            ("wechatpay-serial", serial),
            ("wechatpay-signature", &key.sign(&message)),
        ]
        .into_iter()
        .map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, value.parse().expect("a value"))
        })
        .collect()
    }
}

/// Seals as WeChat Pay does.
pub(crate) fn sealed(key: &str, aad: Option<&str>, plain: &[u8]) -> Sealed {
    let key = UnboundKey::new(&AES_256_GCM, key.as_bytes()).expect("32 bytes");
    let nonce = Nonce::try_assume_unique_for_key(b"0123456789ab").expect("12 bytes");
    let mut bytes = plain.to_vec();
    LessSafeKey::new(key)
        .seal_in_place_append_tag(
            nonce,
            Aad::from(aad.unwrap_or_default().as_bytes()),
            &mut bytes,
        )
        .expect("sealed");
    Sealed {
        algorithm: "AEAD_AES_256_GCM".to_owned(),
        ciphertext: STANDARD.encode(bytes),
        nonce: "0123456789ab".to_owned(),
        associated_data: aad.map(str::to_owned),
    }
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("base64 is text"))
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

pub(crate) const API_V3_KEY: &str = "0123456789abcdef0123456789abcdef";

/// A certificate of WeChat Pay's key.
pub(crate) fn certificate_pem() -> String {
    static PEM: LazyLock<String> = LazyLock::new(|| {
        let key =
            rcgen::KeyPair::from_pem_and_sign_algo(&platform().private, &rcgen::PKCS_RSA_SHA256)
                .expect("a key");
        let certificate = rcgen::CertificateParams::default().self_signed(&key);
        certificate.expect("a certificate").pem()
    });
    PEM.clone()
}

pub(crate) fn certificate() -> PlatformKey {
    PlatformKey::of_certificate(&certificate_pem()).expect("a certificate")
}

pub(crate) fn config() -> Config {
    Config {
        mch_id: "1900000001".to_owned(),
        app_id: "wx0001".to_owned(),
        private_key: pair().private.clone(),
        serial_no: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1".to_owned(),
        certificate: None,
        api_v3_key: API_V3_KEY.into(),
        api_v3_key_before: None,
        platform_keys: vec![("PUB_KEY_ID_1".to_owned(), platform().public.clone())],
        api_base: "http://127.0.0.1:1".parse().expect("an address"),
        user_agent: "tests".to_owned(),
        timeout: std::time::Duration::from_secs(5),
    }
}

pub(crate) fn client() -> Client {
    Client::new(config()).expect("a client")
}
