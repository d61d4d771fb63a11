//! Which calls came, and which are to go wrong on purpose.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

/// The calls that came, and the faults that wait for those to come.
#[derive(Default)]
pub(crate) struct Calls {
    /// How many by route, refused ones included.
    pub(crate) counted: BTreeMap<String, u64>,
    /// By route; each route's are used up in order.
    pub(crate) faults: BTreeMap<String, VecDeque<Fault>>,
}

/// One fault, for a number of calls.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// Calls it still meets; 0 never ends.
    #[serde(default = "once")]
    times: u64,
    /// How long a delay or a hang lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ms: Option<u64>,
    /// Of a business error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<i64>,
    /// Of a business error, where a platform has finer ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_code: Option<String>,
    /// Of a business error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Carried out and answered, but late.
    Delay,
    /// Neither carried out nor answered.
    Hang,
    #[serde(rename = "http_500")]
    Http500,
    #[serde(rename = "http_502_html")]
    Http502Html,
    /// Turned away, with `Retry-After`: `ms` in whole seconds.
    #[serde(rename = "http_429")]
    Http429,
    #[serde(rename = "empty_200")]
    Empty200,
    BadJson,
    Business,
    /// Carried out, but never answered.
    TimeoutAfterEffect,
    Unauthorized,
    /// Answered well, without the signature that Alipay and WeChat Pay give.
    Unsigned,
    /// The same with a wrong one.
    BadSignature,
}

/// The route that stands for every one.
pub(crate) const EVERY_ROUTE: &str = "*";

impl Calls {
    /// Adds a fault behind those that wait already.
    pub(crate) fn add(&mut self, route: String, fault: Fault) {
        self.faults.entry(route).or_default().push_back(fault);
    }

    /// Counts a call and takes the fault that meets it.
    pub(crate) fn count(&mut self, route: &str) -> Option<Fault> {
        *self.counted.entry(route.to_owned()).or_default() += 1;
        self.meet(route)
    }

    /// The fault that meets this call, used up by one.
    fn meet(&mut self, route: &str) -> Option<Fault> {
        let route = [route, EVERY_ROUTE]
            .into_iter()
            .find(|route| self.faults.contains_key(*route))?;
        let waiting = self.faults.get_mut(route)?;
        let fault = waiting.front_mut()?;
        let met = fault.clone();
        match fault.times {
            0 => {}
            1 => {
                waiting.pop_front();
                if waiting.is_empty() {
                    self.faults.remove(route);
                }
            }
            _ => fault.times -= 1,
        }
        Some(met)
    }
}

fn once() -> u64 {
    1
}
