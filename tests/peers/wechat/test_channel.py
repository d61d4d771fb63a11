"""The SDK in WeChat Pay's place: it verifies what our client of it sends, and answers."""

import json
import re
import time
import unittest

from wechatpayv3.utils import load_private_key, load_public_key, rsa_sign, rsa_verify

from support import Channel, Server, new_keys

MERCHANT, MERCHANT_PUBLIC = new_keys()
PLATFORM, PLATFORM_PUBLIC = new_keys()
KEY_ID = "PUB_KEY_ID_0000000000000000000000000000000088"
SETUP = {
    "mch_id": "1900000088",
    "app_id": "wxpeer0000000088",
    "private_key": MERCHANT,
    "serial_no": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    "api_v3_key": "peer-api-v3-key-with-32-bytes-88",
    "platform_keys": [[KEY_ID, PLATFORM_PUBLIC]],
    "api_base": "http://127.0.0.1:1",
}
REFUND = {"out_refund_no": "F800001", "out_trade_no": "P800001", "amount": {"refund": 800, "total": 1800}}
ANSWERS = {
    "/v3/pay/transactions/jsapi": {"prepay_id": "wx21peer"},
    "/v3/pay/transactions/h5": {"h5_url": "https://wx.example/checkmweb?prepay_id=wx21peer"},
    "/v3/pay/transactions/native": {"code_url": "weixin://wxpay/bizpayurl?pr=peer"},
    f"/v3/pay/transactions/out-trade-no/P800001?mchid={SETUP['mch_id']}": {
        "appid": SETUP["app_id"], "mchid": SETUP["mch_id"], "out_trade_no": "P800001", "trade_state": "NOTPAY",
    },
    "/v3/pay/transactions/out-trade-no/P800001/close": None,
    "/v3/refund/domestic/refunds": {**REFUND, "status": "PROCESSING"},
    "/v3/refund/domestic/refunds/F800001": {**REFUND, "status": "CLOSED"},
}


def stamp(body):
    now, nonce = str(int(time.time())), "0123456789abcdef"
    signature = rsa_sign(load_private_key(PLATFORM), f"{now}\n{nonce}\n{body}\n")
    return {
        "Wechatpay-Timestamp": now,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": KEY_ID,
        "Wechatpay-Signature": signature,
    }


class InItsPlace(unittest.TestCase):
    def channel(self, **changes):
        channel = Channel("WECHAT_PEER", {**SETUP, **changes})
        self.addCleanup(channel.stop)
        return channel

    def test_every_kind_of_request_verifies(self):
        seen = []

        def answer(method, target, headers, body):
            field = dict(re.findall(r'(\w+)="([^"]*)"', headers["Authorization"]))
            # The SDK verifies three lines; a request's first three are put into the first of them.
            first = f"{method}\n{target}\n{field['timestamp']}"
            public = load_public_key(MERCHANT_PUBLIC)
            seen.append((target, rsa_verify(first, field["nonce_str"], body, field["signature"], public)))
            told = ANSWERS[target]
            content = "" if told is None else json.dumps(told)
            return 204 if told is None else 200, stamp(content), content.encode()

        server = Server(answer)
        self.addCleanup(server.stop)
        channel = self.channel(api_base=server.url)
        bridge = channel.call({"do": "create", "launch": "wechat_jsapi", "number": "P800001"})["ok"]
        signed = [bridge[name] for name in ("appId", "timeStamp", "nonceStr", "package")]
        public = load_public_key(MERCHANT_PUBLIC)
        self.assertTrue(rsa_verify(f"{signed[0]}\n{signed[1]}", *signed[2:], bridge["paySign"], public))
        for launch in ("redirect", "qr"):
            self.assertIn("ok", channel.call({"do": "create", "launch": launch, "number": "P800001"}))
        calls = [
            ({"do": "query", "number": "P800001"}, "Waiting"),
            ({"do": "close", "number": "P800001"}, "Closed"),
            ({"do": "refund", "number": "F800001", "payment": "P800001"}, "UnderWay"),
            ({"do": "query_refund", "number": "F800001", "payment": "P800001"}, "Refused"),
        ]
        for call, expected in calls:
            self.assertEqual(channel.call(call), {"ok": expected})
        self.assertEqual(seen, [(target, True) for target in ANSWERS])


if __name__ == "__main__":
    unittest.main()
