//! What WeChat Pay seals with the merchant's API v3 key: notices, and new certificates.
//!
//! `AEAD_AES_256_GCM`: a key of 32 bytes, a nonce of 12, and a tag in the last 16 bytes of the ciphertext. Source:
//! pay.weixin.qq.com/doc/v3/merchant/4012071382.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

/// Opens what was sealed. It may hold two keys, so that what was sealed before the key was changed can still be opened.
pub(crate) struct Seal(Vec<LessSafeKey>);

/// Something sealed, as it comes.
#[derive(Debug, Deserialize)]
pub(crate) struct Sealed {
    pub(crate) algorithm: String,
    pub(crate) ciphertext: String,
    pub(crate) nonce: String,
    #[serde(default)]
    pub(crate) associated_data: Option<String>,
}

impl Seal {
    /// The key of now, and the one before it where it still counts.
    pub(crate) fn new(key: &str, before: Option<&str>) -> Result<Seal, String> {
        let mut keys = vec![aes_key("api_v3_key", key)?];
        if let Some(before) = before {
            keys.push(aes_key("api_v3_key_before", before)?);
        }
        Ok(Seal(keys))
    }

    /// The bytes inside, or `None` where it was not sealed with a key of ours or was changed since.
    pub(crate) fn open(&self, sealed: &Sealed) -> Option<Vec<u8>> {
        if sealed.algorithm != "AEAD_AES_256_GCM" {
            return None;
        }
        let ciphertext = STANDARD.decode(&sealed.ciphertext).ok()?;
        let aad = sealed.associated_data.as_deref().unwrap_or_default();
        self.0.iter().find_map(|key| {
            let nonce = Nonce::try_assume_unique_for_key(sealed.nonce.as_bytes()).ok()?;
            let mut bytes = ciphertext.clone();
            let plain = key
                .open_in_place(nonce, Aad::from(aad.as_bytes()), &mut bytes)
                .ok()?
                .len();
            bytes.truncate(plain);
            Some(bytes)
        })
    }
}

fn aes_key(name: &str, key: &str) -> Result<LessSafeKey, String> {
    let bytes = key.as_bytes();
    if bytes.len() != 32 {
        return Err(format!(
            "{name} has {} bytes, but an API v3 key has 32",
            bytes.len()
        ));
    }
    let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| format!("{name} is not usable"))?;
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    const KEY: &str = "0123456789abcdef0123456789abcdef";
    const OTHER: &str = "fedcba9876543210fedcba9876543210";

    fn seal() -> Seal {
        Seal::new(KEY, None).expect("a key")
    }

    #[test]
    fn a_key_has_32_bytes() {
        for key in ["0123456789abcdef", "", &format!("{KEY}0")] {
            let refused = Seal::new(key, None).err().expect("a refusal");
            assert!(refused.contains("api_v3_key"), "{refused}");
            assert!(key.is_empty() || !refused.contains(key));
        }
    }

    #[test]
    fn opens_what_was_sealed_with_or_without_associated_data() {
        for aad in [Some("transaction"), Some(""), None] {
            let sealed = samples::sealed(KEY, aad, b"{\"a\":1}");
            assert_eq!(seal().open(&sealed).as_deref(), Some(&b"{\"a\":1}"[..]));
        }
        let empty = samples::sealed(KEY, None, b"");
        assert_eq!(seal().open(&empty).as_deref(), Some(&b""[..]));
    }

    #[test]
    fn the_key_before_counts_until_it_is_taken_away() {
        let old = samples::sealed(OTHER, None, b"x");
        let both = Seal::new(KEY, Some(OTHER)).expect("keys");
        assert!(both.open(&old).is_some());
        assert!(both.open(&samples::sealed(KEY, None, b"x")).is_some());
        assert!(seal().open(&old).is_none());
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let sealed = || samples::sealed(KEY, Some("transaction"), b"{\"amount\":1}");
        let ciphertext = STANDARD.decode(sealed().ciphertext).expect("base64");
        for at in 0..ciphertext.len() {
            let mut changed = ciphertext.clone();
            changed[at] ^= 1;
            let ciphertext = STANDARD.encode(changed);
            assert!(
                seal()
                    .open(&Sealed {
                        ciphertext,
                        ..sealed()
                    })
                    .is_none(),
                "{at}"
            );
        }
        for changed in [
            Sealed {
                associated_data: Some("Transaction".into()),
                ..sealed()
            },
            Sealed {
                associated_data: None,
                ..sealed()
            },
            Sealed {
                nonce: "000000000001".into(),
                ..sealed()
            },
            Sealed {
                nonce: "short".into(),
                ..sealed()
            },
            Sealed {
                algorithm: "AES_256_ECB".into(),
                ..sealed()
            },
            Sealed {
                ciphertext: "no base64".into(),
                ..sealed()
            },
            Sealed {
                ciphertext: STANDARD.encode(&ciphertext[..15]),
                ..sealed()
            },
        ] {
            assert!(seal().open(&changed).is_none(), "{changed:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(ciphertext in "\\PC*", nonce in "\\PC{0,16}", aad in proptest::option::of("\\PC*")) {
            let sealed = Sealed { algorithm: "AEAD_AES_256_GCM".into(), ciphertext, nonce, associated_data: aad };
            prop_assert!(seal().open(&sealed).is_none());
        }
    }
}
