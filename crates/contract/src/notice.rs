//! Announcements (公告).

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Every announcement, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notices {
    /// The newest first.
    pub notices: Vec<Notice>,
}

/// One announcement, plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// The card platform's id.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Its text; line breaks part paragraphs.
    pub content: String,
    /// When it was published.
    pub published_at: Timestamp,
}
