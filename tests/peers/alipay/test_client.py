"""The SDK as a client of the sandbox: what it accepts there, the gateway meets."""

import base64
import json
import unittest
import uuid

from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError
from Cryptodome.PublicKey import RSA

from support import control

APP = RSA.generate(2048)
ALIPAY = RSA.generate(2048)


def bare(key):
    """The base64 that Alipay's tools hand out."""
    return base64.b64encode(key.export_key("DER")).decode()


def pem(key):
    return key.export_key("PEM").decode()


class Client(unittest.TestCase):
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


if __name__ == "__main__":
    unittest.main()
