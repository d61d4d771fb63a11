//! What a carrier says of a card.

use serde::{Deserialize, Serialize};

use crate::Carrier;

/// A card's state in its carrier's own words, and what it means for a purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardState {
    /// The carrier's code. It says something only together with the carrier.
    pub code: String,
    /// The carrier's Chinese word for it.
    pub label: String,
    /// What it means for a purchase.
    pub class: StateClass,
}

/// The carriers' many states in the six groups that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StateClass {
    /// In service.
    Usable,
    /// Comes into service by itself or with the first purchase.
    Activatable,
    /// Out of service for now.
    Suspended,
    /// Out of service for good.
    Terminated,
    /// In its test period.
    Testing,
    /// The carrier does not know the card, or says what no table lists.
    Unknown,
}

impl StateClass {
    /// Every class.
    pub const ALL: [StateClass; 6] = [
        StateClass::Usable,
        StateClass::Activatable,
        StateClass::Suspended,
        StateClass::Terminated,
        StateClass::Testing,
        StateClass::Unknown,
    ];

    /// Whether a package may be bought for such a card. A suspended card may: a purchase is what brings it back.
    #[must_use]
    pub fn can_be_recharged(self) -> bool {
        !matches!(self, StateClass::Terminated | StateClass::Unknown)
    }
}

type Row = (i32, &'static str, StateClass);

/// The card platform's table for China Mobile (移动卡). It lists code 1 twice, as 单向停机 and as 停机.
const MOBILE: &[Row] = &[
    (0, "正常", StateClass::Usable),
    (1, "停机", StateClass::Suspended),
    (2, "停机", StateClass::Suspended),
    (3, "预销号", StateClass::Terminated),
    (4, "销号", StateClass::Terminated),
    (5, "过户", StateClass::Suspended),
    (6, "休眠", StateClass::Suspended),
    (7, "待激", StateClass::Activatable),
    (99, "号码不存在", StateClass::Unknown),
];

/// The card platform's table for China Telecom (电信卡).
const TELECOM: &[Row] = &[
    (-1, "未知", StateClass::Unknown),
    (1, "在用", StateClass::Usable),
    (2, "用户报停", StateClass::Suspended),
    (3, "用户拆机", StateClass::Terminated),
    (5, "欠停(双向)", StateClass::Suspended),
    (6, "欠停(单向)", StateClass::Suspended),
    (7, "违章停机", StateClass::Suspended),
    (8, "挂失", StateClass::Suspended),
    (11, "施工未完", StateClass::Suspended),
    (19, "活卡待激活", StateClass::Activatable),
    (120_000, "停机", StateClass::Suspended),
    (100_001, "已激活(测试期)", StateClass::Testing),
    (140_003, "未激活(测试期)", StateClass::Testing),
    (150_001, "未实名制违规停机", StateClass::Suspended),
    (140_000, "预拆机停机", StateClass::Terminated),
    (160_000, "数据异常停机", StateClass::Suspended),
    (170_000, "局方原因停机", StateClass::Suspended),
];

/// The card platform's table for China Unicom (联通卡). Its rows 9 to 11 are words of billing periods, not states.
const UNICOM: &[Row] = &[
    (1, "已激活", StateClass::Usable),
    (2, "已停用", StateClass::Suspended),
    (3, "可测试", StateClass::Testing),
    (4, "库存", StateClass::Activatable),
    (5, "体验", StateClass::Testing),
    (6, "可激活", StateClass::Activatable),
    (7, "已失效", StateClass::Terminated),
    (8, "已清除", StateClass::Terminated),
    (9, "无", StateClass::Unknown),
    (10, "当前账期", StateClass::Unknown),
    (11, "一直", StateClass::Unknown),
];

impl CardState {
    /// The state that a carrier's code names. A code that the carrier's table does not list is kept as it came, with
    /// the class `unknown`.
    #[must_use]
    pub fn of(carrier: Carrier, code: &str) -> CardState {
        let table = match carrier {
            Carrier::Mobile => MOBILE,
            Carrier::Telecom => TELECOM,
            Carrier::Unicom => UNICOM,
        };
        let code = code.trim();
        let row = code
            .parse::<i32>()
            .ok()
            .and_then(|code| table.iter().find(|row| row.0 == code));
        let (label, class) = row.map_or(("未知", StateClass::Unknown), |row| (row.1, row.2));
        CardState {
            code: code.to_owned(),
            label: label.to_owned(),
            class,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carrier_is_part_of_the_key() {
        let check = |carrier, code: &str, label: &str, class| {
            let state = CardState::of(carrier, code);
            assert_eq!(
                (state.label.as_str(), state.class),
                (label, class),
                "{carrier:?} {code}"
            );
        };
        check(Carrier::Mobile, "1", "停机", StateClass::Suspended);
        check(Carrier::Telecom, "1", "在用", StateClass::Usable);
        check(Carrier::Unicom, "1", "已激活", StateClass::Usable);
        check(Carrier::Mobile, " 0 ", "正常", StateClass::Usable);
        check(Carrier::Telecom, "-1", "未知", StateClass::Unknown);
        check(
            Carrier::Telecom,
            "100001",
            "已激活(测试期)",
            StateClass::Testing,
        );
        check(Carrier::Unicom, "9", "无", StateClass::Unknown);
        check(Carrier::Mobile, "8", "未知", StateClass::Unknown);
        check(Carrier::Mobile, "x", "未知", StateClass::Unknown);
    }

    #[test]
    fn no_code_stands_twice_in_a_table() {
        for table in [MOBILE, TELECOM, UNICOM] {
            for (at, row) in table.iter().enumerate() {
                assert!(
                    table[at + 1..].iter().all(|other| other.0 != row.0),
                    "{row:?}"
                );
            }
        }
    }
}
