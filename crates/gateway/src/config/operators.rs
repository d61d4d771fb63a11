//! Who may use the operator's interface: names and their tokens.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use sha2::{Digest, Sha256};

use super::Admin;

/// Whoever uses the one token without a name.
const NAMELESS: &str = "operator";
const SHORTEST: usize = 32;
const LONGEST_NAME: usize = 32;

/// The names, each with its token's digest.
#[derive(Default)]
pub struct Operators(Vec<(String, [u8; 32])>);

impl Operators {
    /// Reads the one token, and the `name:token` pairs, parted by commas or line ends.
    ///
    /// # Errors
    /// Names the key that is wrong and says why; never shows a token.
    pub fn parse(admin: &Admin) -> Result<Operators, (&'static str, String)> {
        let mut operators = Operators::default();
        let token = admin.token.expose();
        if !token.is_empty() {
            let rule = "must be at least 32 visible ASCII characters, or empty";
            operators
                .add(NAMELESS, token)
                .map_err(|_| ("admin.token", rule.to_owned()))?;
        }
        let pairs = admin.tokens.expose().split([',', '\n']).map(str::trim);
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let wrong = |rule: String| ("admin.tokens", rule);
            let (name, token) = pair
                .split_once(':')
                .ok_or_else(|| wrong("must be name:token pairs".to_owned()))?;
            operators.add(name, token.trim()).map_err(wrong)?;
        }
        Ok(operators)
    }

    /// Whether nobody may.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whose token it is.
    #[must_use]
    pub fn who(&self, token: &str) -> Option<&str> {
        // Digests are of one length, and comparing them, every one each time, tells nothing of the tokens by its time.
        let given = Sha256::digest(token);
        self.0.iter().fold(None, |found, (name, digest)| {
            let same = verify_slices_are_equal(&given, digest).is_ok();
            if same { Some(name.as_str()) } else { found }
        })
    }

    fn add(&mut self, name: &str, token: &str) -> Result<(), String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(plain) {
            return Err("a name must be 1 to 32 letters, digits, -, _ or .".to_owned());
        }
        if token.len() < SHORTEST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "the token of {name:?} must be at least 32 visible ASCII characters"
            ));
        }
        let digest = Sha256::digest(token).into();
        if self
            .0
            .iter()
            .any(|(other, known)| other == name || *known == digest)
        {
            return Err(format!("the name {name:?} or its token is there twice"));
        }
        self.0.push((name.to_owned(), digest));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "one-token-of-thirty-two-or-more-characters";
    const TWO: &str = "two-token-of-thirty-two-or-more-characters";

    fn admin(token: &str, tokens: &str) -> Admin {
        Admin {
            token: token.into(),
            tokens: tokens.into(),
        }
    }

    #[test]
    fn a_token_has_a_name() {
        let operators = Operators::parse(&admin(ONE, &format!("li.wei:{TWO}"))).ok();
        let operators = operators.expect("two operators");
        assert_eq!(operators.who(ONE), Some("operator"));
        assert_eq!(operators.who(TWO), Some("li.wei"));
        for nobody in ["", "one", &ONE[1..], &format!("li.wei:{TWO}")] {
            assert_eq!(operators.who(nobody), None, "{nobody}");
        }
        assert!(Operators::parse(&admin("", "")).is_ok_and(|nobody| nobody.is_empty()));
    }

    #[test]
    fn what_is_wrong_is_named_and_never_shown() {
        let check = |token: &str, tokens: &str, key: &str| {
            let Err((named, rule)) = Operators::parse(&admin(token, tokens)) else {
                panic!("{tokens} is taken")
            };
            assert_eq!(named, key, "{tokens}");
            assert!(!rule.contains("token-of"), "{rule}");
        };
        check("short", "", "admin.token");
        check("", ONE, "admin.tokens");
        check("", &format!("a b:{ONE}"), "admin.tokens");
        check("", &format!(":{ONE}"), "admin.tokens");
        check("", "a:short", "admin.tokens");
        check("", &format!("a:{ONE},a:{TWO}"), "admin.tokens");
        check("", &format!("a:{ONE},b:{ONE}"), "admin.tokens");
        check(ONE, &format!("a:{ONE}"), "admin.tokens");
        check(ONE, &format!("operator:{TWO}"), "admin.tokens");
    }
}
