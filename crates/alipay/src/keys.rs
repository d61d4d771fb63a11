//! RSA2: SHA-256 with RSA and PKCS#1 v1.5 padding, and the forms in which keys are handed out.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa,
    signature::{
        KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The first number of bytes of a key whose modulus has 2048 bits; a modulus of 1024 bits stays far below.
const LEAST_KEY_BYTES: usize = 256;

/// Why a text is no key. It never shows the text.
pub(crate) type KeyError = &'static str;

const TOO_SHORT: KeyError = "RSA2 wants 2048 bits or more";
const NOT_PUBLIC: KeyError = "it is no RSA public key";

/// The app's own key, which signs requests.
pub(crate) struct PrivateKey(RsaKeyPair);

/// A key of Alipay's, which verifies answers and notices.
#[derive(Debug)]
pub(crate) struct PublicKey(ParsedPublicKey);

impl PrivateKey {
    /// Reads PEM or bare base64, of PKCS#8 (which Alipay's tool names "Java") or PKCS#1 ("not Java").
    pub(crate) fn parse(text: &str) -> Result<PrivateKey, KeyError> {
        let der = der(text)?;
        let key = RsaKeyPair::from_pkcs8(&der)
            .or_else(|_| RsaKeyPair::from_der(&der))
            .map_err(|_| "it is no RSA private key in PKCS#1 or PKCS#8")?;
        if key.public_modulus_len() < LEAST_KEY_BYTES {
            return Err(TOO_SHORT);
        }
        Ok(PrivateKey(key))
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
            .expect("a checked key of 2048 bits or more signs any message");
        STANDARD.encode(signature)
    }

    /// Whether a public key in DER belongs to it.
    pub(crate) fn belongs_to(&self, public: &[u8]) -> bool {
        rsa::PublicKey::from_der(public)
            .is_ok_and(|public| public.as_ref() == self.0.public_key().as_ref())
    }
}

impl PublicKey {
    /// Reads PEM or bare base64.
    pub(crate) fn parse(text: &str) -> Result<PublicKey, KeyError> {
        PublicKey::from_der(&der(text)?)
    }

    /// Reads a `SubjectPublicKeyInfo` or a PKCS#1 key.
    pub(crate) fn from_der(der: &[u8]) -> Result<PublicKey, KeyError> {
        let key = rsa::PublicKey::from_der(der).map_err(|_| NOT_PUBLIC)?;
        if key.as_ref().len() <= LEAST_KEY_BYTES {
            return Err(TOO_SHORT);
        }
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
            .map(PublicKey)
            .map_err(|_| NOT_PUBLIC)
    }

    /// Whether a signature in base64 is this key's over the message.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        STANDARD
            .decode(signature)
            .is_ok_and(|signature| self.0.verify_sig(message, &signature).is_ok())
    }
}

/// The bytes of a key from PEM or bare base64, which may be broken over lines. What the label says is not asked: the
/// bytes tell by themselves.
fn der(text: &str) -> Result<Vec<u8>, KeyError> {
    let lines = text.lines().map(str::trim);
    let base64: String = lines
        .filter(|line| !line.starts_with("-----"))
        .flat_map(str::chars)
        .filter(|char| !char.is_whitespace())
        .collect();
    if base64.is_empty() {
        return Err("it is empty");
    }
    // The decoder's error would show a piece of the key.
    STANDARD
        .decode(base64)
        .map_err(|_| "it is neither PEM nor base64")
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        encoding::{AsDer, Pkcs8V1Der},
        rsa::KeySize,
    };

    use super::*;

    #[test]
    fn keys_come_in_every_form() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
        let pkcs8 = AsDer::<Pkcs8V1Der>::as_der(&pair).expect("its bytes");
        let pkcs8 = pkcs8.as_ref();
        // PKCS#8 wraps the PKCS#1 key behind 26 bytes of header for 2048 bits.
        let pkcs1 = &pkcs8[26..];
        let public = pair.public_key().as_ref();
        let bare = STANDARD.encode(public);
        let verifier = PublicKey::parse(&bare).expect("the public key");
        let forms = [
            STANDARD.encode(pkcs8),
            STANDARD.encode(pkcs1),
            pem("PRIVATE KEY", pkcs8),
            pem("RSA PRIVATE KEY", pkcs1),
            pem("RSA PRIVATE KEY", pkcs8),
        ];
        for form in forms {
            let key = PrivateKey::parse(&form).expect("a key");
            let signature = key.sign(b"a=1&b=2");
            assert!(verifier.verifies(b"a=1&b=2", signature.as_bytes()));
            assert!(!verifier.verifies(b"a=1&b=3", signature.as_bytes()));
            assert!(key.belongs_to(public));
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_shown() {
        let check = |text: &str, expected: &str| {
            assert_eq!(PrivateKey::parse(text).err(), Some(expected));
        };
        check("", "it is empty");
        check("-----BEGIN X-----\n-----END X-----", "it is empty");
        check("hunter2!", "it is neither PEM nor base64");
        check(
            "aHVudGVyMg==",
            "it is no RSA private key in PKCS#1 or PKCS#8",
        );
        assert!(PublicKey::parse("aHVudGVyMg==").is_err());
    }

    fn pem(label: &str, der: &[u8]) -> String {
        let base64 = STANDARD.encode(der);
        let lines: Vec<&str> = base64
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).expect("base64"))
            .collect();
        format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
            lines.join("\n")
        )
    }
}
