"""python-alipay-sdk as a client of the sandbox, and as the one who reads and writes what our channel sends and hears."""

import base64
import json
import os
import re
import subprocess
import unittest
import urllib.parse
import urllib.request
import uuid

from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError
from Cryptodome.PublicKey import RSA

APP_ID = "2021000000000001"
SELLER = "2088000000000001"
APP = RSA.generate(2048)
ALIPAY = RSA.generate(2048)


def bare(key):
    """The base64 that Alipay's tools hand out."""
    return base64.b64encode(key.export_key("DER")).decode()


def pem(key):
    return key.export_key("PEM").decode()


def control(what, order=None):
    """Gives the sandbox an order, or reads where there is none."""
    request = urllib.request.Request(
        f"{os.environ['SANDBOX_URL']}/_control/{what}",
        data=None if order is None else json.dumps(order).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


class Sandbox(unittest.TestCase):
    """The SDK as the sandbox's client."""

    def setUp(self):
        console = control("alipay", {"app_public_key": bare(APP.public_key())})
        public = RSA.import_key(base64.b64decode(console["alipay_public_key"]))
        self.sdk = AliPay(console["app_id"], None, pem(APP), pem(public))
        self.sdk._gateway = console["gateway_url"]

    def refused(self, expected, call, *arguments, **named):
        try:
            answer = call(*arguments, **named)
        except AliPayException as error:
            answer = json.loads(str(error).split(":", 1)[1])
        self.assertEqual(answer.get("sub_code"), expected)

    def test_a_payment_and_its_refunds(self):
        number = uuid.uuid4().hex
        made = self.sdk.api_alipay_trade_precreate("2GB 月清零", number, "18.00")
        self.assertEqual(made["code"], "10000")
        self.refused("ACQ.TRADE_NOT_EXIST", self.sdk.api_alipay_trade_query, out_trade_no=number)
        control("alipay/pay", {"out_trade_no": number})
        paid = self.sdk.api_alipay_trade_query(out_trade_no=number)
        self.assertEqual((paid["trade_status"], paid["total_amount"]), ("TRADE_SUCCESS", "18.00"))
        refund = self.sdk.api_alipay_trade_refund
        for moved in ("Y", "N"):
            made = refund("5.00", out_trade_no=number, out_request_no="R1")
            self.assertEqual(made["fund_change"], moved)
        self.refused("ACQ.DISCORDANT_REPEAT_REQUEST", refund, "6.00", out_trade_no=number, out_request_no="R1")
        self.refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", refund, "13.01", out_trade_no=number, out_request_no="R2")
        found = self.sdk.api_alipay_trade_fastpay_refund_query("R1", out_trade_no=number)
        self.assertEqual((found["refund_status"], found["refund_amount"]), ("REFUND_SUCCESS", "5.00"))
        self.refused("ACQ.TRADE_STATUS_ERROR", self.sdk.api_alipay_trade_close, out_trade_no=number)
        self.assertEqual(self.sdk.api_alipay_trade_cancel(out_trade_no=number)["action"], "refund")
        self.assertEqual(self.sdk.api_alipay_trade_query(out_trade_no=number)["trade_status"], "TRADE_CLOSED")

    def test_a_wrong_signature_is_refused_on_both_sides(self):
        control("faults", {"route": "alipay.trade.query", "kind": "bad_signature"})
        with self.assertRaises(AliPayValidationError):
            self.sdk.api_alipay_trade_query(out_trade_no="N")
        stranger = AliPay(self.sdk.appid, None, pem(RSA.generate(2048)), pem(ALIPAY.public_key()))
        stranger._gateway = self.sdk._gateway
        with self.assertRaises(AliPayException) as refused:
            stranger.api_alipay_trade_query(out_trade_no="N")
        self.assertIn("isv.invalid-signature", str(refused.exception))


class Channel(unittest.TestCase):
    """Our channel behind standard input: one line in, one line out."""

    def setUp(self):
        self.peer = subprocess.Popen(
            [os.environ["ALIPAY_PEER"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.write(
            {
                "app_id": APP_ID,
                "seller_id": SELLER,
                "private_key": pem(APP),
                "alipay_public_key": pem(ALIPAY.public_key()),
                "gateway_url": "http://127.0.0.1:1/gateway.do",
            }
        )

    def tearDown(self):
        self.peer.kill()
        self.peer.communicate()

    def write(self, line):
        self.peer.stdin.write(json.dumps(line) + "\n")
        self.peer.stdin.flush()

    def call(self, name, **parameters):
        self.write({"call": name, **parameters})
        return json.loads(self.peer.stdout.readline())

    def read(self, body):
        return self.call("notice", body=base64.b64encode(body).decode())["said"]

    def test_the_sdk_signs_our_requests_bit_for_bit(self):
        sdk = AliPay(APP_ID, None, pem(APP), pem(ALIPAY.public_key()))
        for launch in ("redirect", "form"):
            made = self.call(
                "create", launch=launch, out_trade_no="P1", title="2GB + 月清零 %2B 😀", amount_fen=1800,
                return_url="https://shop.example/orders/1?a=1&b=2", notify_url="https://shop.example/notify",
            )["launch"]
            address = made.get("url") or made["action"]
            said = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
            said.update(dict(made.get("fields", [])))
            ours = said.pop("sign")
            theirs = dict(urllib.parse.parse_qsl(sdk.sign_data(said)))["sign"]
            self.assertEqual(ours, theirs)

    def test_a_notice_signed_by_the_sdk_is_read_and_every_altered_byte_refused(self):
        signer = AliPay(APP_ID, None, pem(ALIPAY), pem(APP.public_key()))
        said = {
            "app_id": APP_ID, "seller_id": SELLER, "out_trade_no": "P1", "trade_no": "2026112122001",
            "trade_status": "TRADE_SUCCESS", "total_amount": "18.00", "charset": "utf-8",
            "subject": "2GB + 月清零 & a=b %2B 😀", "gmt_payment": "2026-11-21 18:32:35",
        }
        body = (signer.sign_data(dict(said)) + "&sign_type=RSA2").encode()
        self.assertEqual(self.read(body), 'Ok(Payment { out_trade_no: "P1", amount: Some(Fen(1800)) })')
        genuine = self.form(body)
        refused = 0
        for at in range(len(body)):
            altered = bytearray(body)
            altered[at] ^= 1
            if self.form(bytes(altered)) == genuine:
                continue
            self.assertRegex(self.read(bytes(altered)), "^Err", f"byte {at}")
            refused += 1
        self.assertGreater(refused, len(body) * 0.9)
        refund = signer.sign_data({**said, "refund_fee": "5.00", "out_biz_no": "R1"})
        self.assertEqual(self.read(refund.encode()), 'Ok(Refund("R1"))')
        for change in ({"app_id": "2021000000000002"}, {"seller_id": "2088000000000002"}, {"trade_status": ""}):
            self.assertRegex(self.read(signer.sign_data({**said, **change}).encode()), "^Err")

    @staticmethod
    def form(body):
        """What is signed of a form: `%2b` is `%2B`, and `sign_type` is not part of it."""
        text = re.sub("sign_type=[^&]*", "", body.decode("latin-1"))
        return sorted(urllib.parse.parse_qsl(text, keep_blank_values=True, encoding="latin-1"))


if __name__ == "__main__":
    unittest.main()
