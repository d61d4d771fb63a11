use std::time::Duration;

use serde_json::json;

use crate::client::{CARD, Partner};

#[tokio::test]
async fn a_card_is_found_by_either_number() {
    let partner = Partner::new().await;
    for number in [CARD, "1064912345678", "898607b2091701418584"] {
        let card = partner
            .get(&format!("/cards/FlowCard/Detail?cardNo={number}"))
            .await;
        assert_eq!(card["data"]["iccid"], CARD);
        assert_eq!(card["data"]["msisdn"], "1064912345678");
        assert_eq!(card["data"]["carrier"], "mobile");
        assert_eq!(card["data"]["categoryIds"], json!(["11", "12"]));
        assert_eq!(card["data"]["realityStatus"], "passed");
        let ends = card["data"]["expireTime"].as_str().unwrap();
        assert!(ends.ends_with("T23:59:59+08:00"), "{ends}");
    }
    let data = partner
        .get(&format!("/cards/FlowCard/Data?cardNo={CARD}"))
        .await;
    assert_eq!(
        (&data["data"]["used"], &data["data"]["total"]),
        (&json!(1556.48), &json!(2048.0))
    );
    let mobile = partner
        .get(&format!("/cards/FlowCard/Status?cardNo={CARD}"))
        .await;
    assert_eq!(mobile["data"]["status"], "0");
    let telecom = partner
        .get("/cards/FlowCard/Status?cardNo=89861120220045678024")
        .await;
    assert_eq!(telecom["data"]["status"], 100_001);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let partner = Partner::new().await;
    for path in ["Detail", "Data", "Status"] {
        let answer = partner
            .get(&format!("/cards/FlowCard/{path}?cardNo=123"))
            .await;
        assert_eq!(
            (&answer["code"], &answer["codeName"]),
            (&json!(404), &json!("NotFound"))
        );
    }
    assert_eq!(partner.get("/cards/FlowCard/Detail").await["code"], 422);
    let unmetered = "89861120220045678016";
    assert_eq!(
        partner
            .get(&format!("/cards/FlowCard/Detail?cardNo={unmetered}"))
            .await["code"],
        200
    );
    assert_eq!(
        partner
            .get(&format!("/cards/FlowCard/Data?cardNo={unmetered}"))
            .await["code"],
        404
    );
}

#[tokio::test]
async fn a_registration_is_pending_and_then_passes() {
    let partner = Partner::with_delay(Duration::from_millis(60)).await;
    let card = "89861120220045678008";
    let detail = format!("/cards/FlowCard/Detail?cardNo={card}");
    let person = |id: &str| json!({ "cardNo": card, "name": "张三", "idNumber": id, "phone": "13800138000" });
    let register = "/cards/FlowCard/Reality";
    assert_eq!(
        partner.post(register, person("110105194912310021")).await["code"],
        422
    );
    assert_eq!(partner.get(&detail).await["data"]["realityStatus"], "none");
    let answer = partner.post(register, person("11010519491231002X")).await;
    assert_eq!(answer["data"]["status"], "pending");
    assert_eq!(
        partner.get(&detail).await["data"]["realityStatus"],
        "pending"
    );
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(
        partner.get(&detail).await["data"]["realityStatus"],
        "passed"
    );
}

#[tokio::test]
async fn announcements_come_newest_first() {
    let partner = Partner::new().await;
    let page = partner.get("/cards/Notice?take=2").await;
    assert_eq!((&page["total"], &page["take"]), (&json!(3), &json!(2)));
    let times: Vec<_> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["publishTime"].as_str())
        .collect();
    assert_eq!(times.len(), 2);
    assert!(times[0] > times[1], "{times:?}");
}
