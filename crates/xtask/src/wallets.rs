//! The operator's own accounts at the wallets, as a run of the shop makes them up: a token for `/admin`, a key for the
//! secrets, and accounts that the sandbox hands out.

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::services::Place;

/// What the gateway needs for merchants of its own. Made for one run, so that nothing of it is a secret of anybody's.
pub(crate) struct Keys {
    /// Opens `/admin`.
    pub(crate) token: String,
    vault: String,
}

/// Where the sandbox takes recharges.
const RECHARGE: &str = "/cards/Recharge";

impl Keys {
    /// New ones.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(crate) fn new() -> Result<Self> {
        let (mut token, mut vault) = ([0; 24], [0; 32]);
        getrandom::fill(&mut token)?;
        getrandom::fill(&mut vault)?;
        Ok(Self {
            token: token.iter().map(|byte| format!("{byte:02x}")).collect(),
            vault: format!("run:{}", STANDARD.encode(vault)),
        })
    }

    /// The gateway's settings that let its own merchants take the money.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("RECHARGE__PAYMENTS__ALIPAY", "own".into()),
            ("RECHARGE__PAYMENTS__WECHAT", "own".into()),
            ("RECHARGE__RECHARGE__PATH", RECHARGE.into()),
            ("RECHARGE__RECHARGE__QUERY_PATH", RECHARGE.into()),
            ("RECHARGE__ADMIN__TOKEN", self.token.clone()),
            ("RECHARGE__VAULT__KEYS", self.vault.clone()),
        ]
    }
}

/// Opens an account at each of the sandbox's wallets and gives it to the gateway, as an operator would.
///
/// # Errors
/// When either refuses.
pub(crate) fn open_accounts(place: &Place, keys: &Keys) -> Result<()> {
    // Both are on this machine, whatever proxy the environment names.
    let http: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    for wallet in ["alipay", "wechat"] {
        let wanted = format!("{}/_control/{wallet}/account", place.sandbox_url());
        let mut account: Value = http
            .post(&wanted)
            .send_json(serde_json::json!({}))
            .and_then(|mut answer| answer.body_mut().read_json())
            .with_context(|| format!("opening an account at the sandbox's {wallet}"))?;
        account["enabled"] = true.into();
        http.put(format!("{}/admin/merchants/{wallet}/sandbox", place.url()))
            .header("Authorization", format!("Bearer {}", keys.token))
            .send_json(&account)
            .with_context(|| format!("giving the gateway its {wallet} account"))?;
    }
    Ok(())
}
