import { type Page } from "@playwright/test";

import { atTheWallet, choosePackage, enterCard, goToPay, headingSays, orderId, tick } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

const other = "898607B2091701418585";

test("a double tap makes one order and one payment", async ({ page, control }) => {
  const orders = await countOrders(page);
  await page.goto("/");
  await enterCard(page, other);
  const sheet = await choosePackage(page, "1GB 月清零 ¥12");
  await sheet.getByRole("button", { name: "支付宝" }).dblclick();
  await atTheWallet(page);
  expect(orders.size).toBe(1);
  expect((await control.ledger()).payments).toHaveLength(1);
});

test("a reload at every step leads on", async ({ page, control }) => {
  const orders = await countOrders(page);
  await page.goto("/");
  await enterCard(page, other);
  await page.reload();
  await enterCard(page, other);
  const sheet = await choosePackage(page, "2GB 月清零 ¥18");
  await expect(sheet).toBeVisible();
  await page.reload();
  await goToPay(page, { card: other, package: "2GB 月清零 ¥18" });
  await atTheWallet(page);
  const payment = await control.paymentFor(other);
  await page.goBack();
  await headingSays(page, "等待付款");
  const id = orderId(page);
  await page.reload();
  await headingSays(page, "等待付款");
  expect(orderId(page)).toBe(id);
  await control.credit({ delay_ms: 2500 });
  await control.pay(payment.outTradeNo);
  await headingSays(page, "支付成功，充值处理中");
  await page.reload();
  await headingSays(page, "充值成功");
  expect(orders.size).toBe(1);
  expect((await control.ledger()).payments).toHaveLength(1);
});

test("two tabs make one order, and a second purchase on purpose stays possible", async ({ context, control }) => {
  const [first, second] = [await context.newPage(), await context.newPage()];
  const orders = new Set<string>();
  for (const page of [first, second]) await countOrders(page, orders);
  await first.goto("/");
  await goToPay(first, { card: other, package: "3GB 月清零 ¥24.1" });
  await atTheWallet(first);
  await second.goto("/");
  await enterCard(second, other);
  const radio = second.getByRole("radio", { name: "3GB 月清零 ¥24.1" });
  await tick(radio);
  await second.getByRole("button", { name: "立即充值" }).click();
  await expect(second.getByText("有一笔未付款的订单")).toBeVisible();
  await second.getByRole("button", { name: "继续付款" }).click();
  await headingSays(second, "等待付款");
  expect(orders.size).toBe(1);
  expect((await control.ledger()).payments).toHaveLength(1);

  await second.goto("/");
  await enterCard(second, other);
  await tick(second.getByRole("radio", { name: "3GB 月清零 ¥24.1" }));
  await second.getByRole("button", { name: "立即充值" }).click();
  await second.getByRole("button", { name: "重新下单" }).click();
  await second.getByRole("dialog", { name: "选择支付方式" }).getByRole("button", { name: "支付宝" }).click();
  await atTheWallet(second);
  expect(orders.size).toBe(2);
});

test("what was bought minutes ago is asked about without a request that failed", async ({ page, control }) => {
  const card = "89860621900012345634";
  const wanted = { card, package: "6GB 月清零" };
  await page.goto("/");
  await goToPay(page, wanted);
  await atTheWallet(page);
  await control.pay((await control.paymentFor(card)).outTradeNo);
  await page.goto("/");
  const noise: string[] = [];
  page.on("console", (message) => message.type() === "error" && noise.push(message.text()));
  page.on("response", (answer) => answer.status() >= 400 && noise.push(`${answer.status()} ${answer.url()}`));
  await expect(async () => {
    await page.goto("/");
    await goToPay(page, wanted);
    await expect(page.getByText("刚刚买过同一套餐").first()).toBeVisible({ timeout: 1500 });
  }).toPass();
  await page.getByRole("dialog").getByRole("button").first().click();
  await atTheWallet(page);
  expect(noise).toEqual([]);
  expect((await control.ledger()).payments).toHaveLength(2);
});

test("row 62: everything works with storage blocked", async ({ page, control }) => {
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("blocked", "SecurityError");
        },
      });
    }
  });
  const orders = await countOrders(page);
  await page.goto("/");
  await goToPay(page, { card: other, package: "4GB 月清零 ¥30" });
  await atTheWallet(page);
  await page.goBack();
  await headingSays(page, "等待付款");
  await page.reload();
  await headingSays(page, "等待付款");
  const payment = await control.paymentFor(other);
  await control.pay(payment.outTradeNo);
  await headingSays(page, "充值成功");
  expect(orders.size).toBe(1);
});

test("a cold reopening finds the order as it is", async ({ page, browser, control }) => {
  await page.goto("/");
  await goToPay(page, { card: other, package: "6GB 月清零 ¥41" });
  await atTheWallet(page);
  const payment = await control.paymentFor(other);
  await page.goBack();
  await headingSays(page, "等待付款");
  const address = page.url();
  await page.close();
  await control.pay(payment.outTradeNo);
  const later = await browser.newPage();
  await later.goto(address);
  await headingSays(later, "充值成功");
  await later.close();
});

/** The ids of the orders that the gateway gives a page, read before the page has them and can leave. */
async function countOrders(page: Page, ids: Set<string> = new Set()): Promise<Set<string>> {
  await page.route("**/api/v1/orders", async (route) => {
    const response = await route.fetch();
    if (response.status() === 201) ids.add(((await response.json()) as { id: string }).id);
    await route.fulfill({ response });
  });
  return ids;
}
