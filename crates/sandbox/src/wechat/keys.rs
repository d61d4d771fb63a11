//! Keys: WeChat Pay's own, and those of the one merchant. Each is made once in a process, when it is first needed.

use std::sync::LazyLock;

use crate::{
    random,
    signing::{Pair, pem},
};

/// A key with its certificate.
pub(crate) struct Identity {
    /// The certificate's serial, or a public key's id.
    pub(crate) id: String,
    pub(crate) private: String,
    pub(crate) public: String,
    pub(crate) certificate: String,
    pair: Pair,
}

/// WeChat Pay's certificate of now, the one after it, and its public key.
pub(crate) static PLATFORM: [LazyLock<Identity>; 2] = [
    LazyLock::new(|| Identity::new(None)),
    LazyLock::new(|| Identity::new(None)),
];
pub(crate) static PUBLIC_KEY: LazyLock<Identity> =
    LazyLock::new(|| Identity::new(Some(format!("PUB_KEY_ID_{}", random::digits(34)))));
/// The merchant that is there from the start.
pub(crate) static MERCHANT: LazyLock<Identity> = LazyLock::new(|| Identity::new(None));

impl Identity {
    fn new(id: Option<String>) -> Self {
        let pair = Pair::make();
        let private = pair.private();
        let public = pem("PUBLIC KEY", &pair.public());
        // Twenty bytes whose first is not zero, so that a serial always has forty digits.
        let serial = format!("5{}", random::hex(20).split_off(1));
        let certificate = certificate(&private, &serial).expect("a certificate can be made");
        Self {
            id: id.unwrap_or_else(|| serial.to_uppercase()),
            private,
            public,
            certificate,
            pair,
        }
    }

    /// RSA-SHA256, in base64.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        self.pair.sign(message)
    }
}

fn certificate(private: &str, serial: &str) -> Result<String, rcgen::Error> {
    let key = rcgen::KeyPair::from_pem_and_sign_algo(private, &rcgen::PKCS_RSA_SHA256)?;
    let mut params = rcgen::CertificateParams::default();
    let bytes: Vec<u8> = (0..serial.len())
        .step_by(2)
        .filter_map(|at| u8::from_str_radix(&serial[at..at + 2], 16).ok())
        .collect();
    params.serial_number = Some(bytes.into());
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "Sandbox WeChat Pay");
    params.not_before = rcgen::date_time_ymd(2024, 1, 1);
    params.not_after = rcgen::date_time_ymd(2099, 1, 1);
    Ok(params.self_signed(&key)?.pem())
}
