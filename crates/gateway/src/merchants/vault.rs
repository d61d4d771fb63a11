//! Seals what must not lie open in the database: AES-256-GCM under keys from the environment, each with an id, so that a
//! key can be replaced while rows sealed under the one before it are still opened.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine, engine::general_purpose::STANDARD};

const KEY_LEN: usize = 32;

/// The keys. The first seals; every one opens what was sealed under its id.
#[derive(Default)]
pub struct Vault(Vec<(String, RandomizedNonceKey)>);

/// A sealed text and the id of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Under which key.
    pub key_id: String,
    /// Nonce, ciphertext and tag, base64.
    pub text: String,
}

/// Why something cannot be sealed or opened. It names key ids, never keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// No key is set.
    #[error("vault.keys is not set: secrets cannot be kept")]
    NoKey,
    /// The key is not among those that are set.
    #[error("vault.keys has no key {0:?}, under which a secret is sealed")]
    UnknownKey(String),
    /// It was sealed under another key of the same id, for something else, or it is damaged.
    #[error("a secret sealed under {0:?} does not open: the key is another, or the row is damaged")]
    DoesNotOpen(String),
}

impl Vault {
    /// Reads `id:key` pairs, parted by commas or line ends. An id is 1 to 32 letters, digits, `-` or `_`; a key is 32
    /// bytes in base64.
    ///
    /// # Errors
    /// Says what is wrong, and never shows a key.
    pub fn parse(text: &str) -> Result<Vault, String> {
        let mut keys: Vec<(String, RandomizedNonceKey)> = Vec::new();
        for pair in text
            .split([',', '\n'])
            .map(str::trim)
            .filter(|pair| !pair.is_empty())
        {
            let (id, key) = pair.split_once(':').ok_or("must be id:key pairs")?;
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            if !(1..=32).contains(&id.len()) || !id.bytes().all(plain) {
                return Err("a key's id must be 1 to 32 letters, digits, - or _".to_owned());
            }
            if keys.iter().any(|(other, _)| other == id) {
                return Err(format!("names the key {id:?} twice"));
            }
            let bytes = STANDARD
                .decode(key.trim())
                .ok()
                .filter(|bytes| bytes.len() == KEY_LEN)
                .ok_or(format!("the key {id:?} must be {KEY_LEN} bytes in base64"))?;
            let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes)
                .map_err(|_| format!("the key {id:?} cannot be used"))?;
            keys.push((id.to_owned(), key));
        }
        Ok(Vault(keys))
    }

    /// Seals a text that belongs to something: it opens for that only.
    ///
    /// # Errors
    /// No key is set.
    pub fn seal(&self, belongs_to: &str, plain: &str) -> Result<Sealed, VaultError> {
        let (id, key) = self.0.first().ok_or(VaultError::NoKey)?;
        let mut sealed = plain.as_bytes().to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(belongs_to), &mut sealed)
            .map_err(|_| VaultError::NoKey)?;
        let whole = [nonce.as_ref().as_slice(), &sealed].concat();
        Ok(Sealed {
            key_id: id.clone(),
            text: STANDARD.encode(whole),
        })
    }

    /// Opens what was sealed.
    ///
    /// # Errors
    /// The key is not set, or the text was not sealed under it for this.
    pub fn open(&self, belongs_to: &str, sealed: &Sealed) -> Result<String, VaultError> {
        let (id, key) = self
            .0
            .iter()
            .find(|(id, _)| *id == sealed.key_id)
            .ok_or_else(|| VaultError::UnknownKey(sealed.key_id.clone()))?;
        let closed = || VaultError::DoesNotOpen(id.clone());
        let whole = STANDARD.decode(&sealed.text).map_err(|_| closed())?;
        let (nonce, text) = whole.split_at_checked(NONCE_LEN).ok_or_else(closed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| closed())?;
        let mut text = text.to_vec();
        let plain = key
            .open_in_place(nonce, Aad::from(belongs_to), &mut text)
            .map_err(|_| closed())?;
        String::from_utf8(plain.to_vec()).map_err(|_| closed())
    }

    /// The id of the key that seals, where one is set.
    #[must_use]
    pub fn current(&self) -> Option<&str> {
        self.0.first().map(|(id, _)| id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, byte: u8) -> String {
        format!("{id}:{}", STANDARD.encode([byte; KEY_LEN]))
    }

    #[test]
    fn opens_what_it_sealed_for_the_same_thing_only() {
        let vault = Vault::parse(&key("k1", 1)).expect("a key");
        let sealed = vault.seal("wechat/main", "4711").expect("it seals");
        assert!(!sealed.text.contains("4711"));
        assert_eq!(vault.open("wechat/main", &sealed), Ok("4711".to_owned()));
        let closed = Err(VaultError::DoesNotOpen("k1".to_owned()));
        assert_eq!(vault.open("wechat/other", &sealed), closed);
        for text in ["", "AAAA", &STANDARD.encode([0; 40])] {
            let damaged = Sealed {
                text: text.to_owned(),
                ..sealed.clone()
            };
            assert_eq!(vault.open("wechat/main", &damaged), closed, "{text}");
        }
        assert_ne!(
            vault.seal("wechat/main", "4711"),
            Ok(sealed),
            "the nonce is new each time"
        );
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let old = Vault::parse(&key("k1", 1)).expect("a key");
        let sealed = old.seal("a", "4711").expect("it seals");
        let both = Vault::parse(&format!("{},\n{}", key("k2", 2), key("k1", 1))).expect("keys");
        assert_eq!(both.open("a", &sealed).as_deref(), Ok("4711"));
        assert_eq!(both.seal("a", "x").expect("it seals").key_id, "k2");
        let new = Vault::parse(&key("k2", 2)).expect("a key");
        assert_eq!(
            new.open("a", &sealed),
            Err(VaultError::UnknownKey("k1".to_owned()))
        );
        let mistaken = Vault::parse(&key("k1", 3)).expect("a key");
        assert_eq!(
            mistaken.open("a", &sealed),
            Err(VaultError::DoesNotOpen("k1".to_owned()))
        );
    }

    #[test]
    fn wrong_keys_are_refused_and_not_shown() {
        let twice = format!("{},{}", key("k1", 1), key("k1", 2));
        let short = format!("k1:{}", STANDARD.encode([7; 16]));
        for text in [
            "c2VjcmV0",
            ":AAAA",
            "k 1:AAAA",
            "k1:c2VjcmV0",
            &short,
            &twice,
        ] {
            let refused = Vault::parse(text).err().expect(text);
            assert!(
                !refused.contains("c2VjcmV0") && !refused.contains("Bwc"),
                "{refused}"
            );
        }
        let empty = Vault::parse("").expect("nothing is no fault");
        assert_eq!(empty.seal("a", "b"), Err(VaultError::NoKey));
    }
}
