//! What the merchant signs: requests to WeChat Pay, and what the page hands to WeChat's bridge.
//!
//! Source: pay.weixin.qq.com/doc/v3/merchant/4012365336 (requests) and 4012365339 (the bridge).

use std::time::SystemTime;

use aws_lc_rs::rand;

use crate::{keys::MerchantKey, time};

/// The scheme of the `Authorization` header, and the type of every signature.
pub(crate) const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";

/// What a page inside WeChat calls `getBrandWCPayRequest` with.
///
/// A mini-program calls `wx.requestPayment` with all but the `appId`. The names there are `appId`, `timeStamp`, `nonceStr`, `package`, `signType` and `paySign`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The app.
    pub app_id: String,
    /// Seconds since 1970.
    pub time_stamp: String,
    /// 32 random characters.
    pub nonce_str: String,
    /// `prepay_id=…`.
    pub package: String,
    /// `RSA`.
    pub sign_type: String,
    /// The merchant's signature.
    pub pay_sign: String,
}

/// Who signs.
pub(crate) struct Signer {
    pub(crate) mch_id: String,
    /// The serial of the merchant's certificate.
    pub(crate) serial_no: String,
    pub(crate) key: MerchantKey,
}

impl Signer {
    /// The `Authorization` header of one sending. Another sending needs another.
    pub(crate) fn authorization(&self, method: &str, target: &str, body: &[u8]) -> String {
        let (timestamp, nonce) = (seconds(), nonce());
        let signature = self
            .key
            .sign(&request(method, target, timestamp, &nonce, body));
        format!(
            "{SCHEME} mchid=\"{}\",nonce_str=\"{nonce}\",timestamp=\"{timestamp}\",serial_no=\"{}\",signature=\"{signature}\"",
            self.mch_id, self.serial_no
        )
    }

    /// What `getBrandWCPayRequest` is called with.
    pub(crate) fn bridge(&self, app_id: &str, prepay_id: &str) -> Bridge {
        let time_stamp = seconds().to_string();
        let nonce_str = nonce();
        let package = format!("prepay_id={prepay_id}");
        let message = bridge_message(app_id, &time_stamp, &nonce_str, &package);
        Bridge {
            app_id: app_id.to_owned(),
            pay_sign: self.key.sign(message.as_bytes()),
            time_stamp,
            nonce_str,
            package,
            sign_type: "RSA".to_owned(),
        }
    }
}

/// The signed bytes of a request. The target is the path with its query, exactly as sent.
fn request(method: &str, target: &str, timestamp: i64, nonce: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{method}\n{target}\n{timestamp}\n{nonce}\n");
    [head.as_bytes(), body, b"\n"].concat()
}

fn bridge_message(app_id: &str, time_stamp: &str, nonce_str: &str, package: &str) -> String {
    format!("{app_id}\n{time_stamp}\n{nonce_str}\n{package}\n")
}

fn seconds() -> i64 {
    time::seconds(SystemTime::now())
}

/// 32 random characters.
///
/// # Panics
/// The operating system has no randomness to give: nothing here can go on without it.
pub(crate) fn nonce() -> String {
    let mut bytes = [0_u8; 16];
    rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_request_without_a_body_ends_with_an_empty_line() {
        assert_eq!(
            request("GET", "/v3/certificates?a=%2B", 1_700_000_000, "n1", b""),
            b"GET\n/v3/certificates?a=%2B\n1700000000\nn1\n\n"
        );
        assert_eq!(
            request("POST", "/v3/x", 5, "n2", "{\"a\":\"元\"}".as_bytes()),
            "POST\n/v3/x\n5\nn2\n{\"a\":\"元\"}\n".as_bytes()
        );
    }

    #[test]
    fn the_bridge_is_given_a_signature_over_its_four_lines() {
        let merchant = samples::pair();
        let signer = Signer {
            mch_id: "1900000001".to_owned(),
            serial_no: "AB".to_owned(),
            key: MerchantKey::parse(&merchant.private).expect("a key"),
        };
        let Bridge {
            app_id,
            time_stamp,
            nonce_str,
            package,
            sign_type,
            pay_sign,
        } = signer.bridge("wx0001", "up_wx21");
        assert_eq!(
            (app_id.as_str(), package.as_str(), sign_type.as_str()),
            ("wx0001", "prepay_id=up_wx21", "RSA")
        );
        let signed = format!("wx0001\n{time_stamp}\n{nonce_str}\nprepay_id=up_wx21\n");
        assert!(
            merchant
                .public_key("PUB_KEY_ID_1")
                .verifies(signed.as_bytes(), &pay_sign)
        );
    }

    #[test]
    fn every_sending_is_signed_anew() {
        let signer = Signer {
            mch_id: "1900000001".to_owned(),
            serial_no: "AB".to_owned(),
            key: MerchantKey::parse(&samples::pair().private).expect("a key"),
        };
        let once = signer.authorization("GET", "/v3/x", b"");
        assert!(once.starts_with("WECHATPAY2-SHA256-RSA2048 mchid=\"1900000001\",nonce_str=\""));
        assert_ne!(once, signer.authorization("GET", "/v3/x", b""));
    }
}
