//! Recharging a card for money that the caller took itself.
//!
//! **All of this is a guess, and all of the guess is here.** The platform's public documents sell one way only, in
//! which the platform takes the money; no document names a call for this. So the two addresses come from the
//! caller, and the names, the numbers of `status` and the codes below follow the calls that are known. What is
//! relied on beyond names: an order is taken under a number of ours at most once, and can be asked for under it.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use crate::{Body, Client, Error, client::json, error::code, values::Text};

/// The carrier will not take the recharge.
const CARRIER_REFUSED: i64 = 10_201;

/// Refusals after which no further attempt can succeed. Any other is for a person to judge.
const FINAL: &[i64] = &[
    code::CARD_TERMINATED,
    code::PRODUCT_NOT_ON_SALE,
    CARRIER_REFUSED,
];

const NO_QUERY: &[(&str, &str)] = &[];

/// The platform has this number already.
const KNOWN_ALREADY: i64 = 409;

/// A recharge to be made at the platform.
#[derive(Clone, Debug)]
pub struct RechargeRequest {
    /// Our number of it: 1 to 32 letters and digits.
    pub number: String,
    /// The number of the card to credit.
    pub card_no: String,
    /// The package, by the platform's id.
    pub package_id: String,
}

/// A recharge as the platform has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recharge {
    /// Where it stands.
    pub status: RechargeStatus,
    /// The card, as it was given, where the platform tells it.
    pub card: Option<String>,
    /// The package, where the platform tells it.
    pub package_id: Option<String>,
}

/// Where a recharge stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RechargeStatus {
    /// It waits for its turn.
    Queued,
    /// The card is being credited.
    UnderWay,
    /// The data is on the card.
    Credited,
    /// The card was not credited, and will not be under this number.
    Failed {
        /// Why, where the platform tells it: see [`is_final`].
        code: Option<i64>,
    },
    /// A status that no guess lists. It is never a verdict.
    Unlisted(String),
}

/// Whether a refusal, or a failure, is one that no further attempt can change.
#[must_use]
pub fn is_final(code: i64) -> bool {
    FINAL.contains(&code)
}

/// Whether a refusal says that the platform has an order under this number already.
#[must_use]
pub fn is_known_already(code: i64) -> bool {
    code == KNOWN_ALREADY
}

/// What is sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent<'a> {
    out_recharge_no: &'a str,
    card_no: &'a str,
    product_id: &'a str,
}

/// What is answered to an order.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    out_recharge_no: Option<String>,
}

/// What is answered to a question.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    out_recharge_no: String,
    card_no: Option<String>,
    product_id: Option<Text>,
    status: Text,
    fail_code: Option<Text>,
}

impl Client {
    /// Orders a recharge at `path`, below the platform's base address. It is sent once and only queued there; what
    /// became of it, and whether it arrived when the outcome is unknown, [`Client::find_recharge`] tells.
    ///
    /// # Errors
    /// [`Error::Refused`] where the platform does not take it: see [`is_final`] and [`is_known_already`];
    /// else see [`Error`].
    pub async fn recharge(&self, path: &str, request: &RechargeRequest) -> Result<(), Error> {
        let sent = json(&Sent {
            out_recharge_no: &request.number,
            card_no: &request.card_no,
            product_id: &request.package_id,
        })?;
        let body = Body::Json(&sent);
        let answer = self.call_at(Method::POST, path, NO_QUERY, body).await?;
        let taken: Taken = answer.object()?;
        taken.check(&request.number)
    }

    /// The recharge of a number of ours, asked for at `query_path`; `None` where the platform has never heard of it.
    ///
    /// # Errors
    /// See [`Error`]. An answer about another recharge is [`Error::Unknown`]: it says nothing of this one.
    pub async fn find_recharge(
        &self,
        query_path: &str,
        number: &str,
    ) -> Result<Option<Recharge>, Error> {
        let query = [("outRechargeNo", number)];
        let answer = self
            .call_at(Method::GET, query_path, &query, Body::None)
            .await?;
        match answer.object::<Row>() {
            Ok(row) => row.read(number).map(Some),
            Err(error) if error.is_refusal(code::NOT_FOUND) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Taken {
    fn check(self, number: &str) -> Result<(), Error> {
        match self.out_recharge_no {
            Some(other) if other != number => Err(another()),
            _ => Ok(()),
        }
    }
}

impl Row {
    fn read(self, number: &str) -> Result<Recharge, Error> {
        if self.out_recharge_no != number {
            return Err(another());
        }
        let code = self.fail_code.map(|Text(code)| code.parse());
        let status = match self.status.0.as_str() {
            "0" => RechargeStatus::Queued,
            "1" => RechargeStatus::UnderWay,
            "2" => RechargeStatus::Credited,
            "3" => RechargeStatus::Failed {
                code: code
                    .transpose()
                    .map_err(|_| Error::unknown("it failed with a code that is no number"))?,
            },
            other => RechargeStatus::Unlisted(other.to_owned()),
        };
        Ok(Recharge {
            status,
            card: self.card_no,
            package_id: self.product_id.map(|Text(id)| id),
        })
    }
}

fn another() -> Error {
    Error::unknown("it answered for another recharge")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(data: &str) -> Result<Recharge, Error> {
        let body = format!(r#"{{"code":200,"message":"ok","data":{data}}}"#);
        let answer = crate::Answer::new(body.into_bytes(), crate::fitting::Names::default());
        answer.object::<Row>().and_then(|row| row.read("R1"))
    }

    #[test]
    fn a_status_is_read_and_never_invented() {
        let check = |status: &str, expected: Option<RechargeStatus>| {
            let data = format!(r#"{{"outRechargeNo":"R1",{status}}}"#);
            let read = read(&data).map(|recharge| recharge.status);
            match (read, expected) {
                (Ok(read), Some(expected)) => assert_eq!(read, expected, "{status}"),
                (Err(Error::Unknown(_)), None) => {}
                (read, _) => panic!("{status}: {read:?}"),
            }
        };
        check(r#""status":0"#, Some(RechargeStatus::Queued));
        check(
            r#""status":"1","failCode":null"#,
            Some(RechargeStatus::UnderWay),
        );
        check(r#""status":2"#, Some(RechargeStatus::Credited));
        check(r#""status":3"#, Some(RechargeStatus::Failed { code: None }));
        for code in ["10201", r#""10201""#] {
            check(
                &format!(r#""status":3,"failCode":{code}"#),
                Some(RechargeStatus::Failed {
                    code: Some(CARRIER_REFUSED),
                }),
            );
        }
        check(r#""status":3,"failCode":"refused""#, None);
        for unlisted in ["4", "-1", "credited"] {
            check(
                &format!(r#""status":"{unlisted}""#),
                Some(RechargeStatus::Unlisted(unlisted.into())),
            );
        }
        check(r#""status":null"#, None);
        check(r#""failCode":null"#, None);
    }

    #[test]
    fn the_answer_is_about_the_recharge_that_was_asked_for() {
        let read = |number: &str| {
            read(&format!(
                r#"{{"outRechargeNo":"{number}","status":2,"cardNo":"898607B2091701418584","productId":1102}}"#
            ))
        };
        let expected = Recharge {
            status: RechargeStatus::Credited,
            card: Some("898607B2091701418584".into()),
            package_id: Some("1102".into()),
        };
        assert_eq!(read("R1"), Ok(expected));
        assert_eq!(read("r1"), Err(another()));
        assert_eq!(read("R2"), Err(another()));
        let taken = |json: &str| serde_json::from_str::<Taken>(json).expect("an answer");
        assert_eq!(taken(r#"{"outRechargeNo":"R1"}"#).check("R1"), Ok(()));
        assert_eq!(taken("{}").check("R1"), Ok(()));
        assert_eq!(
            taken(r#"{"outRechargeNo":"R2"}"#).check("R1"),
            Err(another())
        );
    }

    #[test]
    fn only_listed_refusals_are_final() {
        for code in [10_101, 10_102, 10_201] {
            assert!(is_final(code), "{code}");
        }
        for code in [200, 404, 409, 417, 422, 10_000, 10_999] {
            assert!(!is_final(code), "{code}");
        }
        assert!(is_known_already(409));
        assert!(!is_known_already(422));
    }
}
