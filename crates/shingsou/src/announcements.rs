//! Announcements. The platform's own page shows them; no document names an operation, so that all of it is guessed.

use std::time::SystemTime;

use reqwest::Method;
use serde::Deserialize;

use crate::{
    Body, Client, Error, answer,
    values::{self, Text},
};

/// Where they are. No document names it.
const ADDRESS: &str = "cards/Notice";

/// Nobody reads more.
const TAKE: &str = "50";

/// An announcement to the holders of cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The platform's id of it.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// All of it.
    pub content: String,
    /// Since when it is shown.
    pub published_at: SystemTime,
}

/// Every name is guessed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: Text,
    title: String,
    content: Option<String>,
    publish_time: String,
}

impl Client {
    /// The latest announcements, the newest first. Those that cannot be read are left out.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn announcements(&self) -> Result<Vec<Announcement>, Error> {
        let page = self
            .call_at(Method::GET, ADDRESS, &[("take", TAKE)], Body::None)
            .await?
            .page()?;
        let read = |row| {
            answer::value::<Row>(row)
                .ok()
                .and_then(Row::into_announcement)
        };
        let mut announcements: Vec<Announcement> =
            page.rows.iter().filter_map(|row| read(row)).collect();
        if announcements.is_empty() && !page.rows.is_empty() {
            return Err(Error::unknown("no row of the list can be read"));
        }
        announcements.sort_by_key(|one| std::cmp::Reverse(one.published_at));
        Ok(announcements)
    }
}

impl Row {
    fn into_announcement(self) -> Option<Announcement> {
        Some(Announcement {
            id: self.id.0,
            title: self.title,
            content: self.content.unwrap_or_default(),
            published_at: values::time(&self.publish_time)?,
        })
    }
}
