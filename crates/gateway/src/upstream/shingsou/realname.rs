//! Real-name registration (`FlowCard-Reality`). The operation is documented by name only.

use contract::{RealnameState, RealnameSubmission};
use serde::{Deserialize, Serialize};

use super::{Shingsou, UpstreamError, operations};

/// What is handed in. Every name is guessed. It has no `Debug`: nothing of it may be logged.
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
struct Answer {
    status: Option<String>,
}

impl Shingsou {
    /// Hands a registration in, once.
    ///
    /// # Errors
    /// [`UpstreamError::Refused`] where the platform does not accept it; else see [`UpstreamError`].
    pub async fn submit_realname(
        &self,
        submission: &RealnameSubmission,
    ) -> Result<RealnameState, UpstreamError> {
        let sent = Sent {
            card_no: submission.number.as_str(),
            name: submission.name.trim(),
            id_number: submission.id_number.trim().to_ascii_uppercase(),
            phone: submission.phone.trim(),
        };
        let answer: Answer = self.client.post(operations::CARD_REALITY, &sent).await?;
        // It was taken: a word that is not known means no decision.
        Ok(answer
            .status
            .as_deref()
            .and_then(state)
            .unwrap_or(RealnameState::Pending))
    }
}

/// The platform's words for how far a registration is. Guessed.
pub(super) fn state(word: &str) -> Option<RealnameState> {
    match word.trim().to_ascii_lowercase().as_str() {
        "none" => Some(RealnameState::None),
        "pending" => Some(RealnameState::Pending),
        "passed" => Some(RealnameState::Passed),
        "rejected" => Some(RealnameState::Rejected),
        _ => None,
    }
}
