// Alipay's own SDK for Node as a client of the sandbox, and as the one who reads what our channel sends.
import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";

import { AlipaySdk } from "alipay-sdk";

import { control, listen, setting, startPeer, until } from "./peer.mjs";

const app = keys();
const alipay = keys();
const APP_ID = "2021000000000001";
const SELLER = "2088000000000001";

/** A pair in the bare forms that Alipay's tools hand out. */
function keys() {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const bare = (key, type) => key.export({ type, format: "der" }).toString("base64");
  return {
    pkcs8: bare(pair.privateKey, "pkcs8"),
    pkcs1: bare(pair.privateKey, "pkcs1"),
    public: bare(pair.publicKey, "spki"),
    pem: pair.privateKey.export({ type: "pkcs8", format: "pem" }),
  };
}

const number = () => `N${Date.now()}${Math.floor(Math.random() * 1e9)}`;
const parameters = (text) => Object.fromEntries(new URLSearchParams(text));

// 1. The SDK as the sandbox's client.

let sdk;
let inbox;
const received = [];

before(async () => {
  const console = await control("alipay", { app_public_key: app.public });
  sdk = new AlipaySdk({
    appId: console.app_id,
    privateKey: app.pkcs8,
    keyType: "PKCS8",
    alipayPublicKey: console.alipay_public_key,
    gateway: console.gateway_url,
  });
  inbox = await listen((_, body) => {
    received.push(parameters(body));
    return "success";
  });
});

after(() => inbox.stop());

/** Calls the sandbox; the SDK refuses an answer whose signature is wrong. */
const call = (method, bizContent, more = {}) =>
  sdk.exec(method, { bizContent, ...more }, { validateSign: true });

test("the sandbox takes a payment by code and gives money back, once for each number", async () => {
  const outTradeNo = number();
  const named = { out_trade_no: outTradeNo };
  const made = await call(
    "alipay.trade.precreate",
    { ...named, subject: "2GB + 月清零", total_amount: "18.00" },
    { notifyUrl: inbox.url },
  );
  assert.equal(made.code, "10000");
  assert.equal((await call("alipay.trade.query", named)).subCode, "ACQ.TRADE_NOT_EXIST");

  const page = await (await fetch(made.qrCode)).text();
  for (const shown of ["¥18.00", "确认付款", "取消付款", "付款但丢失通知"]) {
    assert.ok(page.includes(shown), shown);
  }
  assert.equal((await call("alipay.trade.query", named)).tradeStatus, "WAIT_BUYER_PAY");

  await control("alipay/pay", named);
  const paid = await call("alipay.trade.query", named);
  assert.equal(paid.tradeStatus, "TRADE_SUCCESS");
  assert.equal(paid.totalAmount, "18.00");
  const notice = await until(() => received.find((one) => one.out_trade_no === outTradeNo));
  assert.equal(notice.trade_status, "TRADE_SUCCESS");
  assert.ok(sdk.checkNotifySignV2(notice));
  assert.ok(!sdk.checkNotifySignV2({ ...notice, total_amount: "18.01" }));

  const refund = { ...named, out_request_no: "R1", refund_amount: "5.00" };
  assert.equal((await call("alipay.trade.refund", refund)).fundChange, "Y");
  assert.equal((await call("alipay.trade.refund", refund)).fundChange, "N");
  const refused = async (change) => (await call("alipay.trade.refund", { ...refund, ...change })).subCode;
  assert.equal(await refused({ refund_amount: "5.01" }), "ACQ.DISCORDANT_REPEAT_REQUEST");
  assert.equal(await refused({ out_request_no: "R2", refund_amount: "13.01" }), "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL");
  const found = await call("alipay.trade.fastpay.refund.query", { ...named, out_request_no: "R1" });
  assert.equal(found.refundStatus, "REFUND_SUCCESS");
  assert.equal(found.refundAmount, "5.00");
  const nothing = await call("alipay.trade.fastpay.refund.query", { ...named, out_request_no: "R9" });
  assert.equal(nothing.code, "10000");
  assert.equal(nothing.refundStatus, undefined);
  assert.equal((await call("alipay.trade.close", named)).subCode, "ACQ.TRADE_STATUS_ERROR");
  assert.equal((await call("alipay.trade.cancel", named)).action, "refund");
  assert.equal((await call("alipay.trade.query", named)).tradeStatus, "TRADE_CLOSED");

  const row = (await control("ledger")).alipay.trades.find((trade) => trade.out_trade_no === outTradeNo);
  assert.equal(row.refunded_fen, 1800);
  assert.deepEqual(row.refunds.map((one) => one.amount_fen), [500, 1300]);
});

test("the sandbox's page leads back to the shop with Alipay's signature", async () => {
  const outTradeNo = number();
  const address = sdk.pageExecute("alipay.trade.wap.pay", "GET", {
    bizContent: {
      out_trade_no: outTradeNo,
      subject: "2GB",
      total_amount: "0.01",
      product_code: "QUICK_WAP_WAY",
      quit_url: "http://127.0.0.1:1/quit",
    },
    returnUrl: "http://127.0.0.1:1/back?a=1",
  });
  const opened = await fetch(address);
  assert.ok((await opened.text()).includes("确认付款"));
  const press = (action) =>
    fetch(opened.url, { method: "POST", body: new URLSearchParams({ action }), redirect: "manual" });
  const left = await press("cancel");
  assert.equal(left.headers.get("location"), "http://127.0.0.1:1/quit");
  assert.equal(
    (await call("alipay.trade.query", { out_trade_no: outTradeNo })).subCode,
    "ACQ.TRADE_NOT_EXIST",
  );
  const back = new URL((await press("pay")).headers.get("location"));
  const { a, ...said } = parameters(back.search);
  assert.equal(a, "1");
  assert.equal(said.out_trade_no, outTradeNo);
  assert.ok(sdk.checkNotifySignV2(said));
});

test("the sandbox believes only what the app signed", async () => {
  const other = new AlipaySdk({ ...sdk.config, privateKey: keys().pkcs8, keyType: "PKCS8" });
  const answer = await other.exec("alipay.trade.query", { bizContent: { out_trade_no: "N" } });
  assert.equal(answer.subCode, "isv.invalid-signature");
});

test("the SDK refuses the sandbox's answers that are spoiled on purpose", async () => {
  for (const kind of ["unsigned", "bad_signature"]) {
    await control("faults", { route: "alipay.trade.query", kind });
    await assert.rejects(call("alipay.trade.query", { out_trade_no: "N" }), kind);
  }
});

// 2. Our channel, read by the SDK.

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
  const server = await listen((url, body) => {
    const said = { ...parameters(url.search), ...parameters(body) };
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
    return `{"${name}" : ${sent} ,"sign":"${sign(node)}"}`;
  });
  const peer = startPeer(setting("ALIPAY_PEER"), {
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
    const create = async (launch, more = {}) => (await peer.call("create", { ...payment, launch, ...more })).launch;
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
      assert.match((await peer.call(name, more)).said, expected);
      altered = true;
      assert.match((await peer.call(name, more)).said, /Err\(Unknown\("the answer's signature is wrong"\)\)/);
    }
    assert.equal(new Set(seen).size, 9, "a request of every kind");
  } finally {
    peer.stop();
    await server.stop();
  }
});

test("the channel agrees with the SDK about every altered byte of a notice", async () => {
  const judge = new AlipaySdk({ appId: APP_ID, privateKey: app.pkcs1, alipayPublicKey: alipay.public });
  const said = {
    app_id: APP_ID,
    charset: "utf-8",
    gmt_payment: "2026-11-21 18:32:35",
    notify_id: "20261121002221835350000000001",
    out_trade_no: "P1",
    seller_id: SELLER,
    subject: "2GB + 月清零 & a=b %2B 😀",
    total_amount: "18.00",
    trade_no: "2026112122001",
    trade_status: "TRADE_SUCCESS",
    version: "1.0",
  };
  const message = Object.keys(said).sort().map((name) => `${name}=${said[name]}`).join("&");
  said.sign = createSign("RSA-SHA256").update(message).sign(alipay.pem, "base64");
  said.sign_type = "RSA2";
  assert.ok(judge.checkNotifySignV2(said));
  const body = Buffer.from(new URLSearchParams(said).toString());
  const peer = startPeer(setting("ALIPAY_PEER"), {
    app_id: APP_ID,
    seller_id: SELLER,
    private_key: app.pkcs8,
    alipay_public_key: alipay.public,
    gateway_url: "http://127.0.0.1:1/gateway.do",
  });
  const read = async (bytes) => (await peer.call("notice", { body: bytes.toString("base64") })).said;
  const signed = (form) => {
    const { sign_type, ...rest } = parameters(form);
    return JSON.stringify(Object.entries(rest).sort());
  };
  try {
    assert.equal(await read(body), 'Ok(Payment { out_trade_no: "P1", amount: Some(Fen(1800)) })');
    let refused = 0;
    for (let at = 0; at < body.length; at += 1) {
      const altered = Buffer.from(body);
      altered[at] ^= 1;
      // `%2b` is `%2B`, and what the message says of its algorithm is not signed.
      if (signed(altered.toString("latin1")) === signed(body.toString("latin1"))) continue;
      assert.match(await read(altered), /^Err/, `byte ${at}`);
      refused += 1;
    }
    assert.ok(refused > body.length * 0.9, `${refused} of ${body.length}`);
  } finally {
    peer.stop();
  }
});
