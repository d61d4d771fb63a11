//! The Shingsou card platform, which is behind the shop: what is for sale, what a card is, and its documented way to
//! sell, in which the platform itself takes the money and credits the card.
//!
//! What the platform is told and what of its answers is believed is in the crate `shingsou`; here stands what that means
//! in the shop's words.

use std::sync::Arc;

use contract::{
    CardNumber, CardState, CardSummary, Notice, Realname, RealnameState, RealnameSubmission,
    ResetRule, Usage,
};
use shingsou::{
    Client, Config, Fitting, HeaderMap, Holder, Listener, Method, Registration, StatusCode,
    TokenForm,
};

use crate::{
    clock::{now, of_system},
    config,
    payments::pace::Pace,
};

pub use shingsou::{
    Error as UpstreamError, Fen, NoticeError, Order as PlatformOrder,
    OrderStatus as PlatformStatus, PaymentCreated, PaymentRequest, Recharge, RechargeRequest,
    RechargeStatus, Trade, Wallet, code, is_final, is_known_already, read_notice,
};

/// The platform, as the rest of the gateway sees it. Shared behind an `Arc`: the token is fetched once for all.
pub struct Shingsou {
    client: Client,
    pace: Arc<Pace>,
}

impl Listener for Pace {
    fn answered(&self, status: StatusCode, headers: &HeaderMap) {
        self.heard(status, headers);
    }
}

impl Shingsou {
    /// Prepares to call; nothing is sent yet.
    ///
    /// # Errors
    /// A base address cannot carry a path, or a key holds characters that a header cannot.
    pub fn new(config: &config::Shingsou) -> anyhow::Result<Shingsou> {
        let pace = Arc::new(Pace::default());
        Ok(Shingsou {
            client: Client::new(application(config))
                .map_err(|error| anyhow::anyhow!("shingsou.{error}"))?
                .heard_by(pace.clone()),
            pace,
        })
    }

    /// How much it is asked.
    #[must_use]
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// The platform's own interface.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What a card is: its detail, the data used and its state, asked for at once.
    ///
    /// # Errors
    /// [`UpstreamError::Refused`] with [`code::NOT_FOUND`] for an unknown card; [`UpstreamError::Unknown`] for one whose
    /// carrier nobody knows; else see [`UpstreamError`].
    pub async fn card(&self, number: &CardNumber) -> Result<CardSummary, UpstreamError> {
        summary(number, self.client.card(number.as_str()).await?)
    }

    /// Every category in the platform's order, without its packages.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn categories(&self) -> Result<Vec<contract::Category>, UpstreamError> {
        let categories = self.client.categories().await?;
        Ok(categories.into_iter().map(category).collect())
    }

    /// A category with its packages as they are now.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn with_packages(
        &self,
        category: contract::Category,
    ) -> Result<contract::Category, UpstreamError> {
        let packages = self.client.packages(&category.id).await?;
        Ok(contract::Category {
            packages: packages.into_iter().map(package).collect(),
            ..category
        })
    }

    /// The latest announcements, the newest first.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn notices(&self) -> Result<Vec<Notice>, UpstreamError> {
        let announcements = self.client.announcements().await?;
        let notice = |one: shingsou::Announcement| Notice {
            id: one.id,
            title: one.title,
            content: one.content,
            published_at: of_system(one.published_at),
        };
        Ok(announcements.into_iter().map(notice).collect())
    }

    /// Hands a registration in, once.
    ///
    /// # Errors
    /// [`UpstreamError::Refused`] where the platform does not accept it; else see [`UpstreamError`].
    pub async fn submit_realname(
        &self,
        submission: &RealnameSubmission,
    ) -> Result<RealnameState, UpstreamError> {
        let holder = Holder {
            card_no: submission.number.as_str(),
            name: &submission.name,
            id_number: &submission.id_number,
            phone: &submission.phone,
        };
        self.client.register(holder).await.map(realname)
    }

    /// Creates a payment, or gets the one of that number again. It is sent once; where the outcome is unknown,
    /// [`Shingsou::find_order`] tells it.
    ///
    /// # Errors
    /// [`UpstreamError::Refused`] where the platform will not sell this; else see [`UpstreamError`].
    pub async fn create_payment(
        &self,
        request: &PaymentRequest,
    ) -> Result<PaymentCreated, UpstreamError> {
        self.client.create_payment(request).await
    }

    /// The order of a number of ours; `None` where the platform has never heard of it.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn find_order(
        &self,
        out_trade_no: &str,
    ) -> Result<Option<PlatformOrder>, UpstreamError> {
        self.client.find_order(out_trade_no).await
    }

    /// Orders a recharge at `path`, once.
    ///
    /// # Errors
    /// [`UpstreamError::Refused`] where the platform does not take it: see [`is_final`] and [`is_known_already`]; else see
    /// [`UpstreamError`].
    pub async fn recharge(
        &self,
        path: &str,
        request: &RechargeRequest,
    ) -> Result<(), UpstreamError> {
        self.client.recharge(path, request).await
    }

    /// The recharge of a number of ours, asked for at `query_path`; `None` where the platform has never heard of it.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn find_recharge(
        &self,
        query_path: &str,
        number: &str,
    ) -> Result<Option<Recharge>, UpstreamError> {
        self.client.find_recharge(query_path, number).await
    }
}

/// The application at the platform, by the configuration.
fn application(config: &config::Shingsou) -> Config {
    Config {
        api_base: config.api_base.clone(),
        identity_base: config.identity_base.clone(),
        client_id: config.client_id.clone(),
        client_secret: config.client_secret.expose().to_owned(),
        subscription_key: config.subscription_key.expose().to_owned(),
        client_id_field: config.client_id_field.clone(),
        token_form: if config.token_multipart {
            TokenForm::Multipart
        } else {
            TokenForm::Urlencoded
        },
        scope: config.scope.clone(),
        api_version: config.api_version.clone(),
        timeout: std::time::Duration::from_millis(config.timeout_ms),
        operations: config
            .operations
            .iter()
            .map(|(name, put_right)| (name.clone(), fitting(put_right)))
            .collect(),
    }
}

fn fitting(put_right: &config::Operation) -> Fitting {
    Fitting {
        address: put_right.address.clone(),
        verb: put_right.verb.map(verb),
        fields: put_right.fields.clone(),
    }
}

fn verb(verb: config::Verb) -> Method {
    match verb {
        config::Verb::Get => Method::GET,
        config::Verb::Post => Method::POST,
        config::Verb::Put => Method::PUT,
        config::Verb::Patch => Method::PATCH,
        config::Verb::Delete => Method::DELETE,
    }
}

fn summary(number: &CardNumber, card: shingsou::Card) -> Result<CardSummary, UpstreamError> {
    let carrier = card
        .carrier
        .map(carrier)
        .or_else(|| card.iccid.as_deref().and_then(contract::Carrier::of_iccid))
        .or_else(|| number.carrier())
        .ok_or_else(|| UpstreamError::Unknown("the card has no known carrier".to_owned()))?;
    Ok(CardSummary {
        number_masked: number.masked(),
        kind: number.kind(),
        carrier,
        state: CardState::of(carrier, &card.status),
        plan: card.plan,
        usage: card.usage.map(|usage| Usage {
            used_mb: usage.used_mb,
            total_mb: usage.total_mb,
            as_of: usage.as_of.map_or_else(now, of_system),
        }),
        expires_at: card.expires_at.map(of_system),
        realname: Realname {
            required: card.registration_required,
            state: card.registration.map_or(RealnameState::None, realname),
        },
        category_ids: card.category_ids,
        check_digit_differs: number.luhn_fails(),
    })
}

fn category(category: shingsou::Category) -> contract::Category {
    contract::Category {
        id: category.id,
        name: category.name,
        carrier: carrier(category.carrier),
        reset_rule: match category.reset_rule {
            shingsou::ResetRule::Monthly => ResetRule::Monthly,
            shingsou::ResetRule::Cumulative => ResetRule::Cumulative,
            shingsou::ResetRule::Other => ResetRule::Other,
        },
        packages: Vec::new(),
    }
}

fn package(package: shingsou::Package) -> contract::Package {
    contract::Package {
        id: package.id,
        name: package.name,
        price_fen: contract::Fen(package.price.0),
        original_fen: package.original.map(|was| contract::Fen(was.0)),
        data_mb: package.data_mb,
        validity: package.validity,
        tags: package.tags,
        sold_out: package.sold_out,
    }
}

fn carrier(carrier: shingsou::Carrier) -> contract::Carrier {
    match carrier {
        shingsou::Carrier::Mobile => contract::Carrier::Mobile,
        shingsou::Carrier::Unicom => contract::Carrier::Unicom,
        shingsou::Carrier::Telecom => contract::Carrier::Telecom,
    }
}

fn realname(registration: Registration) -> RealnameState {
    match registration {
        Registration::None => RealnameState::None,
        Registration::Pending => RealnameState::Pending,
        Registration::Passed => RealnameState::Passed,
        Registration::Rejected => RealnameState::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use contract::{Carrier, StateClass};

    use super::*;

    #[test]
    fn a_card_is_told_in_the_shops_words() {
        let number = CardNumber::parse("898607B2091701418584").expect("a card number");
        let card = shingsou::Card {
            iccid: None,
            carrier: None,
            status: "1".into(),
            plan: None,
            usage: Some(shingsou::Usage {
                used_mb: 1557,
                total_mb: 2048,
                as_of: None,
            }),
            expires_at: None,
            registration_required: true,
            registration: None,
            category_ids: vec!["11".into()],
        };
        let told = |card| summary(&number, card).expect("a card");
        let plain = told(card.clone());
        assert_eq!(plain.number_masked, "8986 07B2 **** 8584");
        assert_eq!(
            (plain.carrier, plain.state.label.as_str(), plain.state.class),
            (Carrier::Mobile, "停机", StateClass::Suspended)
        );
        assert!(
            plain
                .usage
                .is_some_and(|usage| usage.used_mb == 1557 && usage.as_of <= now())
        );
        assert_eq!(
            plain.realname,
            Realname {
                required: true,
                state: RealnameState::None
            }
        );
        // The platform's word on the carrier stands above what the numbers say.
        let other = told(shingsou::Card {
            iccid: Some("89860403101872720478".into()),
            ..card.clone()
        });
        assert_ne!(other.carrier, Carrier::Telecom);
        let named = told(shingsou::Card {
            carrier: Some(shingsou::Carrier::Telecom),
            ..card
        });
        assert_eq!(named.carrier, Carrier::Telecom);
    }
}
