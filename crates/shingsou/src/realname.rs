//! Real-name registration (`flowcard-reality`). The operation is documented by name only.

use serde::{Deserialize, Serialize};

use crate::{Body, Client, Error, client::json, operations::FLOWCARD_REALITY};

/// Who holds a card. It has no `Debug`: nothing of it may be logged.
#[derive(Clone, Copy)]
pub struct Holder<'a> {
    /// The card's number.
    pub card_no: &'a str,
    /// The holder's name.
    pub name: &'a str,
    /// The number of the identity card.
    pub id_number: &'a str,
    /// The holder's phone.
    pub phone: &'a str,
}

/// How far a registration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Nobody handed one in.
    None,
    /// It is being looked at.
    Pending,
    /// It was accepted.
    Passed,
    /// It was turned down.
    Rejected,
}

/// What is handed in. Every name is guessed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent<'a> {
    card_no: &'a str,
    name: &'a str,
    id_number: String,
    phone: &'a str,
}

/// How far it is. Guessed.
#[derive(Deserialize)]
struct Answered {
    status: Option<String>,
}

impl Client {
    /// Hands a registration in, once.
    ///
    /// # Errors
    /// [`Error::Refused`] where the platform does not accept it; else see [`Error`].
    pub async fn register(&self, holder: Holder<'_>) -> Result<Registration, Error> {
        let sent = json(&Sent {
            card_no: holder.card_no,
            name: holder.name.trim(),
            id_number: holder.id_number.trim().to_ascii_uppercase(),
            phone: holder.phone.trim(),
        })?;
        let answer = self.call(&FLOWCARD_REALITY, &[], Body::Json(&sent)).await?;
        let answered: Answered = answer.object()?;
        // It was taken: a word that is not known means no decision.
        Ok(answered
            .status
            .as_deref()
            .and_then(registration)
            .unwrap_or(Registration::Pending))
    }
}

/// The platform's words for how far a registration is. Guessed.
pub(crate) fn registration(word: &str) -> Option<Registration> {
    match word.trim().to_ascii_lowercase().as_str() {
        "none" => Some(Registration::None),
        "pending" => Some(Registration::Pending),
        "passed" => Some(Registration::Passed),
        "rejected" => Some(Registration::Rejected),
        _ => None,
    }
}
