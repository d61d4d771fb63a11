//! The list of example apps, and the page that plays one.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    Hosts,
    known::{self, FRAME, KINDS, Kind},
    snippets,
};
use crate::document::Head;

/// What plays the app.
pub(super) const SCRIPT: &str = "/hosts/play.js";

const STYLE: &str = include_str!("page.css");

/// `GET /hosts/`
pub(super) async fn list() -> Html<String> {
    let body = html! {
        header { h1 { "示例宿主" } p { "店铺在各种 App、小程序和网页里：收到什么消息，怎样关闭。" } }
        main { ul.kinds { @for kind in &KINDS {
            li { a href={ "/hosts/" (kind.id) } { strong { (kind.name) } span { (kind.note) } } }
        } } }
    };
    page("示例宿主", &body)
}

/// `GET /hosts/{host}`
pub(super) async fn play(State(hosts): State<Arc<Hosts>>, Path(id): Path<String>) -> Response {
    let Some(kind) = known::find(&id) else {
        return Redirect::to("/hosts/").into_response();
    };
    page(kind.name, &playing(kind, &hosts.shop)).into_response()
}

fn playing(kind: &Kind, shop: &str) -> Markup {
    let framed = kind.id == FRAME;
    let who = kind.who;
    html! {
        header { a href="/hosts/" { "全部宿主" } h1 { (kind.name) } p { (kind.note) } }
        main.play {
            div.app.site[framed] data-host=(kind.id) data-shop=[framed.then_some(shop)] {
                div.bar { strong { "合作方" (who) } button type="button" { "关闭" } }
                div.screen {}
            }
            section aria-labelledby="messages" {
                h2 id="messages" { (who) "收到的消息" }
                div role="log" aria-labelledby="messages" tabindex="0" { ol {} }
                p.waiting role="status" {}
            }
            section.code aria-labelledby="code" {
                h2 id="code" { (who) "里的代码" }
                @for block in snippets::under(kind.heading) { pre tabindex="0" { code { (block) } } }
            }
        }
        (closed())
        (pay())
        @if framed { script src={ (shop) "/recharge-host.js" } {} }
        script src=(SCRIPT) {}
    }
}

/// What the app shows when the page is gone.
fn closed() -> Markup {
    html! {
        template id="closed" {
            div.gone {
                svg viewBox="0 0 24 24" aria-hidden="true" { path d="m7 7 10 10M17 7 7 17"; }
                h2 { "页面已关闭" }
                p { "买家回到了这里。" }
                button.primary type="button" { "重新打开" }
            }
        }
    }
}

/// A mini-program's own page, on which it takes the payment.
fn pay() -> Markup {
    html! {
        template id="pay" {
            div.pay {
                h2 { "小程序的支付页" }
                p { "小程序由此向自己的服务端要这笔订单的付款，再调起钱包付款。" }
                dl {}
                p role="alert" {}
                button.primary type="button" value="pay" { "付款" }
                button type="button" value="back" { "返回" }
            }
        }
    }
}

fn page(title: &str, body: &Markup) -> Html<String> {
    let head = Head {
        title: &format!("{title} · 沙箱"),
        style: STYLE,
        class: None,
        viewport: "",
        color_scheme: Some("light dark"),
    };
    Html(head.over(body).into_string())
}
