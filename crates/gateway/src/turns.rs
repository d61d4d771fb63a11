//! Taking turns at one thing, such as an order's payment, within this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Instant,
};

/// Whose turn it is, by key. A key is forgotten once nobody holds or awaits its turn.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<String, Weak<Turn>>>);

/// One key's turn. It remembers when the last work that others may share began.
pub type Turn = tokio::sync::Mutex<Option<Instant>>;

impl Turns {
    /// The turn of a key, to be locked.
    #[must_use]
    pub fn of(&self, key: &str) -> Arc<Turn> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(key).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::default());
        turns.insert(key.to_owned(), Arc::downgrade(&turn));
        turn
    }
}
