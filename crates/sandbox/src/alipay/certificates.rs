//! Certificate mode: a root of Alipay's own, the certificates that it issues, and the numbers by which requests and
//! answers name them.

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use md5::{Digest, Md5};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    PKCS_RSA_SHA256, RsaKeySize,
};

/// A certificate and its number.
#[derive(Clone)]
pub(crate) struct Certificate {
    pub(crate) pem: String,
    /// Hexadecimal MD5 of the issuer's name and the serial number in decimal.
    pub(crate) number: String,
}

/// The bundle of roots, as the console hands it out: one of them is not RSA and does not count.
pub(crate) struct Roots {
    pub(crate) bundle: String,
    pub(crate) number: String,
    issuer: Issuer<'static, KeyPair>,
}

/// What the root calls itself, as it is written into its certificates, and the same read from its end, as numbers are
/// made of it.
const NAME: [(DnType, &str); 4] = [
    (DnType::CountryName, "CN"),
    (DnType::OrganizationName, "Sandbox"),
    (DnType::OrganizationalUnitName, "Certification Authority"),
    (DnType::CommonName, "Sandbox Alipay Root R1"),
];
const NAME_BACKWARDS: &str = "CN=Sandbox Alipay Root R1,OU=Certification Authority,O=Sandbox,C=CN";

/// Made once in a process, when it is first needed.
pub(crate) static ROOTS: LazyLock<Roots> =
    LazyLock::new(|| Roots::new().expect("a root can be made"));

static NEXT_SERIAL: AtomicU64 = AtomicU64::new(9_007_199_254_740_993);

impl Roots {
    fn new() -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let (mut params, serial) = params(NAME);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key)?.pem();
        let (other, _) = self::params([(DnType::CommonName, "Sandbox Elliptic Root")]);
        let other = other.self_signed(&KeyPair::generate()?)?.pem();
        Ok(Self {
            bundle: format!("{other}{root}"),
            number: number(serial),
            issuer: Issuer::new(params, key),
        })
    }

    /// A certificate of the public half of a key, which is a PEM of PKCS#8.
    pub(crate) fn issue(&self, private: &str, subject: &'static str) -> Certificate {
        let (params, serial) = params([(DnType::CommonName, subject)]);
        let issued = KeyPair::from_pem_and_sign_algo(private, &PKCS_RSA_SHA256)
            .and_then(|key| params.signed_by(&key, &self.issuer))
            .expect("a certificate can be made");
        Certificate {
            pem: issued.pem(),
            number: number(serial),
        }
    }
}

fn params<const N: usize>(name: [(DnType, &str); N]) -> (CertificateParams, u64) {
    let serial = NEXT_SERIAL.fetch_add(1, Ordering::Relaxed);
    let mut params = CertificateParams::default();
    params.serial_number = Some(serial.into());
    params.distinguished_name = DistinguishedName::new();
    for (part, value) in name {
        params.distinguished_name.push(part, value);
    }
    params.not_before = rcgen::date_time_ymd(2024, 1, 1);
    params.not_after = rcgen::date_time_ymd(2099, 1, 1);
    (params, serial)
}

fn number(serial: u64) -> String {
    Md5::digest(format!("{NAME_BACKWARDS}{serial}"))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
