use proptest::prelude::*;

use super::*;
use crate::tests::{keys, trust};

const APP: &str = "2021000000000001";
const SELLER: &str = "2088000000000001";

/// The parameters of a genuine notice; the subject holds what forms are made of.
const GENUINE: [(&str, &[u8]); 8] = [
    ("app_id", APP.as_bytes()),
    ("charset", b"utf-8"),
    ("notify_type", b"trade_status_sync"),
    ("out_trade_no", b"P1"),
    ("seller_id", SELLER.as_bytes()),
    ("subject", "2GB + 月清零 & a=b %2B".as_bytes()),
    ("total_amount", b"18.00"),
    ("trade_status", b"TRADE_SUCCESS"),
];

fn signed(parameters: &[(&str, &[u8])], sign_type: &str) -> String {
    let (private, _) = keys();
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    let lines: Vec<Vec<u8>> = sorted
        .iter()
        .map(|(name, value)| [name.as_bytes(), b"=", value].concat())
        .collect();
    let sign = private.sign(&lines.join(&b'&'));
    let mut body: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    body.push(format!("sign_type={sign_type}"));
    body.push(format!("sign={}", encode(sign.as_bytes())));
    body.join("&")
}

fn encode(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            b' ' => "+".to_owned(),
            byte if byte.is_ascii_alphanumeric() || b"-_.".contains(byte) => {
                char::from(*byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

fn take(body: &[u8]) -> Result<Notice, String> {
    read(body, APP, SELLER, trust()).map_err(|error| error.to_string())
}

fn with<'a>(changes: &[(&'a str, &'a [u8])]) -> Vec<(&'a str, &'a [u8])> {
    let mut parameters = GENUINE.to_vec();
    parameters.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    parameters.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    parameters
}

#[test]
fn a_genuine_notice_names_its_payment_or_its_refund() {
    let about = |amount| {
        Ok(Notice::Trade {
            out_trade_no: "P1".to_owned(),
            amount,
        })
    };
    let payment = about(Some(Fen(1800)));
    let check = |changes, expected: Result<Notice, &str>| {
        let body = signed(&with(changes), "RSA2");
        assert_eq!(take(body.as_bytes()), expected.map_err(str::to_owned));
    };
    check(&[], payment.clone());
    check(&[("trade_status", b"TRADE_FINISHED")], payment.clone());
    check(&[("trade_status", b"TRADE_CLOSED")], about(None));
    check(&[("total_amount", b"1e2")], about(None));
    check(&[("total_amount", b"")], about(None));
    check(
        &[("refund_fee", b"5.00"), ("out_biz_no", b"R1")],
        Ok(Notice::Refund {
            out_request_no: "R1".to_owned(),
        }),
    );
    check(&[("refund_fee", b"5.00")], payment.clone());
    check(&[("refund_fee", b"5.00"), ("out_biz_no", b"P1")], payment);
    check(
        &[("app_id", b"2021000000000002")],
        Err("it is for another app"),
    );
    check(&[("app_id", b"")], Err("it is for another app"));
    check(
        &[("seller_id", b"2088000000000002")],
        Err("it is for another seller"),
    );
    check(&[("seller_id", b"")], Err("it is for another seller"));
    check(&[("trade_status", b"")], Err("it tells no trade's status"));
    check(&[("out_trade_no", b"")], Err("it names no payment"));
    check(&[("out_trade_no", b"P1\0")], Err("it names no payment"));
    check(&[("out_trade_no", b"P1' or 1")], Err("it names no payment"));
}

#[test]
fn the_message_does_not_choose_the_algorithm() {
    for sign_type in ["RSA", "MD5", "rsa2", "none", ""] {
        let body = signed(&GENUINE, sign_type);
        assert!(take(body.as_bytes()).is_ok(), "{sign_type}");
        let forged = body.replace("18.00", "18.01");
        assert_eq!(
            take(forged.as_bytes()),
            Err("its signature is wrong".to_owned())
        );
    }
}

#[test]
fn every_altered_byte_is_refused() {
    let body = signed(&GENUINE, "RSA2");
    let type_at = body.find("sign_type=").expect("it is there");
    let type_value = type_at + "sign_type=".len()..type_at + "sign_type=RSA2".len();
    for at in 0..body.len() {
        // Which algorithm the message names is not signed, and not asked.
        if type_value.contains(&at) {
            continue;
        }
        let mut altered = body.clone().into_bytes();
        altered[at] ^= 1;
        assert!(
            take(&altered).is_err() || same_form(&altered, body.as_bytes()),
            "at {at}: {}",
            String::from_utf8_lossy(&altered)
        );
    }
}

/// An altered byte may be another spelling of the same byte, such as `%2b` for `%2B`.
fn same_form(one: &[u8], other: &[u8]) -> bool {
    let form = |body| Form::decode(body).ok().map(|form| form.0);
    form(one) == form(other)
}

#[test]
fn forms_that_can_be_read_in_two_ways_are_refused() {
    let body = signed(&GENUINE, "RSA2");
    let check = |body: String, expected: &str| {
        assert_eq!(take(body.as_bytes()), Err(expected.to_owned()));
    };
    check(
        format!("{body}&a%26b=1"),
        "it has a parameter that Alipay does not send",
    );
    check(
        format!("{body}&=1"),
        "it has a parameter that Alipay does not send",
    );
    check(format!("{body}&a"), "it is no form");
    check(format!("{body}&"), "it is no form");
    check(format!("{body}&a=%4"), "it is no form");
    check(format!("{body}&a=%zz"), "it is no form");
    check(format!("{body}&a="), "its signature is wrong");
    check(String::new(), "it is no form");
    check("a=1".to_owned(), "it has no signature");
    check(format!("a={}", "1".repeat(LARGEST_BODY)), "it is too large");
    let many: Vec<String> = (0..=MOST_PARAMETERS).map(|at| format!("a{at}=1")).collect();
    check(many.join("&"), "it has too many parameters");
}

#[test]
fn row_20_a_parameter_that_stands_twice_is_refused() {
    let twice = Err("a parameter stands twice".to_owned());
    let body = signed(&GENUINE, "RSA2");
    for more in [
        "out_trade_no=P1",
        "total_amount=0.01",
        "total%5Famount=18.00",
        "tot%61l_amount=18.00",
        "sign_type=RSA2",
        "sign=",
    ] {
        assert_eq!(take(format!("{body}&{more}").as_bytes()), twice, "{more}");
        assert_eq!(take(format!("{more}&{body}").as_bytes()), twice, "{more}");
    }
    // Even where both are signed: it is not known which one the signer meant.
    let mut both = GENUINE.to_vec();
    both.push(("total_amount", b"18.01"));
    assert_eq!(take(signed(&both, "RSA2").as_bytes()), twice);
}

#[test]
fn row_21_bytes_of_any_charset_are_verified_as_they_came() {
    let paid = |amount| {
        Ok(Notice::Trade {
            out_trade_no: "P1".to_owned(),
            amount,
        })
    };
    let check = |changes: &[(&str, &[u8])], expected: Result<Notice, &str>| {
        let body = signed(&with(changes), "RSA2");
        assert_eq!(take(body.as_bytes()), expected.map_err(str::to_owned));
        // The same characters in another charset are other bytes.
        let rewritten = body.replace("%D4%C2%C7%E5%C1%E3", "%E6%9C%88%E6%B8%85%E9%9B%B6");
        assert_eq!(
            rewritten == body,
            take(rewritten.as_bytes()) == take(body.as_bytes())
        );
    };
    let in_full = paid(Some(Fen(1800)));
    // 月清零 in GBK.
    check(
        &[
            ("charset", b"gbk"),
            ("subject", b"\xd4\xc2\xc7\xe5\xc1\xe3"),
        ],
        in_full.clone(),
    );
    // No text in any charset, where nothing of it is used.
    check(&[("subject", b"\xff\xfe\0\x80")], in_full.clone());
    check(&[("subject", b"\xc0\xaf\xe0\x80\xaf")], in_full);
    // Where it would be used it is refused, or is not there: an overlong 1, a NUL, no text.
    for number in [&b"P\xc0\xb1"[..], b"P1\0", b"\xff", b"\xef\xbb\xbfP1"] {
        check(&[("out_trade_no", number)], Err("it names no payment"));
    }
    for amount in [
        &b"\xc0\xb18.00"[..],
        b"18.00\0",
        "１８.00".as_bytes(),
        b"\xff",
    ] {
        check(&[("total_amount", amount)], paid(None));
    }
    check(&[("app_id", b"\xff")], Err("it is for another app"));
    check(
        &[("seller_id", b"2088000000000001\0")],
        Err("it is for another seller"),
    );
    check(
        &[("trade_status", b"\xff")],
        Err("it tells no trade's status"),
    );
    // In names too.
    let body = signed(&GENUINE, "RSA2");
    for name in ["%C0%B1", "%00", "%FF", "\u{6708}"] {
        let body = format!("{body}&{name}=1");
        assert_eq!(
            take(body.as_bytes()),
            Err("it has a parameter that Alipay does not send".to_owned())
        );
    }
}

#[test]
fn row_22_marks_in_a_subject_are_decoded_once() {
    for subject in [
        "+",
        "2GB + 3GB",
        "%2B",
        "%25",
        "%",
        "100%+",
        "%2525",
        "📶",
        "a&b",
        "a=b",
        "a&total_amount=0.01",
        "&sign=x",
        "\"\\\r\n\t",
        " ",
    ] {
        let parameters = with(&[("subject", b"")]);
        let subject = ("subject", subject.as_bytes());
        let parameters = [&parameters[..], &[subject]].concat();
        let body = signed(&parameters, "RSA2");
        assert!(take(body.as_bytes()).is_ok(), "{subject:?}");
        // Both spellings of a space, and a lower-case code, are the same bytes.
        assert!(take(body.replace('+', "%20").as_bytes()).is_ok());
        assert!(take(body.replace("%2B", "%2b").as_bytes()).is_ok());
        // A mark that is not encoded is another byte: a space, or the beginning of another parameter.
        for (mark, code) in [("+", "%2B"), ("&", "%26")] {
            let bare = body.replace(code, mark);
            assert!(bare == body || take(bare.as_bytes()).is_err(), "{bare}");
        }
        // Decoded twice it would be another subject.
        let twice = body.replace("%25", "%2525");
        assert!(twice == body || take(twice.as_bytes()).is_err(), "{twice}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(take(&body).is_err());
    }

    #[test]
    fn no_form_panics(body in "([a-z_]{1,9}=[ -~]{0,9}&){0,9}sign=[A-Za-z0-9+/]{0,20}") {
        prop_assert!(take(body.as_bytes()).is_err());
    }
}
