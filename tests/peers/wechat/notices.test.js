// The SDK in WeChat Pay's place before the running gateway: a payment there, its notices, and each of them altered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import plugin from 'wechatpay-axios-plugin';

import { gateway, newKeys, startServer, until } from '../support.js';

const { Rsa, Aes, Formatter } = plugin;

const merchant = newKeys();
const platform = newKeys();
const API_V3_KEY = Formatter.nonce(32);
const KEY_ID = 'PUB_KEY_ID_0000000000000000000000000000000079';
const own = { mchid: '1900000079', appid: 'wxpeer0000000079' };
/** What the buyer has done, and what was asked for. */
const trade = { trade_state: 'NOTPAY', refund: 'PROCESSING' };
const asked = {};

const stamp = (body) => {
  const [at, nonce] = [`${Formatter.timestamp()}`, Formatter.nonce()];
  return {
    'wechatpay-timestamp': at, 'wechatpay-nonce': nonce, 'wechatpay-serial': KEY_ID,
    'wechatpay-signature': Rsa.sign(Formatter.response(at, nonce, body), platform.privateKey),
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
  };
};

const notice = (event, told) => {
  const nonce = Formatter.nonce(12);
  return JSON.stringify({
    id: 'EV-1', create_time: '2026-11-21T18:32:35+08:00', resource_type: 'encrypt-resource', event_type: event, summary: '通知',
    resource: {
      algorithm: 'AEAD_AES_256_GCM', original_type: 'transaction', associated_data: 'transaction', nonce,
      ciphertext: Aes.AesGcm.encrypt(JSON.stringify(told), API_V3_KEY, nonce, 'transaction'),
    },
  });
};

const send = async (headers, body) => (await gateway.notify('wechat', 'node', body, headers)).status;

/** The payment, the question after it, the refund, and the question after that. */
const answer = ({ target, body }) => {
  if (body) asked[target] = JSON.parse(body);
  const paid = { ...own, transaction_id: '4200000079', amount: { total: 1800, currency: 'CNY' }, success_time: '2026-11-21T18:32:35+08:00' };
  if (target.endsWith('/native')) return { code_url: 'weixin://wxpay/bizpayurl?pr=peer' };
  if (target.includes('/out-trade-no/')) {
    const [, number] = target.match(/out-trade-no\/(\w+)\?/);
    return { out_trade_no: number, trade_state: trade.trade_state, ...(trade.trade_state === 'SUCCESS' ? paid : own) };
  }
  const { out_trade_no: payment, out_refund_no: number } = asked['/v3/refund/domestic/refunds'];
  return { out_trade_no: payment, out_refund_no: number, status: trade.refund, amount: { refund: 500, total: 1800 } };
};

let server;
let switchOff;

before(async () => {
  server = await startServer((request) => {
    const fields = Object.fromEntries([...request.headers.authorization.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const message = Formatter.request(request.method, request.target, fields.timestamp, fields.nonce_str, request.body);
    assert.ok(Rsa.verify(message, fields.signature, merchant.publicKey), request.target);
    const body = JSON.stringify(answer(request));
    return { headers: { 'content-type': 'application/json', ...stamp(body) }, body };
  });
  switchOff = await gateway.merchant('wechat', 'node', {
    settings: {
      mch_id: own.mchid, app_id: own.appid, serial_no: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
      platform_keys: { [KEY_ID]: platform.publicKey }, api_base: server.url,
    },
    secrets: { private_key: merchant.privateKey, api_v3_key: API_V3_KEY },
  });
});

after(async () => {
  await switchOff();
  server.stop();
});

test('a notice with one byte altered is refused, and the genuine one pays the order', async (t) => {
  const order = await gateway.order();
  const { launch } = await gateway.pay(order, 'wechat');
  assert.equal(launch.content, 'weixin://wxpay/bizpayurl?pr=peer');
  const number = asked['/v3/pay/transactions/native'].out_trade_no;
  const inside = { ...own, out_trade_no: number, trade_state: 'SUCCESS', amount: { total: 1800 } };

  const body = notice('TRANSACTION.SUCCESS', inside);
  const headers = stamp(body);
  let altered = 0;
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += 1, altered += 1) {
    const changed = Buffer.from(bytes);
    changed[at] ^= 1;
    assert.equal(await send(headers, changed), 400, `byte ${at} of the body`);
  }
  for (const [name, value] of Object.entries(headers)) {
    for (let at = 0; at < value.length; at += 1, altered += 1) {
      // A letter in the place, so that the header stays one that can be sent.
      const changed = value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1);
      assert.equal(await send({ ...headers, [name]: changed }, body), 400, `character ${at} of ${name}`);
    }
    const { [name]: _, ...fewer } = headers;
    if (name !== 'wechatpay-signature-type') assert.equal(await send(fewer, body), 400, `without ${name}`);
  }
  for (const other of [{ mchid: '1900000078' }, { appid: 'wxpeer0000000078' }]) {
    const foreign = notice('TRANSACTION.SUCCESS', { ...inside, ...other });
    assert.equal(await send(stamp(foreign), foreign), 400);
  }
  t.diagnostic(`${altered} alterations were refused`);
  assert.equal((await gateway.show(order)).state, 'paying');

  trade.trade_state = 'SUCCESS';
  for (let times = 0; times < 2; times += 1) assert.equal(await send(headers, body), 200);
  await until(async () => (await gateway.show(order)).state === 'credited');

  const refund = await gateway.admin(`orders/${order.id}/refunds`, { amount_fen: 500, reason: '协商退款' });
  await until(() => asked['/v3/refund/domestic/refunds']);
  trade.refund = 'SUCCESS';
  const given = notice('REFUND.SUCCESS', {
    mchid: own.mchid, out_trade_no: number, out_refund_no: refund.out_refund_no, refund_status: 'SUCCESS',
  });
  assert.equal(await send(stamp(given), given), 200);
  assert.equal((await gateway.admin(`refunds/${refund.out_refund_no}`)).state, 'done');
});
