import { CARD, atTheWallet, enterCard, goToPay, headingSays } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

test("a lost notice is made up for by asking", async ({ page, control }) => {
  await page.goto("/");
  await goToPay(page, { package: "4GB 月清零 ¥30" });
  await atTheWallet(page);
  await page.getByRole("button", { name: "付款但丢失通知" }).click();
  await headingSays(page, "充值成功");
  const payment = await control.paymentFor(CARD);
  expect(payment.notices_accepted).toBe(0);
  expect(await control.creditsOf(payment.outTradeNo)).toBe(1);
});

test("an order that has expired and is paid then is credited", async ({ page, control, gateway }) => {
  const shop = await gateway({ RECHARGE__ORDERS__LIFETIME_SECONDS: "6" });
  await page.goto(shop.url);
  await goToPay(page);
  await atTheWallet(page);
  const payment = await control.paymentFor(CARD);
  await page.goBack();
  await headingSays(page, "订单已过期");
  await control.pay(payment.outTradeNo, { force: true });
  await headingSays(page, "充值成功");
  expect(await control.creditsOf(payment.outTradeNo)).toBe(1);
});

test("an order that was cancelled and is paid then is credited", async ({ page, control }) => {
  await page.goto("/");
  await goToPay(page, { package: "6GB 月清零 ¥41" });
  await atTheWallet(page);
  const payment = await control.paymentFor(CARD);
  await page.goBack();
  await page.getByRole("button", { name: "取消订单" }).click();
  await page.getByRole("button", { name: "确定取消" }).click();
  await headingSays(page, "订单已取消");
  await control.pay(payment.outTradeNo, { force: true });
  await headingSays(page, "充值成功");
  expect(await control.creditsOf(payment.outTradeNo)).toBe(1);
});

test("a recharge that fails is refunded and the buyer is told", async ({ page, control }) => {
  await control.credit({ mode: "refund_after_fail", delay_ms: 1500 });
  await page.goto("/");
  await goToPay(page, { package: "8GB 月清零 ¥53" });
  await atTheWallet(page);
  await page.getByRole("button", { name: "确认付款" }).click();
  await headingSays(page, "已退款");
  await expect(page.getByText("充值失败").first()).toBeVisible();
});

test("the page goes on by itself when the platform comes back", async ({ page, control }) => {
  await page.goto("/");
  await control.fault({ route: "GET /cards/FlowCard/Detail", kind: "http_500", times: 1 });
  await page.getByRole("textbox", { name: "流量卡号" }).fill(CARD);
  await page.getByRole("button", { name: "重试" }).click();
  await enterCard(page);
});
