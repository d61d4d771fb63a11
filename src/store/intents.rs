//! What the buyer is about to buy: one key for a card and a package until that purchase is over, so that a double tap,
//! the back button, a reload and a second tab make one order.

use contract::{CardNumber, OrderId};
use leptos::prelude::window;
use serde::{Deserialize, Deserializer, Serialize};

use super::list::{self, Entry};
use crate::{clock, nav};

const NAME: &str = "rc.intents";
const MOST: usize = 20;
/// An order is long over by then, and the gateway has forgotten the key.
const LIFE_MS: i64 = 24 * 3_600_000;

/// One purchase that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// For this card.
    pub card: CardNumber,
    /// Of this package.
    pub package: String,
    /// The `Idempotency-Key` of its order.
    pub key: String,
    /// Its order, once there is one.
    #[serde(
        default,
        deserialize_with = "order_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub order: Option<OrderId>,
    /// When it was begun, by the gateway's clock in milliseconds since 1970.
    pub at: i64,
}

impl Entry for Intent {
    fn is_same(&self, other: &Intent) -> bool {
        self.card == other.card && self.package == other.package
    }
}

/// The purchase of a package for a card that was begun before, if any.
#[must_use]
pub fn find(card: &CardNumber, package: &str) -> Option<Intent> {
    lookup(&all(), card, package, clock::now().0).cloned()
}

/// The purchase that was begun before, or a new one.
#[must_use]
pub fn begin(card: &CardNumber, package: &str) -> Intent {
    find(card, package).unwrap_or_else(|| {
        let intent = Intent {
            card: card.clone(),
            package: package.to_owned(),
            key: random_key(),
            order: None,
            at: clock::now().0,
        };
        keep(&intent);
        intent
    })
}

/// Remembers which order a purchase became.
pub fn becomes(intent: &Intent, order: &OrderId) {
    keep(&Intent {
        order: Some(order.clone()),
        ..intent.clone()
    });
}

/// Ends a purchase: the next one of the same package for the same card is another.
pub fn end(card: &CardNumber, package: &str) {
    let mut intents = all();
    intents.retain(|intent| !(intent.card == *card && intent.package == package));
    write(&intents);
}

/// Ends the purchase that became an order.
pub fn end_order(order: &OrderId) {
    let mut intents = all();
    let before = intents.len();
    intents.retain(|intent| intent.order.as_ref() != Some(order));
    if intents.len() != before {
        write(&intents);
    }
}

fn keep(intent: &Intent) {
    write(&with(all(), intent.clone()));
}

fn all() -> Vec<Intent> {
    list::entries(stored().as_deref())
}

/// The list lies in the storage, which the tabs share, and beside the address, for where there is no storage.
fn stored() -> Option<String> {
    super::read(NAME).or_else(nav::state)
}

fn write(intents: &[Intent]) {
    let text = list::list(stored().as_deref(), intents);
    super::write(NAME, &text);
    nav::set_state(&text);
}

/// An id that is none leaves the purchase its key.
fn order_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<OrderId>, D::Error> {
    let id = Option::<String>::deserialize(deserializer)?;
    Ok(id.and_then(|id| OrderId::parse(&id).ok()))
}

fn lookup<'a>(
    intents: &'a [Intent],
    card: &CardNumber,
    package: &str,
    now: i64,
) -> Option<&'a Intent> {
    intents.iter().find(|intent| {
        intent.card == *card && intent.package == package && now - intent.at < LIFE_MS
    })
}

fn with(mut intents: Vec<Intent>, intent: Intent) -> Vec<Intent> {
    intents.retain(|other| !other.is_same(&intent));
    intents.insert(0, intent);
    intents.truncate(MOST);
    intents
}

/// 128 random bits as hexadecimal digits.
fn random_key() -> String {
    let mut bytes = [0_u8; 16];
    let filled = window()
        .crypto()
        .is_ok_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        // An engine without it gets a key that is unique enough not to meet another buyer's.
        for byte in &mut bytes {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 255"
            )]
            let random = (js_sys::Math::random() * 256.0) as u8;
            *byte = random;
        }
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(card: &str, package: &str, key: &str, at: i64) -> Intent {
        let card = CardNumber::parse(card).expect("a card number");
        Intent {
            card,
            package: package.into(),
            key: key.into(),
            order: None,
            at,
        }
    }

    #[test]
    fn a_card_and_a_package_have_one_key_for_a_day() {
        let one = intent("898607B2091701418584", "1102", "a", 0);
        let other = intent("898607B2091701418584", "1103", "b", 0);
        let intents = with(with(Vec::new(), one.clone()), other);
        let key = |package: &str, now| {
            lookup(&intents, &one.card, package, now).map(|intent| intent.key.as_str())
        };
        assert_eq!(key("1102", 1), Some("a"));
        assert_eq!(key("1103", 1), Some("b"));
        assert_eq!(key("1104", 1), None);
        assert_eq!(key("1102", LIFE_MS), None);
    }

    #[test]
    fn a_new_key_takes_the_place_of_the_old_and_the_list_stays_short() {
        let mut intents = Vec::new();
        for package in 0..30 {
            intents = with(
                intents,
                intent("898607B2091701418584", &package.to_string(), "k", 0),
            );
        }
        intents = with(intents, intent("898607B2091701418584", "29", "new", 0));
        assert_eq!(intents.len(), MOST);
        assert_eq!(
            intents
                .iter()
                .filter(|intent| intent.package == "29")
                .count(),
            1
        );
        assert_eq!(intents[0].key, "new");
    }
}
