//! Orders to the platform as forms.

use maud::{Markup, html};

use crate::{
    control::{
        forms::{choice, chosen, form, number, text},
        word,
    },
    shingsou::Shingsou,
};

/// Every form; each starts with what holds now, where that is one value.
pub(super) fn all(platform: &Shingsou) -> Markup {
    let notices_mode = platform.notices.mode.word();
    let credit_mode = word(platform.crediting.mode);
    let cards = platform.cards.iter().map(|card| (card.iccid, card.iccid));
    let products: Vec<_> = platform
        .products
        .iter()
        .map(|product| {
            (
                product.id.clone(),
                format!("{} {}", product.id, product.name),
            )
        })
        .collect();
    let products = products
        .iter()
        .map(|(id, name)| (id.as_str(), name.as_str()));
    html! {
        (form("notices", "付款通知", "应用", &html! {
            (chosen("mode", "方式", [
                ("normal", "正常"), ("lose", "丢失"), ("double", "重复"), ("flood", "大量"),
            ].into_iter(), notices_mode))
            (number("count", "大量时的份数", ""))
        }))
        (form("credit", "到账", "应用", &html! {
            (chosen("mode", "方式", [
                ("normal", "正常到账"), ("fail", "失败"), ("never", "一直排队"),
                ("refund_after_fail", "失败后退款"),
            ].into_iter(), &credit_mode))
            (number("delay_ms", "延迟毫秒", &platform.crediting.delay.as_millis().to_string()))
        }))
        (form("price", "改价", "应用", &html! {
            (choice("productId", "套餐", products.clone()))
            (text("price", "价格（元）"))
        }))
        (form("product", "上下架", "应用", &html! {
            (choice("productId", "套餐", products))
            (choice("onSale", "在售", [("true", "是"), ("false", "否")].into_iter()))
            (number("stock", "库存", ""))
        }))
        (form("card", "卡", "应用", &html! {
            (choice("cardNo", "卡号", cards))
            (number("status", "状态码", ""))
            (number("used", "已用 MB", ""))
            (number("total", "总量 MB", ""))
            (choice("realityStatus", "实名", [
                ("", "不变"), ("none", "未认证"), ("pending", "审核中"), ("passed", "已通过"),
                ("rejected", "未通过"),
            ].into_iter()))
        }))
        (form("token", "令牌", "应用", &html! {
            (number("expires_in", "有效秒数", ""))
            (choice("spelling", "字段名", [
                ("expires_in", "expires_in"), ("expire_in", "expire_in"),
            ].into_iter()))
            (choice("revoke_all", "作废已发令牌", [("false", "否"), ("true", "是")].into_iter()))
        }))
    }
}
