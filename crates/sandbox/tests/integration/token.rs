use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::client::Partner;

#[tokio::test]
async fn a_token_is_given_for_either_form_and_spelling() {
    let partner = Partner::new().await;
    for client_id in ["client_id", "client_Id"] {
        let multipart = Form::new()
            .text("grant_type", "client_credentials")
            .text(client_id, "sandbox-client")
            .text("client_secret", "sandbox-secret")
            .text("scope", "iot.cardservice.all iot.paymentservice.all");
        let fields = [
            ("grant_type", "client_credentials"),
            (client_id, "sandbox-client"),
            ("client_secret", "sandbox-secret"),
        ];
        let token = || partner.http.post(partner.url("/connect/token"));
        for request in [token().multipart(multipart), token().form(&fields)] {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(answer["expires_in"], 7200);
            assert_eq!(answer["token_type"], "Bearer");
            assert!(answer["access_token"].as_str().unwrap().len() >= 32);
        }
    }
    assert_eq!(partner.ledger().await["token_fetches"], 5);
}

#[tokio::test]
async fn a_wrong_request_for_a_token_is_refused() {
    let partner = Partner::new().await;
    for (grant, secret, scope, error) in [
        (
            "client_credentials",
            "wrong",
            "iot.cardservice.all",
            "invalid_client",
        ),
        (
            "password",
            "sandbox-secret",
            "iot.cardservice.all",
            "unsupported_grant_type",
        ),
        (
            "client_credentials",
            "sandbox-secret",
            "everything",
            "invalid_scope",
        ),
    ] {
        let fields = [
            ("grant_type", grant),
            ("client_id", "sandbox-client"),
            ("client_secret", secret),
            ("scope", scope),
        ];
        let answer = partner
            .http
            .post(partner.url("/connect/token"))
            .form(&fields)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400);
        assert_eq!(
            answer.json::<Value>().await.unwrap(),
            json!({ "error": error })
        );
    }
}

#[tokio::test]
async fn an_open_call_needs_the_key_and_a_token() {
    let mut partner = Partner::new().await;
    let address = partner.url("/payment/Product/Categories");
    let key = ("Ocp-Apim-Subscription-Key", "sandbox-subscription-key");
    for request in [
        partner.http.get(&address),
        partner.http.get(&address).header(key.0, key.1),
        partner
            .http
            .get(&address)
            .header(key.0, key.1)
            .bearer_auth("made-up"),
        partner
            .http
            .get(&address)
            .header(key.0, "wrong")
            .bearer_auth("made-up"),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.json::<Value>().await.unwrap()["statusCode"], 401);
    }
    assert_eq!(
        partner
            .get("/payment/Product/Categories?api-version=v1")
            .await["code"],
        200
    );

    partner
        .control("token", json!({ "revoke_all": true }))
        .await;
    let answer = partner
        .signed(partner.http.get(&address))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
    partner.renew_token().await;
    assert_eq!(
        partner.get("/payment/Product/Categories").await["code"],
        200
    );
}

#[tokio::test]
async fn a_token_lasts_as_long_as_it_says() {
    let mut partner = Partner::new().await;
    partner
        .control(
            "token",
            json!({ "expires_in": 1, "spelling": "expire_in", "token_type": "mac" }),
        )
        .await;
    partner.renew_token().await;
    let address = partner.url("/payment/Product");
    let call = || async {
        partner
            .signed(partner.http.get(&address))
            .send()
            .await
            .unwrap()
    };
    assert_eq!(call().await.status(), 200);
    tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    assert_eq!(call().await.status(), 401);

    for lifetime in [
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!("soon"),
        Value::Null,
    ] {
        partner
            .control("token", json!({ "expires_in": lifetime }))
            .await;
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", "sandbox-client"),
            ("client_secret", "sandbox-secret"),
        ];
        let answer = partner
            .http
            .post(partner.url("/connect/token"))
            .form(&fields)
            .send()
            .await
            .unwrap();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["expire_in"], lifetime);
        assert_eq!(
            answer.as_object().unwrap().contains_key("expire_in"),
            !lifetime.is_null()
        );
        assert_eq!(answer["token_type"], "mac");
    }
}
