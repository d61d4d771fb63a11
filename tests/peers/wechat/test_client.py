"""The SDK as a client of the sandbox: what it accepts there, the gateway meets."""

import json
import pathlib
import queue
import tempfile
import unittest

from wechatpayv3 import WeChatPay, WeChatPayType

from support import Sandbox, Server, new_keys


class Client(unittest.TestCase):
    def setUp(self):
        self.sandbox = Sandbox()
        self.addCleanup(self.sandbox.stop)
        self.setup = self.sandbox.setup

    def client(self, mode, private_key=None):
        setup = self.setup
        common = {
            "wechatpay_type": WeChatPayType.NATIVE,
            "mchid": setup["mch_id"],
            "private_key": private_key or setup["private_key"],
            "cert_serial_no": setup["serial_no"],
            "appid": setup["app_id"],
            "apiv3_key": setup["api_v3_key"],
            "notify_url": "https://shop.example/notify",
        }
        if mode == "public_key":
            key = setup["platform_public_key"]
            client = WeChatPay(**common, public_key=key["pem"], public_key_id=key["id"])
        else:
            folder = tempfile.TemporaryDirectory()
            self.addCleanup(folder.cleanup)
            certificate = setup["platform_certificate"]
            path = pathlib.Path(folder.name, certificate["serial_no"] + ".pem")
            path.write_text(certificate["pem"])
            client = WeChatPay(**common, cert_dir=folder.name)
        client._core._gate_way = self.sandbox.url
        return client

    def good(self, answer):
        status, body = answer
        self.assertIn(status, (200, 204), body)
        return json.loads(body) if body else None

    def refused(self, answer, status, code):
        self.assertEqual((answer[0], json.loads(answer[1])["code"]), (status, code))

    def test_a_life_of_payments(self):
        for mode in ("certificate", "public_key"):
            with self.subTest(mode):
                client, number = self.client(mode), f"Y_{mode}"
                amount = {"total": 1800, "currency": "CNY"}
                made = self.good(client.pay("2GB 月清零", number, amount))
                self.assertTrue(made["code_url"].startswith("weixin://wxpay/bizpayurl?pr="))
                self.assertEqual(self.good(client.query(out_trade_no=number))["trade_state"], "NOTPAY")
                self.sandbox.control("wechat/pay", {"out_trade_no": number})
                paid = self.good(client.query(out_trade_no=number))
                self.assertEqual((paid["trade_state"], paid["amount"]["total"]), ("SUCCESS", 1800))
                self.refused(client.close(number), 400, "ORDERPAID")

                part = {"refund": 800, "total": 1800, "currency": "CNY"}
                refund = self.good(client.refund(f"{number}_1", part, out_trade_no=number))
                self.assertEqual(refund["status"], "PROCESSING")
                found = self.good(client.query_refund(f"{number}_1"))
                self.assertEqual(found["refund_id"], refund["refund_id"])
                more = {**part, "refund": 1001}
                self.refused(client.refund(f"{number}_2", more, out_trade_no=number), 400, "INVALID_REQUEST")

    def test_other_kinds_and_closing(self):
        client = self.client("public_key")
        amount = {"total": 1800}
        scene = {"payer_client_ip": "203.0.113.9", "h5_info": {"type": "Wap"}}
        made = self.good(client.pay("2GB", "Y300001", amount, scene_info=scene, pay_type=WeChatPayType.H5))
        self.assertIn("checkmweb?prepay_id=", made["h5_url"])
        self.good(client.close("Y300001"))
        self.assertEqual(self.good(client.query(out_trade_no="Y300001"))["trade_state"], "CLOSED")

        payer = {"openid": self.setup["buyer"]}
        made = self.good(client.pay("2GB", "Y300002", amount, payer, pay_type=WeChatPayType.JSAPI))
        call = [self.setup["app_id"], "1700000000", "nonce", f"prepay_id={made['prepay_id']}"]
        names = ("appId", "timeStamp", "nonceStr", "package")
        bridge = {**dict(zip(names, call)), "signType": "RSA", "paySign": client.sign(call)}
        answer = self.sandbox.control("wechat/bridge", bridge)
        self.assertEqual(answer["err_msg"], "get_brand_wcpay_request:ok")

    def test_a_stranger_is_refused(self):
        stranger = self.client("public_key", new_keys()[0])
        self.refused(stranger.pay("2GB", "Y400001", {"total": 1}), 401, "SIGN_ERROR")
        self.refused(self.client("public_key").query(out_trade_no="Y400001"), 404, "ORDER_NOT_EXIST")

    def test_a_new_certificate_is_fetched(self):
        client = self.client("certificate")
        self.sandbox.control("wechat/keys", {"rotate": True})
        self.good(client.pay("2GB", "Y500001", {"total": 1800}))
        self.assertEqual(len(client._core._certificates), 2)

    def test_notices_verify_and_open(self):
        arrived = queue.Queue()

        def take(_method, _path, headers, body):
            arrived.put((dict(headers.items()), body))
            return 204, {}, b""

        server = Server(take)
        self.addCleanup(server.stop)
        client = self.client("certificate")
        url = f"{server.url}/notify"
        self.good(client.pay("2GB", "Y600001", {"total": 1800}, notify_url=url))
        self.sandbox.control("wechat/pay", {"out_trade_no": "Y600001"})
        told = self.opened(client, arrived)
        self.assertEqual(told["event_type"], "TRANSACTION.SUCCESS")
        self.assertEqual(told["resource"]["out_trade_no"], "Y600001")
        amount = {"refund": 800, "total": 1800, "currency": "CNY"}
        self.good(client.refund("YF600001", amount, out_trade_no="Y600001", notify_url=url))
        told = self.opened(client, arrived)
        self.assertEqual(told["event_type"], "REFUND.SUCCESS")
        self.assertEqual(told["resource"]["amount"]["refund"], 800)

    def opened(self, client, arrived):
        headers, body = arrived.get(timeout=10)
        told = client.callback({name.title(): value for name, value in headers.items()}, body)
        self.assertIsNotNone(told)
        return told


if __name__ == "__main__":
    unittest.main()
