//! Announcements. The platform's own page shows them; no document names an operation, so that all of it is guessed.

use contract::Notice;
use serde::Deserialize;

use super::{
    Shingsou, UpstreamError, envelope, operations,
    values::{self, Text},
};

/// Nobody reads more.
const TAKE: &str = "50";

/// An announcement. Every name is guessed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: Text,
    title: String,
    content: Option<String>,
    publish_time: String,
}

impl Shingsou {
    /// The latest announcements, the newest first. Those that cannot be read are left out.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn notices(&self) -> Result<Vec<Notice>, UpstreamError> {
        let page = self
            .client
            .page(operations::NOTICES, &[("take", TAKE)])
            .await?;
        let read = |row| envelope::value::<Row>(row).ok().and_then(Row::into_notice);
        let mut notices: Vec<Notice> = page.rows.iter().filter_map(|row| read(row)).collect();
        if notices.is_empty() && !page.rows.is_empty() {
            return Err(envelope::garbage("no row of the list can be read"));
        }
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.published_at));
        Ok(notices)
    }
}

impl Row {
    fn into_notice(self) -> Option<Notice> {
        Some(Notice {
            id: self.id.0,
            title: self.title,
            content: self.content.unwrap_or_default(),
            published_at: values::time(&self.publish_time)?,
        })
    }
}
