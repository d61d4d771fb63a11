//! What is sealed with the merchant's API v3 key: AES-256-GCM.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::random;

/// The fields of something sealed.
pub(super) fn seal(key: &str, associated_data: &str, plain: &[u8]) -> Value {
    let nonce = random::hex(6);
    let key = UnboundKey::new(&AES_256_GCM, key.as_bytes()).expect("an API v3 key has 32 bytes");
    let mut bytes = plain.to_vec();
    LessSafeKey::new(key)
        .seal_in_place_append_tag(
            Nonce::try_assume_unique_for_key(nonce.as_bytes()).expect("it has 12 bytes"),
            Aad::from(associated_data.as_bytes()),
            &mut bytes,
        )
        .expect("it can be sealed");
    json!({
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": STANDARD.encode(bytes),
        "nonce": nonce,
        "associated_data": associated_data,
    })
}
