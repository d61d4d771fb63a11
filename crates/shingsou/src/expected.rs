//! What is read out of the answers that a shop needs, by the guessed names: for whoever compares them with what the real
//! platform answers.

use crate::operations::{
    FLOWCARD_DATA, FLOWCARD_DETAIL, FLOWCARD_STATUS, ORDER_GET, Operation, PRODUCT_CATEGORIES,
    PRODUCT_GET,
};

/// What is read of an operation's answer.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// The operation, which only reads.
    pub operation: &'static Operation,
    /// Fields of its object, or of each of its rows, without which it is no answer.
    pub needed: &'static [&'static str],
    /// Fields that are read where they are there.
    pub read: &'static [&'static str],
}

/// The operations whose answers a shop needs, in the order in which a purchase does.
pub const EXPECTED: &[Expected] = &[
    Expected {
        operation: &FLOWCARD_DETAIL,
        needed: &[],
        read: &[
            "iccid",
            "carrier",
            "planName",
            "categoryIds",
            "expireTime",
            "realityRequired",
            "realityStatus",
        ],
    },
    Expected {
        operation: &FLOWCARD_DATA,
        needed: &["used"],
        read: &["total", "asOf"],
    },
    Expected {
        operation: &FLOWCARD_STATUS,
        needed: &["status"],
        read: &[],
    },
    Expected {
        operation: &PRODUCT_CATEGORIES,
        needed: &["id", "name"],
        read: &["carrier", "clearRule"],
    },
    Expected {
        operation: &PRODUCT_GET,
        needed: &["id", "name", "price", "dataVolume"],
        read: &[
            "categoryId",
            "originalPrice",
            "validity",
            "tags",
            "onSale",
            "stock",
        ],
    },
    Expected {
        operation: &ORDER_GET,
        needed: &["outTradeNo", "total", "status"],
        read: &["transactionId", "cardNo", "productId", "payTime"],
    },
];
