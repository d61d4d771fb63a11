//! What is for sale: the card platform's catalog, asked for regularly and before each purchase.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State};
use contract::{Catalog, ErrorCode, Problem, routes};

use crate::{
    ApiError, ApiResult, App,
    clock::now,
    store::Db,
    upstream::{
        last_good::{Answer, LastGood, pause},
        shingsou::{Shingsou, UpstreamError},
    },
};

/// Nothing is sold at a price older than this.
const FRESH: Duration = Duration::from_secs(5);

/// What is for sale, as it was last heard.
pub struct CatalogCache {
    last: LastGood<Catalog>,
    shingsou: Arc<Shingsou>,
    max_age: Duration,
}

impl CatalogCache {
    /// Nothing is asked yet. After twice the age the catalog counts as stale.
    #[must_use]
    pub fn new(db: Db, shingsou: Arc<Shingsou>, max_age: Duration) -> CatalogCache {
        CatalogCache {
            last: LastGood::new("catalog", db),
            shingsou,
            max_age,
        }
    }

    /// The last good catalog, however old, marked where it is stale. `None` where there never was one.
    pub async fn current(&self) -> Option<Arc<Catalog>> {
        let answer = self.last.current().await?;
        Some(if self.is_stale(&answer) {
            Arc::new(Catalog {
                stale: true,
                ..(*answer.value).clone()
            })
        } else {
            answer.value
        })
    }

    /// A catalog that is young enough to sell by; the platform is asked where it is not.
    ///
    /// # Errors
    /// [`ErrorCode::PlatformUnavailable`] where the platform cannot be asked.
    pub async fn fresh(&self) -> Result<Arc<Catalog>, ApiError> {
        match self.last.within(FRESH, self.ask()).await {
            Ok(answer) => Ok(answer.value),
            Err(_) => Err(ApiError::from(ErrorCode::PlatformUnavailable).retry_after(5)),
        }
    }

    /// The catalog as the platform has it now: it is asked.
    ///
    /// # Errors
    /// See [`UpstreamError`]; the last good catalog stays.
    pub async fn ask_now(&self) -> Result<Arc<Catalog>, UpstreamError> {
        let answer = self.last.within(Duration::ZERO, self.ask()).await?;
        Ok(answer.value)
    }

    /// Asks the platform, for what is answered from then on.
    ///
    /// # Errors
    /// See [`UpstreamError`]; the last good catalog stays.
    pub async fn refresh(&self) -> Result<(), UpstreamError> {
        self.ask_now().await.map(drop)
    }

    async fn ask(&self) -> Result<Catalog, UpstreamError> {
        let categories = self.shingsou.categories_and_packages().await?;
        Ok(Catalog {
            as_of: now(),
            stale: false,
            categories,
        })
    }

    fn is_stale(&self, answer: &Answer<Catalog>) -> bool {
        let limit = i64::try_from(self.max_age.as_millis())
            .unwrap_or(i64::MAX)
            .saturating_mul(2);
        self.last.is_failing() || now() > answer.at.plus_ms(limit)
    }
}

/// Keeps the catalog fresh until the gateway stops.
pub async fn run(app: App) {
    let refreshing = async {
        loop {
            let failed = app.catalog.refresh().await.is_err();
            tokio::time::sleep(pause(app.catalog.max_age, failed)).await;
        }
    };
    app.stop.run_until_cancelled(refreshing).await;
}

/// What is for sale. While the card platform cannot be asked, the last good catalog is answered and marked as stale.
#[utoipa::path(
    get, path = routes::CATALOG, tag = "catalog",
    responses(
        (status = 200, description = "Categories and their packages", body = Catalog),
        (status = 503, description = "The card platform cannot be reached and never was", body = Problem),
    )
)]
pub async fn show(State(app): State<App>) -> ApiResult<Json<Catalog>> {
    let catalog = match app.catalog.current().await {
        Some(catalog) => catalog,
        None => app.catalog.fresh().await?,
    };
    Ok(Json(Arc::unwrap_or_clone(catalog)))
}
