import { AGENTS, Payments, bridgeComes, calls, makeOrder, pay } from "../../support/hosts.ts";
import { atTheWallet, goToPay, headingSays } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

const JSAPI = {
  kind: "wechat_jsapi",
  appId: "wx8888888888888888",
  timeStamp: "1414561699",
  nonceStr: "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
  package: "prepay_id=up_wx21201855730335ac86f8c43d1889123400",
  signType: "RSA",
  paySign: "oR9d8PuhnIc+YZ8cBHFCwfgpaK9gd7vaRvkYD7rthRAZ",
};
const { kind: _, ...VALUES } = JSAPI;

test.use({ userAgent: AGENTS.wechat });

/** Puts WeChat's bridge in, after a time; it answers like this. */
function bridge({ answer, late }: { answer: string; late: boolean }): void {
  const told = window as unknown as { calls: unknown[][]; WeixinJSBridge: object };
  told.calls = [];
  const put = () => {
    told.WeixinJSBridge = {
      invoke(name: string, values: object, said: (answer: object) => void) {
        told.calls.push([name, values]);
        setTimeout(() => said({ err_msg: answer }), 20);
      },
    };
    document.dispatchEvent(new Event("WeixinJSBridgeReady"));
  };
  if (late) Object.assign(window, { comes: put });
  else put();
}

for (const [answer, says, asks] of [
  ["get_brand_wcpay_request:ok", "还没有收到付款结果", 1],
  ["get_brand_wcpay_request:cancel", "支付已取消，可以重新支付", 0],
  ["get_brand_wcpay_request:fail", "支付没有成功", 0],
] as const) {
  test(`JSAPI says ${answer}`, async ({ page }) => {
    await page.addInitScript(bridge, { answer, late: false });
    const payments = await Payments.answer(page, JSAPI);
    await pay(page, await makeOrder(page), "微信支付");
    await expect(page.getByText(says)).toBeVisible();
    expect(await calls(page)).toEqual([["getBrandWCPayRequest", VALUES]]);
    expect(payments.asked).toEqual([{ method: "wechat", host: "wechat" }]);
    expect(payments.submitted).toBe(asks);
    await headingSays(page, "等待付款");
    await page.getByRole("button", { name: "重新支付" }).click();
    await expect.poll(async () => (await calls(page)).length).toBe(2);
  });
}

test("the bridge comes late, with its event", async ({ page }) => {
  await page.addInitScript(bridge, { answer: "get_brand_wcpay_request:cancel", late: true });
  const payments = await Payments.answer(page, JSAPI);
  await pay(page, await makeOrder(page), "微信支付");
  await bridgeComes(page, payments);
  await expect(page.getByText("支付已取消，可以重新支付")).toBeVisible();
  expect(await calls(page)).toEqual([["getBrandWCPayRequest", VALUES]]);
});

test("the bridge never comes", async ({ page }) => {
  await Payments.answer(page, JSAPI);
  await pay(page, await makeOrder(page), "微信支付");
  await expect(page.getByText("当前环境无法发起这种支付")).toBeVisible();
  await expect(page.getByRole("button", { name: "更换支付方式" })).toBeVisible();
});

test("the platform's own pay page opens where it takes the money", async ({ page }) => {
  await page.goto("/");
  await goToPay(page, { method: "微信支付" });
  await atTheWallet(page);
});

test("Alipay is led to a browser, with a link to copy", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const order = await makeOrder(page);
  await pay(page, order, "支付宝");
  await expect(page.getByRole("dialog", { name: "请在浏览器中打开" })).toBeVisible();
  await page.getByRole("button", { name: "复制链接" }).click();
  await expect(page.getByText("已复制")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(new URL(`/orders/${order.id}`, page.url()).href);
});

test.describe("outside of WeChat", () => {
  test.use({ userAgent: AGENTS.phone });

  test("H5 leaves for the cashier and tells it where from", async ({ page, baseURL }) => {
    const h5 = `${baseURL}/healthz?prepay_id=wx20&redirect_url=x`;
    const payments = await Payments.answer(page, { kind: "redirect", url: h5 });
    const left = page.waitForRequest(h5);
    await pay(page, await makeOrder(page), "微信支付");
    expect((await (await left).allHeaders())["referer"]).toContain(baseURL);
    expect(payments.asked).toEqual([{ method: "wechat", host: "mobile_browser" }]);
    await page.waitForURL(h5);
    await page.goBack();
    await headingSays(page, "等待付款");
    await expect(page.getByRole("button", { name: "我已完成支付" })).toBeVisible();
    await expect(page.getByRole("button", { name: "重新支付" })).toBeVisible();
  });
});
