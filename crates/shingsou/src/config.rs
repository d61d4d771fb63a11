//! An application at the platform.

use std::{collections::BTreeMap, fmt, time::Duration};

use thiserror::Error;
use url::Url;

use crate::operations::Fitting;

/// An application at the platform, as its console shows it.
#[derive(Clone)]
pub struct Config {
    /// The open interfaces' base address, which may have a path: https, or this machine.
    pub api_base: Url,
    /// The identity server's base address.
    pub identity_base: Url,
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: String,
    /// The product's subscription key.
    pub subscription_key: String,
    /// The field name of the application's id in the token request: the document spells it `client_Id` and `client_id`.
    pub client_id_field: String,
    /// How the token request is written.
    pub token_form: TokenForm,
    /// What a token is asked for: [`USUAL_SCOPE`](crate::permissions::USUAL_SCOPE), or codes with blanks between them.
    pub scope: String,
    /// The value of `api-version`, where the platform asks for one.
    pub api_version: Option<String>,
    /// How long one call may take.
    pub timeout: Duration,
    /// What is to be put right about operations, by their names.
    pub operations: BTreeMap<String, Fitting>,
}

/// How the token request is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenForm {
    /// `multipart/form-data`, as documented.
    Multipart,
    /// `application/x-www-form-urlencoded`, as OAuth 2.0 has it.
    Urlencoded,
}

/// A value of a [`Config`] that cannot be right, by its name; its value is never shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ConfigError(pub(crate) String);

impl ConfigError {
    pub(crate) fn of(name: &str, why: impl fmt::Display) -> ConfigError {
        ConfigError(format!("{name}: {why}"))
    }
}

impl fmt::Debug for Config {
    /// Without the secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Config")
            .field("api_base", &self.api_base.as_str())
            .field("identity_base", &self.identity_base.as_str())
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
