//! The client against the sandbox's platform, which shares no code with it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sandbox::{Options, Sandbox};
use shingsou::{
    Body, Client, Config, EXPECTED, Error, Fitting, HeaderMap, Listener, Method, StatusCode,
    TokenForm, operations, permissions,
};

const CARD: &str = "898607B2091701418584";

async fn sandbox() -> Sandbox {
    sandbox::start(Options::default())
        .await
        .expect("the sandbox starts")
}

fn config(sandbox: &Sandbox) -> Config {
    let base = sandbox.url().parse().expect("an address");
    Config {
        identity_base: sandbox.url().parse().expect("an address"),
        api_base: base,
        client_id: "sandbox-client".to_owned(),
        client_secret: "sandbox-secret".to_owned(),
        subscription_key: "sandbox-subscription-key".to_owned(),
        client_id_field: "client_Id".to_owned(),
        token_form: TokenForm::Multipart,
        scope: permissions::USUAL_SCOPE.to_owned(),
        api_version: None,
        timeout: Duration::from_secs(5),
        operations: BTreeMap::new(),
    }
}

/// Counts the answers.
#[derive(Default)]
struct Count(AtomicUsize);

impl Listener for Count {
    fn answered(&self, _: StatusCode, _: &HeaderMap) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn without_its_permission_nothing_is_sent() {
    let sandbox = sandbox().await;
    let count = Arc::new(Count::default());
    let config = Config {
        scope: "iot.cardservice.flowcard.get".to_owned(),
        ..config(&sandbox)
    };
    let client = Client::new(config)
        .expect("a client")
        .heard_by(count.clone());
    let query = [("cardNo", CARD)];
    for operation in operations::ALL {
        let Some(code) = operation.permission else {
            continue;
        };
        if code == "iot.cardservice.flowcard.get" {
            continue;
        }
        let refused = client.call(operation, &query, Body::None).await;
        assert_eq!(
            refused.err(),
            Some(Error::NotPermitted(code)),
            "{}",
            operation.name
        );
    }
    assert_eq!(count.0.load(Ordering::Relaxed), 0);
    client
        .call(&operations::PRODUCT_CATEGORIES, &[], Body::None)
        .await
        .expect("it needs none");
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_guess_is_put_right_by_the_configuration() {
    let sandbox = sandbox().await;
    // Each is wrong in the other's place: the fittings lead back to where the sandbox has them.
    let fittings = [
        ("product-categories", "payment/Product/Categories", &[][..]),
        (
            "flowcard-detail",
            "cards/FlowCard/Status",
            &[("carrier", "status")][..],
        ),
    ];
    let operations = fittings.map(|(name, address, fields)| {
        let owned = |(guessed, real): &(&str, &str)| ((*guessed).to_owned(), (*real).to_owned());
        let fitting = Fitting {
            address: Some(address.to_owned()),
            verb: Some(Method::GET),
            fields: fields.iter().map(owned).collect(),
        };
        (name.to_owned(), fitting)
    });
    let config = Config {
        operations: operations.into(),
        ..config(&sandbox)
    };
    let client = Client::new(config).expect("a client");
    assert!(!client.categories().await.expect("categories").is_empty());
    let answer = client
        .call(
            &operations::FLOWCARD_DETAIL,
            &[("cardNo", CARD)],
            Body::None,
        )
        .await
        .expect("an answer");
    let fields: BTreeMap<String, serde_json::Value> = answer.object().expect("an object");
    assert_eq!(fields["carrier"], fields["status"]);
}

#[tokio::test]
async fn a_card_and_what_fits_it_are_read() {
    let sandbox = sandbox().await;
    let client = Client::new(config(&sandbox)).expect("a client");
    let card = client.card(CARD).await.expect("a card");
    let packages = client
        .packages(&card.category_ids[0])
        .await
        .expect("packages");
    assert!(packages.iter().all(|package| package.price.0 > 0));
    let unknown = client.card("89860000000000000000").await;
    assert!(unknown.is_err_and(|error| error.is_refusal(shingsou::code::NOT_FOUND)));
    assert_eq!(client.find_order("P404").await, Ok(None));
}

#[tokio::test]
async fn what_is_read_is_what_the_platform_answers() {
    let sandbox = sandbox().await;
    let client = Client::new(config(&sandbox)).expect("a client");
    for expected in EXPECTED {
        let name = expected.operation.name;
        // There is no order yet.
        if name == "order-get" {
            continue;
        }
        let query = [("cardNo", CARD)];
        let query = if name.starts_with("flowcard") {
            &query[..]
        } else {
            &[]
        };
        let answer = client
            .call(expected.operation, query, Body::None)
            .await
            .expect("an answer");
        let data = answer.data().expect("an answer").expect("data").get();
        for field in expected.needed.iter().chain(expected.read) {
            assert!(
                data.contains(&format!("\"{field}\":")),
                "{name}: {field} in {data}"
            );
        }
    }
}
