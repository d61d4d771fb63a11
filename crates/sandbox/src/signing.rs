//! RSA key pairs, by which both wallets and those who call them sign, and the texts in which keys are handed over.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Signs with RSA and SHA-256.
pub(crate) struct Pair(RsaKeyPair);

/// The public half of somebody's pair.
#[derive(Debug)]
pub(crate) struct Public {
    der: Vec<u8>,
    key: ParsedPublicKey,
}

impl Pair {
    /// A new one, which takes a while.
    pub(crate) fn make() -> Self {
        Self(RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key can be made"))
    }

    /// Reads PKCS#8, as PEM or bare base64.
    pub(crate) fn read(text: &str) -> Option<Self> {
        RsaKeyPair::from_pkcs8(&der(text)?).ok().map(Self)
    }

    /// The signature in base64.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .expect("a key pair signs");
        STANDARD.encode(signature)
    }

    /// The private half as a PEM of PKCS#8.
    pub(crate) fn private(&self) -> String {
        let der: Pkcs8V1Der<'_> = self.0.as_der().expect("a key pair has this form");
        pem("PRIVATE KEY", der.as_ref())
    }

    /// The public half as a `SubjectPublicKeyInfo`.
    pub(crate) fn public(&self) -> Vec<u8> {
        let public = self.0.public_key();
        let der: PublicKeyX509Der<'_> = public.as_der().expect("a key pair has a public key");
        der.as_ref().to_vec()
    }
}

impl Public {
    /// Reads a `SubjectPublicKeyInfo`, as PEM or bare base64.
    pub(crate) fn read(text: &str) -> Option<Self> {
        Self::of(der(text)?)
    }

    pub(crate) fn of(der: Vec<u8>) -> Option<Self> {
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &der).ok()?;
        Some(Self { der, key })
    }

    /// Whether the signature, in base64, is of this message.
    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        STANDARD
            .decode(signature)
            .is_ok_and(|signature| self.key.verify_sig(message, &signature).is_ok())
    }
}

impl PartialEq for Public {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

/// A PEM block of the bytes.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

/// The bytes of a PEM block or of bare base64.
fn der(text: &str) -> Option<Vec<u8>> {
    let base64: String = text
        .lines()
        .filter(|line| !line.contains("-----"))
        .flat_map(str::split_whitespace)
        .collect();
    STANDARD.decode(base64).ok().filter(|der| !der.is_empty())
}
