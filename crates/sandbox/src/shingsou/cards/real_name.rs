//! Real-name registration. Nothing of a person is kept, only that the card is registered.

use axum::{body::Bytes, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::shingsou::{
    Shared, Shingsou,
    data::cards::RealName,
    envelope::{Object, Refusal},
};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Registration {
    card_no: String,
    name: String,
    id_number: String,
    phone: String,
}

/// `POST /cards/FlowCard/Reality`; decided after the time that a credit takes.
pub(crate) async fn register(
    State(stage): State<Shared>,
    body: Bytes,
) -> Result<Object<Value>, Refusal> {
    let asked: Registration =
        serde_json::from_slice(&body).map_err(|_| Refusal::invalid("请求实体错误"))?;
    let mut state = stage.lock();
    let delay = state.crediting.delay;
    let card = state
        .card_mut(&asked.card_no)
        .ok_or_else(Refusal::not_found)?;
    if asked.name.trim().chars().count() < 2 {
        return Err(Refusal::invalid("name不正确"));
    }
    if !is_identity_number(&asked.id_number) {
        return Err(Refusal::invalid("idNumber不正确"));
    }
    if !is_mobile_phone(&asked.phone) {
        return Err(Refusal::invalid("phone不正确"));
    }
    if card.real_name == RealName::Passed {
        return Err(Refusal::invalid("该卡已完成实名认证"));
    }
    card.real_name = RealName::Pending;
    card.decided_at = Some(Instant::now() + delay);
    stage.wake.notify_one();
    Ok(Object(json!({ "status": RealName::Pending })))
}

impl Shingsou {
    /// Passes the registrations that are due, and says when the next one is.
    pub(crate) fn decide_real_names(&mut self, now: Instant) -> Option<Instant> {
        let mut next = None;
        for card in &mut self.cards {
            match card.decided_at {
                Some(due) if due <= now => {
                    card.decided_at = None;
                    card.real_name = RealName::Passed;
                }
                Some(due) => next = Some(next.map_or(due, |next: Instant| next.min(due))),
                None => {}
            }
        }
        next
    }
}

fn is_mobile_phone(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// GB 11643-1999: 17 digits and a check character, ISO 7064 MOD 11-2.
fn is_identity_number(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let text = text.to_ascii_uppercase();
    let Some((digits, check)) = text.split_at_checked(17) else {
        return false;
    };
    let Some(digits) = digits
        .chars()
        .map(|c| c.to_digit(10))
        .collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let expected = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][sum as usize % 11];
    check == expected
}

#[cfg(test)]
mod tests {
    use super::is_identity_number;

    #[test]
    fn the_check_character_decides() {
        for (text, good) in [
            ("11010519491231002X", true),
            ("11010519491231002x", true),
            ("110105194912310021", false),
            ("11010519491231002", false),
            ("1101051949123100２X", false),
            ("", false),
        ] {
            assert_eq!(is_identity_number(text), good, "{text}");
        }
    }
}
