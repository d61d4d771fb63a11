//! RSA keys on both sides: the merchant's own, which signs, and WeChat Pay's, which are verified with.
//!
//! Source: pay.weixin.qq.com/doc/v3/merchant/4012365342 (signing), 4013053249 (verifying with the platform's public key).

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, SubjectPublicKeyInfoDer, pem::PemObject};
use x509_cert::{
    Certificate,
    der::{Decode, Encode},
};

/// What the id of a public key of WeChat Pay begins with; the id of a certificate is its serial in hexadecimal.
pub(crate) const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_";

/// The merchant's private key.
pub(crate) struct MerchantKey {
    pair: KeyPair,
    random: SystemRandom,
}

impl MerchantKey {
    /// Reads a PEM of PKCS#8 or PKCS#1.
    pub(crate) fn parse(pem: &str) -> Result<MerchantKey, String> {
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| "private_key is not a PEM of a private key")?;
        let pair = match &der {
            PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err("private_key is not an RSA key".to_owned()),
        }
        .map_err(|_| "private_key is not a usable RSA key of 2048 bits or more")?;
        Ok(MerchantKey {
            pair,
            random: SystemRandom::new(),
        })
    }

    /// The signature of a message by RSA-SHA256, in base64.
    ///
    /// # Panics
    /// The library has no memory: nothing here can go on without it.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &self.random, message, &mut signature)
            .expect("a key that was accepted signs");
        STANDARD.encode(signature)
    }

    /// Whether that public key is this one's other half.
    pub(crate) fn belongs_to(&self, public: &PlatformKey) -> bool {
        const PROBE: &[u8] = b"one pair";
        public.verifies(PROBE, &self.sign(PROBE))
    }
}

/// A key that WeChat Pay signs with.
#[derive(Debug)]
pub(crate) struct PlatformKey {
    id: String,
    key: ParsedPublicKey,
}

impl PlatformKey {
    /// Reads a certificate or a public key; the id of a certificate must be its own serial.
    pub(crate) fn parse(id: &str, pem: &str) -> Result<PlatformKey, String> {
        let spki = if id.starts_with(PUBLIC_KEY_ID) {
            SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes())
                .map_err(|_| format!("{id} is not a PEM of a public key"))?
        } else {
            let (serial, spki) = certificate(pem)?;
            if !serial.eq_ignore_ascii_case(id) {
                return Err(format!("the certificate's serial is {serial}, not {id}"));
            }
            spki
        };
        PlatformKey::new(id, &spki)
    }

    /// Reads a certificate, whose serial becomes its id.
    pub(crate) fn of_certificate(pem: &str) -> Result<PlatformKey, String> {
        let (serial, spki) = certificate(pem)?;
        PlatformKey::new(&serial, &spki)
    }

    fn new(id: &str, spki: &SubjectPublicKeyInfoDer<'_>) -> Result<PlatformKey, String> {
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki.as_ref())
            .map_err(|_| format!("{id} is not an RSA key of 2048 bits or more"))?;
        Ok(PlatformKey {
            id: id.to_owned(),
            key,
        })
    }

    /// The serial of its certificate in hexadecimal, or the id of the public key.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Whether a signature in base64 is this key's over the message.
    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        STANDARD
            .decode(signature)
            .is_ok_and(|signature| self.key.verify_sig(message, &signature).is_ok())
    }
}

/// A certificate's serial in upper-case hexadecimal, and its key.
fn certificate(pem: &str) -> Result<(String, SubjectPublicKeyInfoDer<'static>), String> {
    let der =
        CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| "not a PEM of a certificate")?;
    let certificate = Certificate::from_der(&der)
        .map_err(|error| format!("not a usable certificate: {error}"))?;
    let certificate = certificate.tbs_certificate();
    let serial = certificate.serial_number().as_bytes();
    // A positive number whose first bit is set has a zero before it, which no serial shows.
    let serial = serial.strip_prefix(&[0]).unwrap_or(serial);
    let hex = serial.iter().map(|byte| format!("{byte:02X}")).collect();
    let spki = certificate
        .subject_public_key_info()
        .to_der()
        .map_err(|error| format!("not a usable certificate: {error}"))?;
    Ok((hex, spki.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn both_forms_of_a_private_key_are_read_under_their_own_names_only() {
        let pkcs8 = PrivateKeyDer::from_pem_slice(samples::pair().private.as_bytes());
        let pkcs8 = pkcs8.expect("a key").secret_der().to_vec();
        // The older form is what the newer one wraps in 26 bytes.
        let pkcs1 = &pkcs8[26..];
        let check = |label: &str, der: &[u8], good: bool| {
            let read = MerchantKey::parse(&samples::pem(label, der));
            let pair =
                read.is_ok_and(|key| key.belongs_to(&samples::pair().public_key("PUB_KEY_ID_1")));
            assert_eq!(pair, good, "{label} {}", der.len());
        };
        check("PRIVATE KEY", &pkcs8, true);
        check("RSA PRIVATE KEY", pkcs1, true);
        check("PRIVATE KEY", pkcs1, false);
        check("RSA PRIVATE KEY", &pkcs8, false);
        check("CERTIFICATE", &pkcs8, false);
    }

    #[test]
    fn a_certificate_is_known_by_its_own_serial() {
        let pem = samples::certificate_pem();
        let serial = PlatformKey::of_certificate(&pem)
            .expect("a certificate")
            .id()
            .to_owned();
        assert!(PlatformKey::parse(&serial, &pem).is_ok());
        assert!(PlatformKey::parse(&serial.to_lowercase(), &pem).is_ok());
        assert!(PlatformKey::parse("PUB_KEY_ID_1", &pem).is_err());
        assert!(PlatformKey::parse("5157F09EFDC096DE", &pem).is_err());
        assert!(PlatformKey::parse(&serial, &samples::platform().public).is_err());
    }
}
