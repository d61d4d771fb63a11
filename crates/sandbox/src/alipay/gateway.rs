//! The one address behind which all methods are: checks who asks, carries out, signs the answer.

use axum::{
    body::Bytes,
    extract::{Extension, Request, State},
    http::{StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    Alipay, Keys, METHODS, Shared, cashier,
    certificates::ROOTS,
    forms::{self, Parameters},
    methods::{self, Outcome},
    trades::Refusal,
};
use crate::{
    cashier::go_to,
    clock::Moment,
    faults::{Fault, Kind},
    gate::Gated,
};

impl Gated for Alipay {
    /// By the method alone, whatever carries it.
    fn route(request: &Request) -> String {
        let query = request.uri().query().unwrap_or_default().as_bytes();
        form_urlencoded::parse(query)
            .find(|(name, _)| name == "method")
            .map_or_else(|| "alipay".to_owned(), |(_, method)| method.into_owned())
    }

    /// The answer is spoilt where it is signed, since the signature is inside.
    async fn fail(_: Shared, fault: Fault, mut request: Request, next: Next) -> Response {
        request.extensions_mut().insert(fault);
        next.run(request).await
    }
}

/// `GET` and `POST /alipay/gateway.do`
pub(super) async fn serve(
    State(stage): State<Shared>,
    uri: Uri,
    fault: Option<Extension<Fault>>,
    body: Bytes,
) -> Response {
    let fault = fault.map(|Extension(fault)| fault);
    let keys = &stage.desk;
    let Some(parameters) = forms::read(uri.query().unwrap_or_default(), &body) else {
        return stranger("isv.invalid-parameter", "参数重复");
    };
    let call = match check(keys, &parameters) {
        Ok(call) => call,
        Err((code, text)) => return stranger(code, text),
    };
    let method = call.method;
    let content: Value = parameters
        .get("biz_content")
        .and_then(|content| serde_json::from_str(content).ok())
        .unwrap_or_default();
    let outcome = match &fault {
        Some(fault) if fault.kind == Kind::Business => {
            return business(keys, &call, fault);
        }
        _ => methods::call(&stage, method, &parameters, &content),
    };
    stage.wake.notify_one();
    match outcome {
        Outcome::Page(address) => go_to(&address),
        Outcome::Refused(refusal) if is_page(method) => cashier::refused(refusal),
        Outcome::Refused(Refusal(code, text)) => {
            let node = failed("40004", code, text);
            answer(keys, &call, call.name(), node, fault.as_ref())
        }
        Outcome::Wrong(Refusal(code, text)) => {
            let node = failed("40002", code, text);
            answer(keys, &call, ERROR.into(), node, fault.as_ref())
        }
        Outcome::Bare(node) => answer(keys, &call, call.name(), node, fault.as_ref()),
        Outcome::Done(mut node) => {
            node["code"] = "10000".into();
            node["msg"] = "Success".into();
            answer(keys, &call, call.name(), node, fault.as_ref())
        }
    }
}

/// A call that the app made.
struct Call {
    method: &'static str,
    /// It named its certificate, so the answer names Alipay's.
    by_certificate: bool,
}

/// Where an error stands that is not the method's own.
const ERROR: &str = "error_response";

impl Call {
    /// Under what the answer stands.
    fn name(&self) -> String {
        format!("{}_response", self.method.replace('.', "_"))
    }
}

/// The common parameters and the signature.
fn check(keys: &Keys, parameters: &Parameters) -> Result<Call, (&'static str, &'static str)> {
    let get = |name: &str| parameters.get(name).map_or("", String::as_str);
    let app = keys.app();
    if get("app_id") != app.app_id {
        return Err(("isv.invalid-app-id", "无效的AppID参数"));
    }
    let method = METHODS.iter().find(|method| **method == get("method"));
    let method = *method.ok_or(("isv.invalid-method", "不存在的方法名"))?;
    if !get("charset").eq_ignore_ascii_case("utf-8") {
        return Err(("isv.invalid-charset", "字符集错误"));
    }
    if get("version") != "1.0" {
        return Err(("isv.invalid-version", "版本错误"));
    }
    let at = get("timestamp").replacen(' ', "T", 1) + "+08:00";
    if get("timestamp").len() != 19 || Moment::parse(&at).is_none() {
        return Err(("isv.invalid-timestamp", "非法的时间戳参数"));
    }
    if get("sign_type") != "RSA2" {
        return Err(("isv.invalid-signature-type", "无效签名类型"));
    }
    if !app.is_registered() {
        return Err((
            "isv.missing-signature-config",
            "应用未配置对应签名算法的公钥",
        ));
    }
    // What the app signs holds `sign_type`; what Alipay signs does not.
    if !app.signed(&forms::message(parameters, &["sign"]), get("sign")) {
        return Err(("isv.invalid-signature", "无效签名"));
    }
    let by_certificate = parameters.contains_key("app_cert_sn");
    if by_certificate {
        let certificates = keys.certificates();
        if get("app_cert_sn") != certificates.app.number {
            return Err(("isv.invalid-app-cert-sn", "应用公钥证书SN错误"));
        }
        if get("alipay_root_cert_sn") != ROOTS.number {
            return Err(("isv.invalid-root-cert-sn", "支付宝根证书SN错误"));
        }
    }
    Ok(Call {
        method,
        by_certificate,
    })
}

fn is_page(method: &str) -> bool {
    matches!(method, "alipay.trade.wap.pay" | "alipay.trade.page.pay")
}

/// Who is not known gets an answer without a signature.
fn stranger(code: &str, text: &str) -> Response {
    let node = failed("40002", code, text);
    html(json!({ ERROR: node }).to_string())
}

fn business(keys: &Keys, call: &Call, fault: &Fault) -> Response {
    let code = fault.code.unwrap_or(40004).to_string();
    let sub_code = fault.sub_code.as_deref().unwrap_or("ACQ.SYSTEM_ERROR");
    let text = fault.message.as_deref().unwrap_or("系统错误");
    answer(keys, call, call.name(), failed(&code, sub_code, text), None)
}

fn failed(code: &str, sub_code: &str, text: &str) -> Value {
    let msg = match code {
        "40002" => "Invalid Arguments",
        "20000" => "Service Currently Unavailable",
        _ => "Business Failed",
    };
    json!({ "code": code, "msg": msg, "sub_code": sub_code, "sub_msg": text })
}

/// The signature is over the node's text as it is sent, with the escaped slashes that Alipay writes.
fn answer(keys: &Keys, call: &Call, name: String, node: Value, fault: Option<&Fault>) -> Response {
    let node = node.to_string().replace('/', "\\/");
    let signed = match fault.map(|fault| fault.kind) {
        Some(Kind::Unsigned) => return html(format!(r#"{{"{name}":{node}}}"#)),
        Some(Kind::BadSignature) => keys.sign("something else"),
        _ => keys.sign(&node),
    };
    let certificate = if call.by_certificate {
        let number = &keys.certificates().alipay.number;
        format!(r#""alipay_cert_sn":"{number}","#)
    } else {
        String::new()
    };
    html(format!(
        r#"{{"{name}":{node},{certificate}"sign":"{signed}"}}"#
    ))
}

fn html(text: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html;charset=utf-8")];
    (StatusCode::OK, headers, text).into_response()
}
