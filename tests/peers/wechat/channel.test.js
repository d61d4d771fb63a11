// The SDK in WeChat Pay's place: it verifies what our client of it sends, and answers.
import test from 'node:test';
import assert from 'node:assert/strict';
import plugin from 'wechatpay-axios-plugin';
import { newKeys, startChannel, startServer } from '../support.js';

const { Rsa, Formatter } = plugin;

const merchant = newKeys();
const platform = newKeys();
const setup = {
  mch_id: '1900000077', app_id: 'wxpeer0000000077', private_key: merchant.privateKey,
  serial_no: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1', api_v3_key: Formatter.nonce(32),
  platform_keys: [['PUB_KEY_ID_0000000000000000000000000000000077', platform.publicKey]],
};
const keyId = setup.platform_keys[0][0];

const stamp = (body, at = Formatter.timestamp()) => {
  const nonce = Formatter.nonce();
  return {
    'wechatpay-timestamp': `${at}`, 'wechatpay-nonce': nonce, 'wechatpay-serial': keyId,
    'wechatpay-signature': Rsa.sign(Formatter.response(`${at}`, nonce, body), platform.privateKey),
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
  };
};

/** What the platform would answer to each of the channel's requests. */
const answers = {
  '/v3/pay/transactions/jsapi': { prepay_id: 'wx21peer' },
  '/v3/pay/transactions/h5': { h5_url: 'https://wx.example/checkmweb?prepay_id=wx21peer&package=1' },
  '/v3/pay/transactions/native': { code_url: 'weixin://wxpay/bizpayurl?pr=peer' },
  [`/v3/pay/transactions/out-trade-no/P700001?mchid=${setup.mch_id}`]: {
    appid: setup.app_id, mchid: setup.mch_id, out_trade_no: 'P700001', trade_state: 'SUCCESS', transaction_id: '42000',
    success_time: '2026-11-21T18:32:35+08:00', amount: { total: 1800, currency: 'CNY' },
  },
  '/v3/pay/transactions/out-trade-no/P700001/close': null,
  '/v3/refund/domestic/refunds': { out_refund_no: 'F700001', out_trade_no: 'P700001', status: 'PROCESSING', amount: { refund: 800, total: 1800 } },
  '/v3/refund/domestic/refunds/F700001': { out_refund_no: 'F700001', out_trade_no: 'P700001', status: 'SUCCESS', amount: { refund: 800, total: 1800 } },
};

const verified = ({ method, target, headers, body }) => {
  const [, scheme, fields] = headers.authorization.match(/^(\S+) (.*)$/);
  assert.equal(scheme, 'WECHATPAY2-SHA256-RSA2048');
  const field = Object.fromEntries([...fields.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  assert.equal(field.mchid, setup.mch_id);
  assert.equal(field.serial_no, setup.serial_no);
  return Rsa.verify(Formatter.request(method, target, field.timestamp, field.nonce_str, body), field.signature, merchant.publicKey);
};

test('every kind of request verifies, and every signed answer is believed', async (t) => {
  const seen = [];
  const server = await startServer((request) => {
    seen.push({ ...request, ok: verified(request) });
    const answer = answers[request.target];
    const body = answer === null ? '' : JSON.stringify(answer);
    return { status: answer === null ? 204 : 200, headers: { 'content-type': 'application/json', ...stamp(body) }, body };
  });
  const channel = startChannel('WECHAT_PEER', { ...setup, api_base: server.url });
  t.after(() => { channel.stop(); server.stop(); });

  const jsapi = (await channel.call({ do: 'create', launch: 'wechat_jsapi', number: 'P700001' })).ok;
  assert.equal(jsapi.package, 'prepay_id=wx21peer');
  assert.ok(Rsa.verify(Formatter.joinedByLineFeed(jsapi.appId, jsapi.timeStamp, jsapi.nonceStr, jsapi.package), jsapi.paySign, merchant.publicKey));
  const h5 = (await channel.call({ do: 'create', launch: 'redirect', number: 'P700001' })).ok;
  assert.equal(new URL(h5.url).searchParams.get('redirect_url'), 'https://shop.example/orders/1?a=1&b=%2F');
  const native = (await channel.call({ do: 'create', launch: 'qr', number: 'P700001' })).ok;
  assert.equal(native.content, 'weixin://wxpay/bizpayurl?pr=peer');
  assert.match((await channel.call({ do: 'query', number: 'P700001' })).ok, /^Paid/);
  assert.equal((await channel.call({ do: 'close', number: 'P700001' })).ok, 'Closed');
  assert.equal((await channel.call({ do: 'refund', number: 'F700001', payment: 'P700001' })).ok, 'UnderWay');
  assert.equal((await channel.call({ do: 'query_refund', number: 'F700001', payment: 'P700001' })).ok, 'Done');

  assert.deepEqual(seen.map(({ target }) => target), Object.keys(answers));
  for (const request of seen) assert.ok(request.ok, request.target);
  for (const { headers } of seen) assert.equal(headers['wechatpay-serial'], keyId);
  const [bridge, link, code] = seen.map(({ body }) => body && JSON.parse(body));
  assert.equal(bridge.payer.openid, 'oPeerBuyer000000000000000001');
  assert.equal(link.scene_info.payer_client_ip, '203.0.113.9');
  assert.equal(code.time_expire, '2099-01-01T08:00:00+08:00');
  assert.equal(code.amount.total, 1800);
});

test('an answer signed by nobody, or by somebody else, is no verdict', async (t) => {
  let headers = () => ({});
  const body = JSON.stringify({ code: 'ORDER_NOT_EXIST', message: '订单不存在' });
  const server = await startServer(() => ({ status: 404, headers: headers(), body }));
  const channel = startChannel('WECHAT_PEER', { ...setup, api_base: server.url });
  t.after(() => { channel.stop(); server.stop(); });
  const ask = async () => channel.call({ do: 'query', number: 'P700001' });
  assert.match((await ask()).error, /may or may not/);
  headers = () => ({ ...stamp(body), 'wechatpay-signature': Rsa.sign('another', platform.privateKey) });
  assert.match((await ask()).error, /may or may not/);
  headers = () => stamp(body, Formatter.timestamp() - 400);
  assert.match((await ask()).error, /may or may not/);
  headers = () => stamp(body);
  assert.equal((await ask()).ok, 'NotFound');
});
