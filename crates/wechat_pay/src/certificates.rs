//! `GET /v3/certificates`: the certificates that WeChat Pay signs with now.
//!
//! The answer is signed with the newest of them, so after a change it is verified with a certificate that it brings
//! itself. That is sound because each is sealed with a key that only WeChat Pay and the merchant have. Source:
//! pay.weixin.qq.com/doc/v3/merchant/4012551764.

use std::time::SystemTime;

use reqwest::header::HeaderMap;
use serde::Deserialize;

use crate::{
    keyring::Keyring,
    keys::PlatformKey,
    seal::{Seal, Sealed},
    time,
    verify::Stamp,
};

pub(crate) const TARGET: &str = "/v3/certificates";

/// More are not believed to be one merchant's.
const MOST: usize = 16;

#[derive(Deserialize)]
struct List {
    data: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    serial_no: String,
    expire_time: String,
    encrypt_certificate: Sealed,
}

/// The keys of a verified answer that have not expired.
pub(crate) fn read(
    headers: &HeaderMap,
    body: &[u8],
    seal: &Seal,
    known: &Keyring,
    now: SystemTime,
) -> Result<Vec<PlatformKey>, String> {
    let stamp = Stamp::of(headers).map_err(|doubt| doubt.to_string())?;
    stamp
        .is_plausible(time::seconds(now))
        .map_err(|doubt| doubt.to_string())?;
    let list: List =
        serde_json::from_slice(body).map_err(|_| "the list has another form".to_owned())?;
    if list.data.len() > MOST {
        return Err(format!("it lists {} certificates", list.data.len()));
    }
    let mut keys = Vec::new();
    for listed in list.data {
        if time::read(&listed.expire_time).is_none_or(|end| end <= now) {
            continue;
        }
        let pem = seal
            .open(&listed.encrypt_certificate)
            .and_then(|pem| String::from_utf8(pem).ok())
            .ok_or("a certificate is not sealed with our API v3 key")?;
        keys.push(PlatformKey::parse(&listed.serial_no, &pem)?);
    }
    let known = known.find(stamp.serial);
    let key = known.as_deref().or_else(|| {
        keys.iter()
            .find(|key| key.id().eq_ignore_ascii_case(stamp.serial))
    });
    stamp
        .is_by(
            key.ok_or("it is signed with none of its certificates")?,
            body,
        )
        .map_err(|doubt| doubt.to_string())?;
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::samples;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn answer(key: &str, serial: &str, expires: &str) -> Vec<u8> {
        let sealed = samples::sealed(
            key,
            Some("certificate"),
            samples::certificate_pem().as_bytes(),
        );
        serde_json::json!({ "data": [{
            "serial_no": serial, "effective_time": "2020-01-01T00:00:00+08:00", "expire_time": expires,
            "encrypt_certificate": {
                "algorithm": sealed.algorithm, "nonce": sealed.nonce,
                "associated_data": sealed.associated_data, "ciphertext": sealed.ciphertext,
            },
        }]})
        .to_string()
        .into_bytes()
    }

    fn check(body: &[u8], headers: &HeaderMap) -> Result<Vec<PlatformKey>, String> {
        let seal = Seal::new(KEY, None).expect("a key");
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        read(headers, body, &seal, &Keyring::new(Vec::new()), now)
    }

    #[test]
    fn a_new_certificate_vouches_for_its_own_list() {
        let serial = samples::certificate().id().to_owned();
        let signed = |body: &[u8]| samples::platform().stamp(&serial, "1800000000", body);
        let good = answer(KEY, &serial, "2099-01-01T00:00:00+08:00");
        let keys = check(&good, &signed(&good)).expect("keys");
        assert_eq!(keys.len(), 1);
        assert_eq!(keys[0].id(), serial);

        let by_another = samples::pair().stamp(&serial, "1800000000", &good);
        assert!(check(&good, &by_another).is_err());
        assert!(check(&good, &HeaderMap::new()).is_err());
        for bad in [
            answer(
                "fedcba9876543210fedcba9876543210",
                &serial,
                "2099-01-01T00:00:00+08:00",
            ),
            answer(
                KEY,
                "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
                "2099-01-01T00:00:00+08:00",
            ),
            answer(KEY, &serial, "2020-01-01T00:00:00+08:00"),
            b"{}".to_vec(),
            b"\xff".to_vec(),
        ] {
            assert!(check(&bad, &signed(&bad)).is_err());
        }
    }
}
