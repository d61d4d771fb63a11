// The SDK as a client of the sandbox: what it accepts there, the gateway meets.
import test from 'node:test';
import assert from 'node:assert/strict';
import plugin from 'wechatpay-axios-plugin';
import { newKeys, startSandbox, startServer } from '../support.js';

const { Wechatpay, Rsa, Aes, Formatter } = plugin;

const client = ({ url, setup }, keys = {}) => new Wechatpay({
  mchid: setup.mch_id,
  serial: setup.serial_no,
  privateKey: keys.privateKey ?? setup.private_key,
  certs: { [setup.platform_certificate.serial_no]: setup.platform_certificate.pem, [setup.platform_public_key.id]: setup.platform_public_key.pem },
  secret: setup.api_v3_key,
  baseURL: url,
  proxy: false,
});

const order = (setup, number, more) => ({
  appid: setup.app_id, mchid: setup.mch_id, description: '2GB 月清零', out_trade_no: number,
  notify_url: 'https://shop.example/notify', amount: { total: 1800, currency: 'CNY' }, ...more,
});

const refusal = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return { status: error.response?.status, code: error.response?.data?.code };
  }
  return assert.fail('it was not refused');
};

test('a life of payments', async (t) => {
  const sandbox = await startSandbox();
  t.after(sandbox.stop);
  const { setup } = sandbox;

  for (const signWith of ['certificate', 'public_key']) {
    await sandbox.control('wechat/keys', { sign_with: signWith });
    const wxpay = client(sandbox);
    const number = `N_${signWith}`;
    const find = async () => (await wxpay.v3.pay.transactions.outTradeNo.$number$.get({ params: { mchid: setup.mch_id }, number })).data;

    await t.test(`native, ${signWith}`, async () => {
      const { data } = await wxpay.v3.pay.transactions.native.post(order(setup, number));
      assert.match(data.code_url, /^weixin:\/\/wxpay\/bizpayurl\?pr=/);
      assert.equal((await find()).trade_state, 'NOTPAY');
      await sandbox.control('wechat/pay', { out_trade_no: number });
      const paid = await find();
      assert.equal(paid.trade_state, 'SUCCESS');
      assert.equal(paid.amount.total, 1800);
      const byId = await wxpay.v3.pay.transactions.id.$id$.get({ params: { mchid: setup.mch_id }, id: paid.transaction_id });
      assert.equal(byId.data.out_trade_no, number);
    });

    await t.test(`refunds, ${signWith}`, async () => {
      const ask = (refundNumber, refund) => wxpay.v3.refund.domestic.refunds.post({
        out_trade_no: number, out_refund_no: refundNumber, reason: '退款', amount: { refund, total: 1800, currency: 'CNY' },
      });
      const first = await ask(`${number}_1`, 800);
      assert.equal(first.data.status, 'PROCESSING');
      assert.equal((await ask(`${number}_1`, 800)).data.refund_id, first.data.refund_id);
      assert.equal((await refusal(ask(`${number}_1`, 801))).code, 'PARAM_ERROR');
      assert.equal((await refusal(ask(`${number}_2`, 1001))).code, 'INVALID_REQUEST');
      await ask(`${number}_2`, 1000);
      const { data } = await wxpay.v3.refund.domestic.refunds.$no$.get({ no: `${number}_2` });
      assert.equal(data.amount.refund, 1000);
      assert.equal((await find()).trade_state, 'REFUND');
      assert.deepEqual(await refusal(wxpay.v3.refund.domestic.refunds.$no$.get({ no: 'nobody' })), { status: 404, code: 'RESOURCE_NOT_EXISTS' });
    });
  }

  const wxpay = client(sandbox);
  await t.test('H5 and close', async () => {
    const { data } = await wxpay.v3.pay.transactions.h5.post(order(setup, 'H100001', {
      scene_info: { payer_client_ip: '203.0.113.9', h5_info: { type: 'Wap' } },
    }));
    assert.match(data.h5_url, /checkmweb\?prepay_id=/);
    const close = () => wxpay.v3.pay.transactions.outTradeNo.$number$.close.post({ mchid: setup.mch_id }, { number: 'H100001' });
    assert.equal((await close()).status, 204);
    const { data: closed } = await wxpay.v3.pay.transactions.outTradeNo.$number$.get({ params: { mchid: setup.mch_id }, number: 'H100001' });
    assert.equal(closed.trade_state, 'CLOSED');
  });

  await t.test('JSAPI and the bridge', async () => {
    const { data } = await wxpay.v3.pay.transactions.jsapi.post(order(setup, 'J100001', { payer: { openid: setup.buyer } }));
    const call = { appId: setup.app_id, timeStamp: `${Formatter.timestamp()}`, nonceStr: Formatter.nonce(), package: `prepay_id=${data.prepay_id}` };
    const paySign = Rsa.sign(Formatter.joinedByLineFeed(call.appId, call.timeStamp, call.nonceStr, call.package), setup.private_key);
    const bridge = (sign) => sandbox.control('wechat/bridge', { ...call, signType: 'RSA', paySign: sign });
    assert.equal((await bridge(Rsa.sign('another', setup.private_key))).err_msg, 'get_brand_wcpay_request:fail');
    assert.equal((await bridge(paySign)).err_msg, 'get_brand_wcpay_request:ok');
  });

  await t.test('certificates open with the API v3 key', async () => {
    const { data } = await wxpay.v3.certificates.get();
    const [{ serial_no: serial, encrypt_certificate: sealed }] = data.data;
    const pem = Aes.AesGcm.decrypt(sealed.ciphertext, setup.api_v3_key, sealed.nonce, sealed.associated_data);
    assert.equal(serial, setup.platform_certificate.serial_no);
    assert.equal(pem, setup.platform_certificate.pem);
  });

  await t.test('a stranger is refused', async () => {
    const stranger = client(sandbox, newKeys());
    assert.deepEqual(await refusal(stranger.v3.pay.transactions.native.post(order(setup, 'S100001'))), { status: 401, code: 'SIGN_ERROR' });
    assert.deepEqual(
      await refusal(wxpay.v3.pay.transactions.outTradeNo.$number$.get({ params: { mchid: setup.mch_id }, number: 'S100001' })),
      { status: 404, code: 'ORDER_NOT_EXIST' },
    );
  });

  await t.test('a notice verifies and opens', async (inner) => {
    let got;
    const arrived = new Promise((resolve) => { got = resolve; });
    const server = await startServer((request) => { got(request); return { status: 204 }; });
    inner.after(server.stop);
    await wxpay.v3.pay.transactions.native.post(order(setup, 'M100001', { notify_url: `${server.url}/notify` }));
    await sandbox.control('wechat/pay', { out_trade_no: 'M100001' });
    const { headers, body } = await arrived;
    const message = Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], body);
    const pem = headers['wechatpay-serial'].startsWith('PUB_KEY_ID_') ? setup.platform_public_key.pem : setup.platform_certificate.pem;
    assert.ok(Rsa.verify(message, headers['wechatpay-signature'], pem));
    const { resource, event_type: event } = JSON.parse(body);
    assert.equal(event, 'TRANSACTION.SUCCESS');
    const opened = JSON.parse(Aes.AesGcm.decrypt(resource.ciphertext, setup.api_v3_key, resource.nonce, resource.associated_data));
    assert.equal(opened.out_trade_no, 'M100001');
    assert.equal(opened.amount.total, 1800);
  });
});
