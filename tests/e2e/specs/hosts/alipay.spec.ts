import { AGENTS, Payments, bridgeComes, calls, makeOrder, pay } from "../../support/hosts.ts";
import { readQr } from "../../support/qr.ts";
import { atTheWallet, goToPay, headingSays } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

const TRADE = { kind: "alipay_trade", trade_no: "2026112122001411111111111111" };

test.use({ userAgent: AGENTS.alipay });

/** Puts Alipay's bridge in, after a time; it answers like this. */
function bridge({ resultCode, late }: { resultCode: string; late: boolean }): void {
  const told = window as unknown as { calls: unknown[][]; AlipayJSBridge: object };
  told.calls = [];
  const put = () => {
    told.AlipayJSBridge = {
      call(name: string, values: object, said: (answer: object) => void) {
        told.calls.push([name, values]);
        setTimeout(() => said({ resultCode }), 20);
      },
    };
    document.dispatchEvent(new Event("AlipayJSBridgeReady"));
  };
  if (late) Object.assign(window, { comes: put });
  else put();
}

for (const [resultCode, says, asks] of [
  ["9000", "还没有收到付款结果", 1],
  ["8000", "还没有收到付款结果", 1],
  ["6001", "支付已取消，可以重新支付", 0],
  ["6002", "网络连接出错", 0],
  ["4000", "支付没有成功", 0],
] as const) {
  test(`tradePay says ${resultCode}`, async ({ page }) => {
    await page.addInitScript(bridge, { resultCode, late: false });
    const payments = await Payments.answer(page, TRADE);
    await pay(page, await makeOrder(page), "支付宝");
    await expect(page.getByText(says)).toBeVisible();
    expect(await calls(page)).toEqual([["tradePay", { tradeNO: TRADE.trade_no }]]);
    expect(payments.asked).toEqual([{ method: "alipay", host: "alipay" }]);
    expect(payments.submitted).toBe(asks);
    await headingSays(page, "等待付款");
    await page.getByRole("button", { name: "重新支付" }).click();
    await expect.poll(async () => (await calls(page)).length).toBe(2);
  });
}

test("the bridge comes late, with its event", async ({ page }) => {
  await page.addInitScript(bridge, { resultCode: "6001", late: true });
  const payments = await Payments.answer(page, TRADE);
  await pay(page, await makeOrder(page), "支付宝");
  await bridgeComes(page, payments);
  await expect(page.getByText("支付已取消，可以重新支付")).toBeVisible();
  expect(await calls(page)).toEqual([["tradePay", { tradeNO: TRADE.trade_no }]]);
});

test("WAP leaves for the cashier", async ({ page }) => {
  await page.goto("/");
  await goToPay(page, { method: "支付宝" });
  await atTheWallet(page);
});

test("WeChat Pay is a code for a second device", async ({ page }) => {
  const content = "weixin://wxpay/bizpayurl?pr=Zk3nT9qLm";
  const expires_at = new Date(Date.now() + 600_000).toISOString();
  const payments = await Payments.answer(page, { kind: "qr", content, expires_at });
  await pay(page, await makeOrder(page), "微信支付");
  await headingSays(page, "扫码付款");
  await expect.poll(() => readQr(page, page.getByRole("img", { name: "付款二维码" })).catch(String)).toBe(content);
  expect(payments.asked).toEqual([{ method: "wechat", host: "alipay" }]);
});
