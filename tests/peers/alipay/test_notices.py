"""The SDK in Alipay's place before the running gateway: it signs the answers and the notices."""

import json
import re
import unittest
import urllib.parse

from alipay import AliPay
from Cryptodome.PublicKey import RSA

from support import Gateway, Server, until

APP_ID, SELLER = "2021000000000005", "2088000000000005"
APP, ALIPAY = RSA.generate(2048), RSA.generate(2048)
FORM = {"content-type": "application/x-www-form-urlencoded"}


def pem(key):
    return key.export_key("PEM").decode()


def signed(body):
    """What is signed of a form: `%2b` is `%2B`, and `sign_type` is not part of it."""
    text = re.sub("sign_type=[^&]*", "", body.decode("latin-1"))
    return sorted(urllib.parse.parse_qsl(text, keep_blank_values=True, encoding="latin-1"))


class Notices(unittest.TestCase):
    def setUp(self):
        self.signer = AliPay(APP_ID, None, pem(ALIPAY), pem(APP.public_key()))
        self.status = "WAIT_BUYER_PAY"
        self.asked = {}
        self.server = Server(self.answer)
        self.addCleanup(self.server.stop)
        self.gateway = Gateway()
        settings = {
            "app_id": APP_ID,
            "seller_id": SELLER,
            "gateway_url": f"{self.server.url}/gateway.do",
            "keys": "public_key",
            "alipay_public_key": pem(ALIPAY.public_key()),
        }
        account = {"settings": settings, "secrets": {"private_key": pem(APP)}}
        self.addCleanup(self.gateway.merchant("alipay", "python", account))

    def answer(self, _method, target, _headers, body):
        said = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))
        said.update(urllib.parse.parse_qsl(body))
        content = json.loads(said["biz_content"])
        self.asked[said["method"]] = content
        answers = {
            "alipay.trade.precreate": {"qr_code": "https://qr.example/bax0"},
            "alipay.trade.query": {
                "trade_no": "2026112122005", "trade_status": self.status, "total_amount": "18.00",
            },
        }
        told = {"code": "10000", "msg": "Success", "out_trade_no": content["out_trade_no"]}
        node = json.dumps({**told, **answers[said["method"]]})
        sign = self.signer._sign(node)
        name = said["method"].replace(".", "_") + "_response"
        return 200, {}, f'{{"{name}":{node},"sign":"{sign}"}}'.encode()

    def send(self, body):
        return self.gateway.notify("alipay", "python", body, FORM)

    def test_a_notice_with_one_byte_altered_is_refused_and_the_genuine_one_pays(self):
        order = self.gateway.order()
        launch = self.gateway.pay(order, "alipay")["launch"]
        self.assertEqual(launch["content"], "https://qr.example/bax0")
        said = {
            "app_id": APP_ID, "seller_id": SELLER, "trade_no": "2026112122005", "charset": "utf-8",
            "out_trade_no": self.asked["alipay.trade.precreate"]["out_trade_no"],
            "trade_status": "TRADE_SUCCESS", "total_amount": "18.00",
            "subject": "2GB + 月清零 & a=b %2B 😀", "gmt_payment": "2026-11-21 18:32:35",
        }
        body = (self.signer.sign_data(dict(said)) + "&sign_type=RSA2").encode()
        refused = 0
        for at in range(len(body)):
            altered = bytearray(body)
            altered[at] ^= 1
            if signed(bytes(altered)) == signed(body):
                continue
            self.assertEqual(self.send(bytes(altered))[0], 400, f"byte {at}")
            refused += 1
        self.assertGreater(refused, len(body) * 0.9)
        for change in ({"app_id": "2021000000000002"}, {"seller_id": "2088000000000002"}, {"trade_status": ""}):
            self.assertEqual(self.send(self.signer.sign_data({**said, **change}).encode())[0], 400)
        self.assertEqual(self.gateway.state(order), "paying")
        self.status = "TRADE_SUCCESS"
        for _ in range(2):
            self.assertEqual(self.send(body), (200, b"success"))
        until(lambda: self.gateway.state(order) == "credited")


if __name__ == "__main__":
    unittest.main()
