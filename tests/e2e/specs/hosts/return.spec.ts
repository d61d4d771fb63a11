import { AGENTS, CARD, Payments, calls, makeOrder } from "../../support/hosts.ts";
import { atTheWallet, goToPay, headingSays, orderId } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

test("row 24: a made-up return address, or an old one with its signature, changes nothing", async ({ page, control }) => {
  await page.goto("/");
  await goToPay(page, { card: CARD, package: "1GB 月清零 ¥12" });
  await atTheWallet(page);
  await page.goBack();
  await headingSays(page, "等待付款");
  const order = `/orders/${orderId(page)}`;
  const said = "?status=success&trade_status=TRADE_SUCCESS&total_amount=12.00&sign_type=RSA2&sign=bm90IGEgc2lnbmF0dXJl";
  await page.goto(order + said);
  await headingSays(page, "等待付款");
  expect(new URL(page.url()).search, "what a wallet says does not stay in the address").toBe("");
  await expect(page.getByText(/支付成功|充值成功|支付失败/)).toHaveCount(0);
  await page.getByRole("button", { name: "我已完成支付" }).click();
  await expect(page.getByText("还没有收到付款结果")).toBeVisible();
  await headingSays(page, "等待付款");
  expect((await control.ledger()).payments.map((payment) => payment.status)).toEqual(["unpaid"]);
  await page.getByRole("button", { name: "重新支付" }).click();
  await atTheWallet(page);
  await page.getByRole("button", { name: "确认付款" }).click();
  await headingSays(page, "充值成功");
  await page.goto(`${order}?status=failed`);
  await headingSays(page, "充值成功");
});

test.describe("back from the wallet's question who the buyer is", () => {
  test.use({ userAgent: AGENTS.wechat });

  const JSAPI = { kind: "wechat_jsapi", appId: "wx1", timeStamp: "1", nonceStr: "n", package: "prepay_id=1", signType: "RSA", paySign: "s" };

  test.beforeEach(async ({ page }) => {
    await page.addInitScript(() => {
      const told = window as unknown as { calls: unknown[][]; WeixinJSBridge: object };
      told.calls = [];
      told.WeixinJSBridge = {
        invoke(name: string, _values: object, said: (answer: object) => void) {
          told.calls.push([name]);
          setTimeout(() => said({ err_msg: "get_brand_wcpay_request:cancel" }), 20);
        },
      };
    });
  });

  test("the payment goes on by itself, once", async ({ page }) => {
    const payments = await Payments.answer(page, JSAPI);
    const order = await makeOrder(page);
    await page.goto(`/orders/${order.id}#pay=wechat`);
    await expect(page.getByText("支付已取消")).toBeVisible();
    expect(page.url()).not.toContain("#");
    expect(payments.asked).toEqual([{ method: "wechat", host: "wechat" }]);
    expect(await calls(page)).toEqual([["getBrandWCPayRequest"]]);
    await page.reload();
    await headingSays(page, "等待付款");
    await page.waitForTimeout(1500);
    expect(payments.asked).toHaveLength(1);
    expect(await calls(page)).toEqual([]);
  });

  test("an order that is over is not paid", async ({ page }) => {
    const payments = await Payments.answer(page, JSAPI);
    const order = await makeOrder(page);
    await page.request.post(`/api/v1/orders/${order.id}/cancel`, { data: {} });
    await page.goto(`/orders/${order.id}#pay=wechat`);
    await headingSays(page, "订单已取消");
    expect(page.url()).not.toContain("#");
    await page.waitForTimeout(1000);
    expect(payments.asked).toEqual([]);
  });

  test("a wallet that asks again and again is not followed", async ({ page, baseURL }) => {
    const payments = await Payments.answer(page, { kind: "redirect", url: `${baseURL}/oauth/wechat/start?order=x` });
    const order = await makeOrder(page);
    await page.goto(`/orders/${order.id}#pay=wechat`);
    await expect(page.getByText("支付没有成功")).toBeVisible();
    expect(payments.asked).toHaveLength(1);
    expect(new URL(page.url()).pathname).toBe(`/orders/${order.id}`);
  });
});
