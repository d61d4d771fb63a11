//! The ways to pay, and who pays.

use contract::{Fen, Launch, LaunchKind};
use gateway::payments::{
    Channel,
    channel::{Answer, ChannelError, Closing, Notice},
};

use super::{Keys, Merchant, OPENID, reference};

#[tokio::test]
async fn a_code_is_scanned_and_paid() {
    let mut merchant = Merchant::new(Keys::Both).await;
    assert_eq!(merchant.query("P100001").await, Ok(Answer::NotFound));
    let payment = merchant.payment("P100001", LaunchKind::Qr);
    let launch = merchant.channel.create(&payment).await.expect("a launch");
    let Launch::Qr {
        content,
        expires_at,
    } = &launch
    else {
        panic!("{launch:?}")
    };
    assert!(content.starts_with("weixin://wxpay/bizpayurl?pr="));
    assert!(
        *expires_at < payment.expires_at,
        "WeChat reads it for two hours"
    );
    assert_eq!(merchant.query("P100001").await, Ok(Answer::Waiting));
    let again = merchant.channel.create(&payment).await.expect("the same");
    assert!(matches!(again, Launch::Qr { content: same, .. } if same == *content));

    let page = content.replace(
        "weixin://wxpay/bizpayurl?pr=",
        &format!("{}/wechat/code/", merchant.sandbox.url()),
    );
    let body = "action=pay";
    let form = merchant
        .http
        .post(page)
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = form.body(body).send().await.expect("an answer");
    assert_eq!(answer.status(), 303);
    let Ok(Answer::Paid(receipt)) = merchant.query("P100001").await else {
        panic!("not paid")
    };
    assert_eq!(receipt.amount, Fen(1800));
    assert!(receipt.transaction_id.is_some() && receipt.paid_at.is_some());
    let notice = merchant.notice().await;
    assert_eq!(
        merchant.channel.read_notice(&notice),
        Ok(Notice::Payment {
            out_trade_no: "P100001".to_owned(),
            amount: Some(Fen(1800)),
        })
    );
    let closing = merchant.channel.close(&reference("P100001")).await;
    assert_eq!(closing, Ok(Closing::AlreadyPaid));
    let paid = merchant.channel.create(&payment).await;
    assert!(matches!(paid, Err(ChannelError::Unknown(_))), "{paid:?}");
}

#[tokio::test]
async fn the_bridge_takes_what_the_page_is_given() {
    let merchant = Merchant::new(Keys::PublicKey).await;
    let payment = merchant.payment("P200001", LaunchKind::WechatJsapi);
    let launch = merchant.channel.create(&payment).await.expect("a launch");
    let mut call = serde_json::to_value(&launch).expect("JSON");
    call["buyer"] = "cancels".into();
    let answer = merchant.control("wechat/bridge", call.clone()).await;
    assert_eq!(answer["err_msg"], "get_brand_wcpay_request:cancel");
    assert_eq!(merchant.query("P200001").await, Ok(Answer::Waiting));

    let mut wrong = call.clone();
    wrong["timeStamp"] = "1".into();
    let answer = merchant.control("wechat/bridge", wrong).await;
    assert_eq!(answer["err_msg"], "get_brand_wcpay_request:fail");

    call["buyer"] = "pays".into();
    let answer = merchant.control("wechat/bridge", call).await;
    assert_eq!(answer["err_msg"], "get_brand_wcpay_request:ok");
    assert!(matches!(
        merchant.query("P200001").await,
        Ok(Answer::Paid(_))
    ));
}

#[tokio::test]
async fn a_link_opens_from_the_shop_and_leads_back() {
    let merchant = Merchant::new(Keys::Both).await;
    let payment = merchant.payment("P300001", LaunchKind::Redirect);
    let Launch::Redirect { url } = merchant.channel.create(&payment).await.expect("a launch")
    else {
        panic!("another launch")
    };
    let open = async |referer: &str, agent: &str| {
        let request = merchant.http.get(&url).header("user-agent", agent);
        let request = match referer {
            "" => request,
            referer => request.header("referer", referer),
        };
        let answer = request.send().await.expect("an answer");
        answer.text().await.expect("text")
    };
    assert!(open("", "Chrome").await.contains("商家参数格式有误"));
    let inside = open("https://shop.example/", "MicroMessenger/8").await;
    assert!(inside.contains("微信外"));
    let page = open("https://shop.example/", "Chrome").await;
    for shown in ["¥18.00", "确认付款", "取消付款", "付款但丢失通知"] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(page.contains("https://shop.example/orders/1?a=1"), "{page}");
    let ledger = merchant.ledger().await;
    assert_eq!(ledger["wechat"]["payments"][0]["client_ip"], "203.0.113.9");
}

#[tokio::test]
async fn the_buyer_is_known_by_a_code_that_is_good_once() {
    let merchant = Merchant::new(Keys::Both).await;
    let page = merchant
        .channel
        .authorise_url("https://shop.example/oauth/wechat/callback?a=1", "s1");
    let answer = merchant.http.get(page.expect("a page")).send().await;
    let answer = answer.expect("an answer");
    let back = answer.headers()["location"].to_str().expect("an address");
    let back = reqwest::Url::parse(back).expect("an address");
    assert_eq!(back.host_str(), Some("shop.example"));
    let told = |wanted: &str| {
        let mut pairs = back.query_pairs().into_owned();
        pairs.find(|(name, _)| name == wanted).expect(wanted).1
    };
    assert_eq!((told("a"), told("state")), ("1".into(), "s1".into()));
    let code = told("code");
    assert_eq!(merchant.channel.payer(&code).await, Ok(OPENID.to_owned()));
    for code in [&code, "0unknown"] {
        let refused = merchant.channel.payer(code).await;
        assert!(
            matches!(refused, Err(ChannelError::Refused(..))),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_launch_without_what_it_needs_is_refused_unsent() {
    let merchant = Merchant::new(Keys::PublicKey).await;
    for launch in [
        LaunchKind::WechatJsapi,
        LaunchKind::Redirect,
        LaunchKind::AlipayTrade,
    ] {
        let mut payment = merchant.payment("P900001", launch);
        payment.payer = None;
        payment.client_ip = None;
        let refused = merchant.channel.create(&payment).await;
        assert!(
            matches!(refused, Err(ChannelError::Refused(..))),
            "{launch:?} {refused:?}"
        );
    }
    assert_eq!(merchant.query("P900001").await, Ok(Answer::NotFound));
}
