//! The cards used lately on this device.

use contract::CardNumber;

use super::list::{self, Entry};

const NAME: &str = "rc.cards";
const MOST: usize = 8;

impl Entry for CardNumber {
    fn is_same(&self, other: &CardNumber) -> bool {
        self == other
    }
}

/// The numbers, the latest first.
#[must_use]
pub fn all() -> Vec<CardNumber> {
    let mut cards = list::entries(super::read(NAME).as_deref());
    cards.truncate(MOST);
    cards
}

/// Puts a card first.
pub fn remember(number: &CardNumber) {
    let cards = first(all(), number);
    write(&cards);
}

/// Takes a card out.
pub fn forget(number: &CardNumber) {
    let mut cards = all();
    cards.retain(|card| card != number);
    write(&cards);
}

fn write(cards: &[CardNumber]) {
    super::write(NAME, &list::list(super::read(NAME).as_deref(), cards));
}

fn first(mut cards: Vec<CardNumber>, number: &CardNumber) -> Vec<CardNumber> {
    cards.retain(|card| card != number);
    cards.insert(0, number.clone());
    cards.truncate(MOST);
    cards
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_is_first_and_eight_are_kept() {
        let card = |tail: usize| {
            CardNumber::parse(&format!("89860403101872720{tail:03}")).expect("a card number")
        };
        let mut cards = Vec::new();
        for tail in 0..10 {
            cards = first(cards, &card(tail));
        }
        cards = first(cards, &card(5));
        assert_eq!(cards.len(), MOST);
        assert_eq!(cards[0], card(5));
        assert_eq!(cards.iter().filter(|&number| *number == card(5)).count(), 1);
    }
}
