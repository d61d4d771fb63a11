#![doc = include_str!("../README.md")]

pub mod card;
pub mod card_number;
pub mod card_state;
pub mod carrier;
pub mod catalog;
pub mod error;
pub mod fen;
pub mod host;
pub mod id;
pub mod lang;
pub mod names;
pub mod notice;
pub mod order;
pub mod order_state;
pub mod pasted;
pub mod payment;
pub mod payment_state;
pub mod routes;
pub mod scan;
pub mod storefront;
pub mod timestamp;

pub use card::{
    CardLookup, CardSummary, Realname, RealnameAnswer, RealnameState, RealnameSubmission, Usage,
};
pub use card_number::{CardKind, CardNumber, CardNumberError};
pub use card_state::{CardState, StateClass};
pub use carrier::Carrier;
pub use catalog::{Catalog, Category, Package, ResetRule, volume};
pub use error::{ErrorCode, Problem};
pub use fen::{Fen, FenError};
pub use host::{Host, LaunchKind, Method, Way, way_to_pay};
pub use id::{OrderId, OrderIdError};
pub use lang::Lang;
pub use notice::{Notice, Notices};
pub use order::{
    CardOrders, CreateOrder, FindOrders, Order, OrderKind, OrderRow, PackageSnapshot, Question,
    TimelineEntry,
};
pub use order_state::OrderState;
pub use payment::{CreatePayment, Launch, Payment};
pub use payment_state::PaymentState;
pub use scan::{PageSignature, SignPage, scanned};
pub use storefront::{Features, Mode, PartnerScript, Storefront, Support, Unavailable};
pub use timestamp::Timestamp;
