// The SDK in Alipay's place before the running gateway: a payment there, its notices, and each of them altered.
import assert from 'node:assert/strict';
import { createSign } from 'node:crypto';
import { after, before, test } from 'node:test';

import { AlipaySdk } from 'alipay-sdk';

import { gateway, startServer, until } from '../support.js';
import { keys, parameters } from './keys.js';

const app = keys();
const alipay = keys();
const APP_ID = '2021000000000003';
const SELLER = '2088000000000003';
const judge = new AlipaySdk({ appId: APP_ID, privateKey: app.pkcs1, alipayPublicKey: alipay.public });
const reader = new AlipaySdk({ appId: APP_ID, privateKey: alipay.pkcs1, alipayPublicKey: app.public });

const sign = (text) => createSign('RSA-SHA256').update(text).sign(alipay.pem, 'base64');
/** What the buyer has done, and what was asked for. */
const trade = { status: 'WAIT_BUYER_PAY', refunded: false };
const asked = {};

/** A notice as Alipay signs it, and as the SDK reads it. */
function notice(changes = {}) {
  const said = {
    app_id: APP_ID, charset: 'utf-8', gmt_payment: '2026-11-21 18:32:35', notify_id: '20261121002221835350000000001',
    out_trade_no: asked['alipay.trade.precreate'].out_trade_no, seller_id: SELLER, subject: '2GB + 月清零 & a=b %2B 😀',
    total_amount: '18.00', trade_no: '2026112122001', trade_status: 'TRADE_SUCCESS', version: '1.0', ...changes,
  };
  const message = Object.keys(said).sort().map((name) => `${name}=${said[name]}`).join('&');
  const signed = { ...said, sign: sign(message), sign_type: 'RSA2' };
  assert.ok(judge.checkNotifySignV2(signed));
  return Buffer.from(new URLSearchParams(signed).toString());
}

const send = (body) => gateway.notify('alipay', 'node', body, { 'content-type': 'application/x-www-form-urlencoded' });

let server;
let switchOff;

before(async () => {
  server = await startServer(({ target, body }) => {
    const said = { ...parameters(new URL(target, 'http://loopback').search), ...parameters(body) };
    assert.ok(reader.checkNotifySignV2(said), said.method);
    const content = JSON.parse(said.biz_content);
    asked[said.method] = content;
    const answers = {
      'alipay.trade.precreate': { qr_code: 'https://qr.example/bax0' },
      'alipay.trade.query': { trade_no: '2026112122001', trade_status: trade.status, total_amount: '18.00' },
      'alipay.trade.refund': { fund_change: 'N' },
      'alipay.trade.fastpay.refund.query': trade.refunded
        ? { out_request_no: content.out_request_no, refund_amount: '5.00', refund_status: 'REFUND_SUCCESS' } : {},
    };
    const node = JSON.stringify({ code: '10000', msg: 'Success', out_trade_no: content.out_trade_no, ...answers[said.method] });
    return { body: `{"${said.method.replaceAll('.', '_')}_response":${node},"sign":"${sign(node)}"}` };
  });
  switchOff = await gateway.merchant('alipay', 'node', {
    settings: {
      app_id: APP_ID, seller_id: SELLER, gateway_url: `${server.url}/gateway.do`, keys: 'public_key',
      alipay_public_key: alipay.public,
    },
    secrets: { private_key: app.pkcs1 },
  });
});

after(async () => {
  await switchOff();
  server.stop();
});

test('a notice with one byte altered is refused, and the genuine one pays the order', async () => {
  const order = await gateway.order();
  const { launch } = await gateway.pay(order, 'alipay');
  assert.equal(launch.content, 'https://qr.example/bax0');
  const body = notice();
  const signed = (form) => {
    const { sign_type, ...rest } = parameters(form);
    return JSON.stringify(Object.entries(rest).sort());
  };
  let refused = 0;
  for (let at = 0; at < body.length; at += 1) {
    const altered = Buffer.from(body);
    altered[at] ^= 1;
    // `%2b` is `%2B`, and what the message says of its algorithm is not signed.
    if (signed(altered.toString('latin1')) === signed(body.toString('latin1'))) continue;
    assert.equal((await send(altered)).status, 400, `byte ${at}`);
    refused += 1;
  }
  assert.ok(refused > body.length * 0.9, `${refused} of ${body.length}`);
  for (const foreign of [{ app_id: '2021000000000004' }, { seller_id: '2088000000000004' }]) {
    assert.equal((await send(notice(foreign))).status, 400);
  }
  assert.equal((await gateway.show(order)).state, 'paying');

  trade.status = 'TRADE_SUCCESS';
  for (let times = 0; times < 2; times += 1) {
    assert.deepEqual(await send(body), { status: 200, body: 'success' });
  }
  await until(async () => (await gateway.show(order)).state === 'credited');

  const refund = await gateway.admin(`orders/${order.id}/refunds`, { amount_fen: 500, reason: '协商退款' });
  await until(() => asked['alipay.trade.refund']);
  trade.refunded = true;
  const given = notice({ refund_fee: '5.00', gmt_refund: '2026-11-21 18:40:00.123', out_biz_no: refund.out_refund_no });
  assert.deepEqual(await send(given), { status: 200, body: 'success' });
  assert.equal((await gateway.admin(`refunds/${refund.out_refund_no}`)).state, 'done');
  assert.equal((await gateway.show(order)).state, 'credited');
});
