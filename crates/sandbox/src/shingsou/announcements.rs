//! Announcements. No document names this call; the shape is a guess.

use axum::extract::State;
use serde::Serialize;

use super::{
    Shared,
    data::announcements,
    envelope::{Page, Refusal},
    listing::Listing,
};
use crate::clock::Moment;

/// An announcement as the wire has it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Announcement {
    id: &'static str,
    title: &'static str,
    content: &'static str,
    publish_time: Moment,
}

/// `GET /cards/Notice`, the newest first.
pub(crate) async fn list(
    State(stage): State<Shared>,
    listing: Listing,
) -> Result<Page<Announcement>, Refusal> {
    let mut rows = stage.lock().announcements.clone();
    rows.retain(|row| listing.covers(row.publish_time));
    match listing.order_by.as_deref() {
        None => {}
        Some("publishTime") if listing.ascending => rows.reverse(),
        Some("publishTime") => {}
        Some(_) => return Err(Refusal::invalid("orderby不支持该字段")),
    }
    Ok(listing.page(rows))
}

pub(crate) fn seeded() -> Vec<Announcement> {
    let now = Moment::now();
    let row = |seed: &announcements::Seed| Announcement {
        id: seed.id,
        title: seed.title,
        content: seed.content,
        publish_time: now.plus_days(-seed.days_ago),
    };
    announcements::ALL.iter().map(row).collect()
}
