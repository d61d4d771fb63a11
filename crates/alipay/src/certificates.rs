//! Certificate mode: the numbers by which Alipay names certificates, and the keys inside them.
//!
//! A certificate's number is the MD5, in hexadecimal, of its issuer's name in the form of RFC 4514 and its serial
//! number in decimal. The number of the roots joins those of the RSA-signed ones with `_`. Source: Alipay's guide to
//! certificates, and the SDKs that Alipay publishes.

use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use x509_cert::{
    Certificate,
    der::{Decode, Encode},
};

use crate::{
    ConfigError,
    keys::{PrivateKey, PublicKey},
};

/// The arc of PKCS#1; everything that is signed with RSA lies below it.
const PKCS1: &str = "1.2.840.113549.1.1.";

/// What certificate mode adds to the keys.
pub(crate) struct Certificates {
    /// `app_cert_sn` of every request.
    pub(crate) app_sn: String,
    /// `alipay_root_cert_sn` of every request.
    pub(crate) root_sn: String,
    /// `alipay_cert_sn`: which of Alipay's certificates its answers must name.
    pub(crate) alipay_sn: String,
    /// The key in Alipay's certificate.
    pub(crate) alipay_key: PublicKey,
}

impl Certificates {
    /// Reads the three files that Alipay's console hands out.
    pub(crate) fn read(
        key: &PrivateKey,
        app: &str,
        alipay: &str,
        roots: &str,
    ) -> Result<Certificates, ConfigError> {
        let in_app = |why: String| ConfigError::of("app_cert", why);
        let in_alipay = |why: String| ConfigError::of("alipay_cert", why);
        let app = first(app).map_err(in_app)?;
        if !key.belongs_to(&public_key(&app).map_err(in_app)?) {
            return Err(in_app("the certificate is not of private_key".to_owned()));
        }
        let alipay = first(alipay).map_err(in_alipay)?;
        let alipay_key = public_key(&alipay)
            .and_then(|der| PublicKey::from_der(&der).map_err(str::to_owned))
            .map_err(in_alipay)?;
        Ok(Certificates {
            app_sn: number(&app),
            root_sn: roots_number(roots).map_err(|why| ConfigError::of("root_cert", why))?,
            alipay_sn: number(&alipay),
            alipay_key,
        })
    }
}

/// The certificate's own: what stands behind it is the chain.
fn first(pem: &str) -> Result<Certificate, String> {
    let der = blocks(pem).next().ok_or("there is no certificate in it")?;
    Certificate::from_der(&der).map_err(|error| format!("the certificate cannot be read: {error}"))
}

/// Alipay's bundle holds roots that are not RSA and, of old, one that strict readers refuse: neither counts.
fn roots_number(pem: &str) -> Result<String, &'static str> {
    let numbers: Vec<String> = blocks(pem)
        .filter_map(|der| Certificate::from_der(&der).ok())
        .filter(|root| {
            let algorithm = root.signature_algorithm().oid.to_string();
            algorithm.starts_with(PKCS1)
        })
        .map(|root| number(&root))
        .collect();
    if numbers.is_empty() {
        return Err("there is no RSA root in it");
    }
    Ok(numbers.join("_"))
}

fn number(certificate: &Certificate) -> String {
    let inside = certificate.tbs_certificate();
    let named = format!(
        "{}{}",
        inside.issuer(),
        decimal(inside.serial_number().as_bytes())
    );
    Md5::digest(named.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn public_key(certificate: &Certificate) -> Result<Vec<u8>, String> {
    certificate
        .tbs_certificate()
        .subject_public_key_info()
        .to_der()
        .map_err(|error| format!("the certificate's key cannot be read: {error}"))
}

/// Every certificate of a PEM text that is base64 at least.
fn blocks(pem: &str) -> impl Iterator<Item = Vec<u8>> {
    pem.split("-----BEGIN CERTIFICATE-----")
        .skip(1)
        .filter_map(|rest| rest.split_once("-----END CERTIFICATE-----"))
        .filter_map(|(base64, _)| {
            let base64: String = base64.split_whitespace().collect();
            STANDARD.decode(base64).ok()
        })
}

/// A number of up to 20 bytes in decimal digits.
fn decimal(bytes: &[u8]) -> String {
    let mut digits = vec![0_u8];
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            let sum = u32::from(*digit) * 256 + carry;
            *digit = u8::try_from(sum % 10).unwrap_or_default();
            carry = sum / 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).unwrap_or_default());
            carry /= 10;
        }
    }
    digits
        .iter()
        .rev()
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_decimal() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(decimal(bytes), expected);
        check(&[], "0");
        check(&[0], "0");
        check(&[0xff], "255");
        check(&[1, 0], "256");
        check(
            &0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10_u128.to_be_bytes(),
            "1339673755198158349044581307228491536",
        );
        check(
            &[0xff; 20],
            "1461501637330902918203684832716283019655932542975",
        );
    }

    #[test]
    fn a_file_without_a_certificate_is_named() {
        for pem in [
            "",
            "hello",
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
        ] {
            let error = first(pem).expect_err("nothing is in it");
            assert_eq!(error, "there is no certificate in it");
            assert!(roots_number(pem).is_err());
        }
    }

    #[test]
    fn a_certificate_is_named_by_its_issuer_and_serial_number() {
        let (key, other) = (pair(), pair());
        let private = PrivateKey::parse(&STANDARD.encode(key.serialized_der())).expect("a key");
        let (app, alipay) = (certificate(&key, 258), certificate(&other, 7));
        let roots = format!("{alipay}{}{app}", elliptic());
        let read = Certificates::read(&private, &app, &alipay, &roots).expect("certificates");
        let name = |serial: &str| {
            let named = format!("CN=Test CA,OU=Certification Authority,O=Test,C=CN{serial}");
            let digest = Md5::digest(named.as_bytes());
            digest
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        assert_eq!(read.app_sn, name("258"));
        assert_eq!(read.alipay_sn, name("7"));
        // The root that is not RSA does not count.
        assert_eq!(read.root_sn, format!("{}_{}", name("7"), name("258")));

        let refused = |app: &str, alipay: &str, roots: &str| {
            let read = Certificates::read(&private, app, alipay, roots);
            read.err().map(|error| error.to_string())
        };
        assert_eq!(
            refused(&alipay, &alipay, &roots).as_deref(),
            Some("app_cert: the certificate is not of private_key")
        );
        assert_eq!(
            refused(&app, &elliptic(), &roots).as_deref(),
            Some("alipay_cert: it is no RSA public key")
        );
        assert_eq!(
            refused(&app, &alipay, &elliptic()).as_deref(),
            Some("root_cert: there is no RSA root in it")
        );
    }

    fn pair() -> rcgen::KeyPair {
        rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)
            .expect("a key")
    }

    fn elliptic() -> String {
        certificate(&rcgen::KeyPair::generate().expect("a key"), 9)
    }

    fn certificate(key: &rcgen::KeyPair, serial: u64) -> String {
        let mut asked = rcgen::CertificateParams::default();
        asked.serial_number = Some(serial.into());
        asked.distinguished_name = rcgen::DistinguishedName::new();
        for (part, value) in [
            (rcgen::DnType::CountryName, "CN"),
            (rcgen::DnType::OrganizationName, "Test"),
            (
                rcgen::DnType::OrganizationalUnitName,
                "Certification Authority",
            ),
            (rcgen::DnType::CommonName, "Test CA"),
        ] {
            asked.distinguished_name.push(part, value);
        }
        asked.self_signed(key).expect("a certificate").pem()
    }
}
