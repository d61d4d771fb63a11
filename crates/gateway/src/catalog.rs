//! What is for sale: the card platform's catalog, asked for regularly, and each category by itself before one of its
//! packages is bought. What answers is shown, whatever else does not.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Json, extract::State};
use contract::{Catalog, Category, ErrorCode, Package, Problem, routes};
use futures_util::{StreamExt, stream};

use crate::{
    ApiError, ApiResult, App,
    clock::now,
    store::Db,
    upstream::{
        last_good::{LastGood, pause},
        shared::{Answer, Shared},
        shingsou::{Shingsou, UpstreamError},
    },
};

/// Nothing is sold at a price older than this.
const FRESH: Duration = Duration::from_secs(5);
/// Categories whose packages are asked for at once.
const AT_ONCE: usize = 4;

/// What is for sale, as it was last heard.
pub struct CatalogCache {
    whole: LastGood<Catalog>,
    categories: Arc<Categories>,
    max_age: Duration,
}

/// A package, with its category, as the platform has it now.
pub struct OnSale {
    /// What it belongs to.
    pub category: Category,
    /// What is bought.
    pub package: Package,
}

/// Each category with its packages, asked for by itself.
struct Categories {
    shingsou: Arc<Shingsou>,
    heard: Mutex<HashMap<String, Arc<Shared<Category>>>>,
}

impl CatalogCache {
    /// Nothing is asked yet. After twice the age the catalog counts as stale.
    #[must_use]
    pub fn new(db: Db, shingsou: Arc<Shingsou>, max_age: Duration) -> CatalogCache {
        CatalogCache {
            whole: LastGood::new("catalog", db),
            categories: Arc::new(Categories {
                shingsou,
                heard: Mutex::default(),
            }),
            max_age,
        }
    }

    /// The last good catalog, however old, marked where it is stale. `None` where there never was one.
    pub async fn current(&self) -> Option<Arc<Catalog>> {
        let answer = self.whole.current().await?;
        Some(if self.is_stale(&answer) {
            Arc::new(Catalog {
                stale: true,
                ..(*answer.value).clone()
            })
        } else {
            answer.value
        })
    }

    /// A catalog that is at most some seconds old; the platform is asked where it is not.
    ///
    /// # Errors
    /// [`ErrorCode::PlatformUnavailable`] where the platform cannot be asked.
    pub async fn fresh(&self) -> Result<Arc<Catalog>, ApiError> {
        Ok(self.whole_within(FRESH).await.map_err(unavailable)?.value)
    }

    /// A package to be sold: its category was heard some seconds ago at most. `None` where there is none such.
    ///
    /// # Errors
    /// [`ErrorCode::PlatformUnavailable`] where the platform cannot be asked for it.
    pub async fn to_sell(&self, package_id: &str) -> Result<Option<OnSale>, ApiError> {
        self.package(package_id, FRESH).await.map_err(unavailable)
    }

    /// A package as the platform has it now: it is asked. `None` where it has none such.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn ask_package(&self, package_id: &str) -> Result<Option<OnSale>, UpstreamError> {
        self.package(package_id, Duration::ZERO).await
    }

    /// Asks the platform, for what is answered from then on.
    ///
    /// # Errors
    /// See [`UpstreamError`]; the last good catalog stays.
    pub async fn refresh(&self) -> Result<(), UpstreamError> {
        self.whole_within(Duration::ZERO).await.map(drop)
    }

    async fn package(&self, id: &str, age: Duration) -> Result<Option<OnSale>, UpstreamError> {
        if let Some(known) = self.whole.current().await
            && let Some(on_sale) = self.ask_where_it_was(&known.value, id, age).await?
        {
            return Ok(Some(on_sale));
        }
        // It is new, or has come into another category.
        let whole = self.whole_within(age).await?;
        self.ask_where_it_was(&whole.value, id, age).await
    }

    /// The catalog keeps what a category last said; before something is sold, only its category's own word counts.
    async fn ask_where_it_was(
        &self,
        catalog: &Catalog,
        package_id: &str,
        age: Duration,
    ) -> Result<Option<OnSale>, UpstreamError> {
        let Some((known, _)) = catalog.find(package_id) else {
            return Ok(None);
        };
        let category = (*self.categories.within(age, known.clone()).await?.value).clone();
        if *known != category {
            self.whole.amend(|catalog| {
                for shown in &mut catalog.categories {
                    if shown.id == category.id {
                        shown.clone_from(&category);
                    }
                }
                catalog
                    .categories
                    .retain(|shown| !shown.packages.is_empty());
            });
        }
        let package = category
            .packages
            .iter()
            .find(|package| package.id == package_id)
            .cloned();
        Ok(package.map(|package| OnSale { category, package }))
    }

    async fn whole_within(&self, age: Duration) -> Result<Answer<Catalog>, UpstreamError> {
        let before = self.whole.current().await.map(|answer| answer.value);
        let ask = self.categories.clone().ask_all(before);
        self.whole.within(age, ask).await
    }

    fn is_stale(&self, answer: &Answer<Catalog>) -> bool {
        let limit = i64::try_from(self.max_age.as_millis())
            .unwrap_or(i64::MAX)
            .saturating_mul(2);
        self.whole.is_failing() || now() > answer.at.plus_ms(limit)
    }
}

impl Categories {
    /// The packages of a category, at most so old.
    async fn within(
        &self,
        age: Duration,
        category: Category,
    ) -> Result<Answer<Category>, UpstreamError> {
        let heard = {
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(Shared::new("category"));
            heard.entry(category.id.clone()).or_insert_with(new).clone()
        };
        let shingsou = self.shingsou.clone();
        heard
            .within(age, async move { shingsou.with_packages(category).await })
            .await
    }

    /// Every category in the platform's order; one that does not answer as it was before. Only where none answers there
    /// is no catalog.
    async fn ask_all(
        self: Arc<Self>,
        before: Option<Arc<Catalog>>,
    ) -> Result<Catalog, UpstreamError> {
        let listed = self.shingsou.categories().await?;
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|id, _| listed.iter().any(|category| category.id == *id));
        let answers: Vec<_> = stream::iter(listed)
            .map(|category| {
                let categories = self.clone();
                async move {
                    let id = category.id.clone();
                    (id, categories.within(Duration::ZERO, category).await)
                }
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut failure = None;
        let mut categories = Vec::new();
        let mut answered = 0;
        for (id, answer) in answers {
            match answer {
                Ok(answer) => {
                    answered += 1;
                    categories.push((*answer.value).clone());
                }
                Err(error) => {
                    let known = before.iter().flat_map(|before| &before.categories);
                    categories.extend(known.filter(|known| known.id == id).cloned());
                    failure = Some(error);
                }
            }
        }
        if let Some(error) = failure
            && answered == 0
        {
            return Err(error);
        }
        categories.retain(|category| !category.packages.is_empty());
        Ok(Catalog {
            as_of: now(),
            stale: false,
            categories,
        })
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

fn unavailable(_: UpstreamError) -> ApiError {
    ApiError::from(ErrorCode::PlatformUnavailable).retry_after(5)
}
