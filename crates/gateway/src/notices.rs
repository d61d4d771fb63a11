//! Announcements. The shop works without them.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State};
use contract::{ErrorCode, Notices, Problem, routes};

use crate::{
    ApiError, ApiResult, App,
    store::Db,
    upstream::{
        last_good::{LastGood, pause},
        shingsou::{Shingsou, UpstreamError},
    },
};

const REFRESHED_EVERY: Duration = Duration::from_secs(300);

/// The announcements, as they were last heard.
pub struct NoticeCache {
    last: LastGood<Notices>,
    shingsou: Arc<Shingsou>,
}

impl NoticeCache {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new(db: Db, shingsou: Arc<Shingsou>) -> NoticeCache {
        NoticeCache {
            last: LastGood::new("notices", db),
            shingsou,
        }
    }

    /// The last good announcements, however old. `None` where there never were any to be heard.
    pub async fn current(&self) -> Option<Arc<Notices>> {
        self.last.current().await.map(|answer| answer.value)
    }

    /// The id of the newest, for the page's badge.
    pub async fn newest_id(&self) -> Option<String> {
        self.current()
            .await?
            .notices
            .first()
            .map(|notice| notice.id.clone())
    }

    /// Asks the platform.
    ///
    /// # Errors
    /// See [`UpstreamError`]; the last good announcements stay.
    pub async fn refresh(&self) -> Result<(), UpstreamError> {
        let shingsou = self.shingsou.clone();
        let ask = async move {
            Ok(Notices {
                notices: shingsou.notices().await?,
            })
        };
        self.last.within(Duration::ZERO, ask).await.map(drop)
    }
}

/// Keeps the announcements fresh until the gateway stops.
pub async fn run(app: App) {
    let refreshing = async {
        loop {
            let failed = app.notices.refresh().await.is_err();
            tokio::time::sleep(pause(REFRESHED_EVERY, failed)).await;
        }
    };
    app.stop.run_until_cancelled(refreshing).await;
}

/// Announcements, the newest first. While the card platform cannot be asked, the last good ones are answered.
#[utoipa::path(
    get, path = routes::NOTICES, tag = "notices",
    responses(
        (status = 200, description = "The announcements", body = Notices),
        (status = 503, description = "The card platform cannot be reached and never was", body = Problem),
    )
)]
pub async fn show(State(app): State<App>) -> ApiResult<Json<Notices>> {
    let notices = match app.notices.current().await {
        Some(notices) => Some(notices),
        // Just started, perhaps: the job has not asked yet.
        None => match app.notices.refresh().await {
            Ok(()) => app.notices.current().await,
            Err(_) => None,
        },
    };
    let unavailable = || ApiError::from(ErrorCode::PlatformUnavailable).retry_after(10);
    Ok(Json(Arc::unwrap_or_clone(notices.ok_or_else(unavailable)?)))
}
