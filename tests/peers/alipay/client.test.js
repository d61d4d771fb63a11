// Alipay's own SDK for Node as a client of the sandbox: what it accepts there, the gateway meets.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { AlipaySdk } from 'alipay-sdk';

import { control, startServer, until } from '../support.js';
import { keys, parameters } from './keys.js';

const app = keys();

const number = () => `N${Date.now()}${Math.floor(Math.random() * 1e9)}`;

let sdk;
let inbox;
const received = [];

before(async () => {
  const console = await control('alipay', { app_public_key: app.public });
  sdk = new AlipaySdk({
    appId: console.app_id,
    privateKey: app.pkcs8,
    keyType: 'PKCS8',
    alipayPublicKey: console.alipay_public_key,
    gateway: console.gateway_url,
  });
  inbox = await startServer(({ body }) => {
    received.push(parameters(body));
    return { body: 'success' };
  });
});

after(() => inbox.stop());

/** Calls the sandbox; the SDK refuses an answer whose signature is wrong. */
const call = (method, bizContent, more = {}) =>
  sdk.exec(method, { bizContent, ...more }, { validateSign: true });

test('the sandbox takes a payment by code and gives money back, once for each number', async () => {
  const outTradeNo = number();
  const named = { out_trade_no: outTradeNo };
  const made = await call(
    'alipay.trade.precreate',
    { ...named, subject: '2GB + 月清零', total_amount: '18.00' },
    { notifyUrl: inbox.url },
  );
  assert.equal(made.code, '10000');
  assert.equal((await call('alipay.trade.query', named)).subCode, 'ACQ.TRADE_NOT_EXIST');

  const page = await (await fetch(made.qrCode)).text();
  for (const shown of ['¥18.00', '确认付款', '取消付款', '付款但丢失通知']) {
    assert.ok(page.includes(shown), shown);
  }
  assert.equal((await call('alipay.trade.query', named)).tradeStatus, 'WAIT_BUYER_PAY');

  await control('alipay/pay', named);
  const paid = await call('alipay.trade.query', named);
  assert.equal(paid.tradeStatus, 'TRADE_SUCCESS');
  assert.equal(paid.totalAmount, '18.00');
  const notice = await until(() => received.find((one) => one.out_trade_no === outTradeNo));
  assert.equal(notice.trade_status, 'TRADE_SUCCESS');
  assert.ok(sdk.checkNotifySignV2(notice));
  assert.ok(!sdk.checkNotifySignV2({ ...notice, total_amount: '18.01' }));

  const refund = { ...named, out_request_no: 'R1', refund_amount: '5.00' };
  assert.equal((await call('alipay.trade.refund', refund)).fundChange, 'Y');
  assert.equal((await call('alipay.trade.refund', refund)).fundChange, 'N');
  const refused = async (change) => (await call('alipay.trade.refund', { ...refund, ...change })).subCode;
  assert.equal(await refused({ refund_amount: '5.01' }), 'ACQ.DISCORDANT_REPEAT_REQUEST');
  assert.equal(await refused({ out_request_no: 'R2', refund_amount: '13.01' }), 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL');
  const found = await call('alipay.trade.fastpay.refund.query', { ...named, out_request_no: 'R1' });
  assert.equal(found.refundStatus, 'REFUND_SUCCESS');
  assert.equal(found.refundAmount, '5.00');
  const nothing = await call('alipay.trade.fastpay.refund.query', { ...named, out_request_no: 'R9' });
  assert.equal(nothing.code, '10000');
  assert.equal(nothing.refundStatus, undefined);
  assert.equal((await call('alipay.trade.close', named)).subCode, 'ACQ.TRADE_STATUS_ERROR');
  assert.equal((await call('alipay.trade.cancel', named)).action, 'refund');
  assert.equal((await call('alipay.trade.query', named)).tradeStatus, 'TRADE_CLOSED');

  const row = (await control('ledger')).alipay.trades.find((trade) => trade.out_trade_no === outTradeNo);
  assert.equal(row.refunded_fen, 1800);
  assert.deepEqual(row.refunds.map((one) => one.amount_fen), [500, 1300]);
});

test("the sandbox's page leads back to the shop with Alipay's signature", async () => {
  const outTradeNo = number();
  const address = sdk.pageExecute('alipay.trade.wap.pay', 'GET', {
    bizContent: {
      out_trade_no: outTradeNo,
      subject: '2GB',
      total_amount: '0.01',
      product_code: 'QUICK_WAP_WAY',
      quit_url: 'http://127.0.0.1:1/quit',
    },
    returnUrl: 'http://127.0.0.1:1/back?a=1',
  });
  const opened = await fetch(address);
  assert.ok((await opened.text()).includes('确认付款'));
  const press = (action) =>
    fetch(opened.url, { method: 'POST', body: new URLSearchParams({ action }), redirect: 'manual' });
  const left = await press('cancel');
  assert.equal(left.headers.get('location'), 'http://127.0.0.1:1/quit');
  assert.equal(
    (await call('alipay.trade.query', { out_trade_no: outTradeNo })).subCode,
    'ACQ.TRADE_NOT_EXIST',
  );
  const back = new URL((await press('pay')).headers.get('location'));
  const { a, ...said } = parameters(back.search);
  assert.equal(a, '1');
  assert.equal(said.out_trade_no, outTradeNo);
  assert.ok(sdk.checkNotifySignV2(said));
});

test('the sandbox believes only what the app signed', async () => {
  const other = new AlipaySdk({ ...sdk.config, privateKey: keys().pkcs8, keyType: 'PKCS8' });
  const answer = await other.exec('alipay.trade.query', { bizContent: { out_trade_no: 'N' } });
  assert.equal(answer.subCode, 'isv.invalid-signature');
});

test("the SDK refuses the sandbox's answers that are spoiled on purpose", async () => {
  for (const kind of ['unsigned', 'bad_signature']) {
    await control('faults', { route: 'alipay.trade.query', kind });
    await assert.rejects(call('alipay.trade.query', { out_trade_no: 'N' }), kind);
  }
});

test("certificate mode: the SDK's numbers are the sandbox's, and its answers name Alipay's certificate", async () => {
  const { settings, secrets } = await control('alipay/account', { keys: 'certificate' });
  const certified = new AlipaySdk({
    appId: settings.app_id,
    privateKey: secrets.private_key.replaceAll(/-----[^-]+-----|\s/g, ''),
    keyType: 'PKCS8',
    gateway: settings.gateway_url,
    appCertContent: settings.app_cert,
    alipayPublicCertContent: settings.alipay_cert,
    alipayRootCertContent: settings.root_cert,
  });
  const query = () => certified.exec('alipay.trade.query', { bizContent: { out_trade_no: 'N' } }, { validateSign: true });
  assert.equal((await query()).subCode, 'ACQ.TRADE_NOT_EXIST');
  certified.config.appCertSn = '0'.repeat(32);
  await assert.rejects(query());
});

test('a code of user authorisation is worth the buyer once', async () => {
  const { settings } = await control('alipay/account', {});
  const page = new URL(settings.authorise_url);
  const wanted = { app_id: settings.app_id, scope: 'auth_base', redirect_uri: 'http://127.0.0.1:1/back', state: 's1' };
  page.search = new URLSearchParams(wanted).toString();
  const back = new URL((await fetch(page, { redirect: 'manual' })).headers.get('location'));
  assert.equal(back.searchParams.get('state'), 's1');
  const code = back.searchParams.get('auth_code');
  const exchange = (validateSign) => sdk.exec('alipay.system.oauth.token', { grantType: 'authorization_code', code }, { validateSign });
  assert.equal((await exchange(true)).userId, '2088622000000001');
  // The SDK does not find the signed text of an error that stands in the answer's place.
  assert.equal((await exchange(false)).subCode, 'isv.code-invalid');
});
