"""The SDK signs what our client signs, bit for bit."""

import unittest
import urllib.parse

from alipay import AliPay
from Cryptodome.PublicKey import RSA

from support import Channel

APP_ID = "2021000000000001"
APP = RSA.generate(2048)
ALIPAY = RSA.generate(2048)


def pem(key):
    return key.export_key("PEM").decode()


class InItsPlace(unittest.TestCase):
    def test_the_sdk_signs_our_requests_bit_for_bit(self):
        setup = {
            "app_id": APP_ID,
            "seller_id": "2088000000000001",
            "private_key": pem(APP),
            "alipay_public_key": pem(ALIPAY.public_key()),
            "gateway_url": "http://127.0.0.1:1/gateway.do",
        }
        channel = Channel("ALIPAY_PEER", setup)
        self.addCleanup(channel.stop)
        payment = {
            "call": "create", "out_trade_no": "P1", "title": "2GB + 月清零 %2B 😀", "amount_fen": 1800,
            "return_url": "https://shop.example/orders/1?a=1&b=2", "notify_url": "https://shop.example/notify",
        }
        sdk = AliPay(APP_ID, None, pem(APP), pem(ALIPAY.public_key()))
        for launch in ("redirect", "form"):
            made = channel.call({**payment, "launch": launch})["launch"]
            address = made.get("url") or made["action"]
            said = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
            said.update(dict(made.get("fields", [])))
            ours = said.pop("sign")
            theirs = dict(urllib.parse.parse_qsl(sdk.sign_data(said)))["sign"]
            self.assertEqual(ours, theirs)


if __name__ == "__main__":
    unittest.main()
