"""The SDK in WeChat Pay's place before the running gateway: it signs the answers and the notices."""

import base64
import json
import re
import time
import unittest

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from wechatpayv3.utils import load_private_key, rsa_sign

from support import Gateway, Server, new_keys, until

MERCHANT, _ = new_keys()
PLATFORM, PLATFORM_PUBLIC = new_keys()
KEY_ID = "PUB_KEY_ID_0000000000000000000000000000000089"
API_V3_KEY = "peer-api-v3-key-with-32-bytes-89"
OWN = {"mchid": "1900000089", "appid": "wxpeer0000000089"}


def stamp(body):
    now, nonce = str(int(time.time())), "0123456789abcdef"
    return {
        "Wechatpay-Timestamp": now,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": KEY_ID,
        "Wechatpay-Signature": rsa_sign(load_private_key(PLATFORM), f"{now}\n{nonce}\n{body}\n"),
    }


def notice(event, told):
    nonce = "abcdef012345"
    sealed = AESGCM(API_V3_KEY.encode()).encrypt(nonce.encode(), json.dumps(told).encode(), b"transaction")
    resource = {
        "algorithm": "AEAD_AES_256_GCM", "original_type": "transaction", "associated_data": "transaction",
        "nonce": nonce, "ciphertext": base64.b64encode(sealed).decode(),
    }
    return json.dumps(
        {"id": "EV-1", "resource_type": "encrypt-resource", "event_type": event, "summary": "通知", "resource": resource},
        ensure_ascii=False,
    )


class Notices(unittest.TestCase):
    def setUp(self):
        self.paid = False
        self.number = None
        server = Server(self.answer)
        self.addCleanup(server.stop)
        self.gateway = Gateway()
        settings = {
            "mch_id": OWN["mchid"],
            "app_id": OWN["appid"],
            "serial_no": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
            "platform_keys": {KEY_ID: PLATFORM_PUBLIC},
            "api_base": server.url,
        }
        account = {"settings": settings, "secrets": {"private_key": MERCHANT, "api_v3_key": API_V3_KEY}}
        self.addCleanup(self.gateway.merchant("wechat", "python", account))

    def answer(self, _method, target, _headers, body):
        if target.endswith("/native"):
            self.number = json.loads(body)["out_trade_no"]
            told = {"code_url": "weixin://wxpay/bizpayurl?pr=peer"}
        else:
            number = re.search(r"out-trade-no/(\w+)", target)[1]
            told = {**OWN, "out_trade_no": number, "trade_state": "SUCCESS" if self.paid else "NOTPAY"}
            if self.paid:
                told |= {"transaction_id": "4200000089", "amount": {"total": 1800, "currency": "CNY"}}
        content = json.dumps(told)
        return 200, stamp(content), content.encode()

    def send(self, headers, body):
        return self.gateway.notify("wechat", "python", body, headers)[0]

    def test_a_notice_with_one_byte_altered_is_refused_and_the_genuine_one_pays(self):
        order = self.gateway.order()
        launch = self.gateway.pay(order, "wechat")["launch"]
        self.assertEqual(launch["content"], "weixin://wxpay/bizpayurl?pr=peer")
        inside = {
            **OWN, "out_trade_no": self.number, "trade_state": "SUCCESS", "amount": {"total": 1800, "currency": "CNY"},
        }
        body = notice("TRANSACTION.SUCCESS", inside)
        headers = stamp(body)
        bytes_ = body.encode()
        for at in range(len(bytes_)):
            changed = bytearray(bytes_)
            changed[at] ^= 1
            self.assertEqual(self.send(headers, bytes(changed)), 400, at)
        for name, value in headers.items():
            for at in range(len(value)):
                other = "B" if value[at] == "A" else "A"
                changed = {**headers, name: value[:at] + other + value[at + 1 :]}
                self.assertEqual(self.send(changed, bytes_), 400, (name, at))
        again = json.dumps(json.loads(body)).encode()
        self.assertEqual(self.send(headers, again), 400, "written again")
        self.assertEqual(self.gateway.state(order), "paying")
        self.paid = True
        for _ in range(2):
            self.assertEqual(self.send(headers, bytes_), 200)
        until(lambda: self.gateway.state(order) == "credited")


if __name__ == "__main__":
    unittest.main()
