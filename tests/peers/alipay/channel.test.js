// The SDK in Alipay's place: it verifies what our client of it sends, whose keys are swapped with its own.
import assert from "node:assert/strict";
import { createSign } from "node:crypto";
import { test } from "node:test";

import { AlipaySdk } from "alipay-sdk";

import { startChannel, startServer } from "../support.js";
import { keys, parameters } from "./keys.js";

const app = keys();
const alipay = keys();
const APP_ID = "2021000000000001";
const SELLER = "2088000000000001";

test("the SDK verifies every request of the channel, and the channel its answers", async () => {
  // The same SDK with the keys the other way round: what the app signs is what it verifies.
  const reader = new AlipaySdk({ appId: APP_ID, privateKey: alipay.pkcs1, alipayPublicKey: app.public });
  const seen = [];
  const verify = (said) => {
    assert.ok(reader.checkNotifySignV2(said), said.method);
    for (const name of Object.keys(said).filter((name) => name !== "sign" && name !== "sign_type")) {
      assert.ok(!reader.checkNotifySignV2({ ...said, [name]: `${said[name]}x` }), name);
    }
    assert.equal(said.app_id, APP_ID);
    assert.equal(said.sign_type, "RSA2");
    seen.push(said.method);
    return JSON.parse(said.biz_content);
  };
  const sign = (text) => createSign("RSA-SHA256").update(text).sign(alipay.pem, "base64");
  let altered = false;
  const server = await startServer(({ target, body }) => {
    const said = { ...parameters(new URL(target, "http://loopback").search), ...parameters(body) };
    const content = verify(said);
    const answers = {
      "alipay.trade.precreate": { qr_code: "https://qr.example/bax0" },
      "alipay.trade.create": { trade_no: "2026112122001" },
      "alipay.trade.query": { trade_no: "2026112122001", trade_status: "TRADE_SUCCESS", total_amount: "18.00", sign: "inside" },
      "alipay.trade.close": {},
      "alipay.trade.cancel": { action: "close", retry_flag: "N" },
      "alipay.trade.refund": { fund_change: "Y" },
      "alipay.trade.fastpay.refund.query": { out_request_no: content.out_request_no, refund_amount: "5.00", refund_status: "REFUND_SUCCESS" },
    };
    const node = JSON.stringify({ code: "10000", msg: "Success", out_trade_no: content.out_trade_no, ...answers[said.method] }).replaceAll("/", "\\/");
    const name = `${said.method.replaceAll(".", "_")}_response`;
    const sent = altered ? node.replace("Success", "success") : node;
    return { body: `{"${name}" : ${sent} ,"sign":"${sign(node)}"}` };
  });
  const peer = startChannel("ALIPAY_PEER", {
    app_id: APP_ID,
    seller_id: SELLER,
    private_key: app.pkcs1,
    alipay_public_key: alipay.public,
    gateway_url: `${server.url}/gateway.do`,
  });
  try {
    const payment = {
      out_trade_no: "P1",
      title: "2GB + 月清零 %2B 😀",
      amount_fen: 1800,
      return_url: "https://shop.example/orders/1?a=1&b=2",
      notify_url: "https://shop.example/notify/alipay/main",
    };
    const create = async (launch, more = {}) => (await peer.call({ call: "create", ...payment, launch, ...more })).launch;
    const page = await create("redirect");
    assert.equal(verify(parameters(new URL(page.url).search)).product_code, "QUICK_WAP_WAY");
    const form = await create("form");
    const whole = { ...parameters(new URL(form.action).search), ...Object.fromEntries(form.fields) };
    assert.equal(verify(whole).product_code, "FAST_INSTANT_TRADE_PAY");
    assert.equal((await create("qr")).content, "https://qr.example/bax0");
    assert.equal((await create("alipay_trade", { payer: "2088000000000009" })).trade_no, "2026112122001");

    const refund = { out_trade_no: "P1", out_refund_no: "R1", amount_fen: 500, paid_fen: 1800, reason: "充值失败" };
    const calls = [
      ["query", { out_trade_no: "P1" }, /Paid\(Receipt \{ amount: Fen\(1800\)/],
      ["close", { out_trade_no: "P1" }, /Ok\(Closed\)/],
      ["cancel", { out_trade_no: "P1" }, /Ok\(Closed\)/],
      ["refund", refund, /Ok\(Done\)/],
      ["query_refund", refund, /Ok\(Done\)/],
    ];
    for (const [name, more, expected] of calls) {
      altered = false;
      assert.match((await peer.call({ call: name, ...more })).said, expected);
      altered = true;
      assert.match((await peer.call({ call: name, ...more })).said, /Err\(Unknown\("the answer's signature is wrong"\)\)/);
    }
    assert.equal(new Set(seen).size, 9, "a request of every kind");
  } finally {
    peer.stop();
    await server.stop();
  }
});
