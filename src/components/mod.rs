//! The pieces that screens are made of.

pub mod button;
pub mod camera;
pub mod card_field;
pub mod category_picker;
pub mod copy_link;
pub mod countdown;
pub mod dock;
pub mod footer;
pub mod guide;
pub mod header;
pub mod icon;
pub mod method_list;
pub mod order_words;
pub mod package_grid;
pub mod pay_bar;
pub mod pay_sheet;
pub mod qr_code;
pub mod recent_cards;
pub mod scan;
pub mod sheet;
pub mod sim_card;
pub mod states;
pub mod tab_bar;
pub mod unfilled;
