import { type Locator, type Page } from "@playwright/test";

import { AGENTS, CARD, Payments, makeOrder } from "../support/hosts.ts";
import { atTheWallet, choosePackage, goToPay, headingSays } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

test("row 62: a purchase goes on with the storage full", async ({ page, control }) => {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await page.goto("/");
  await goToPay(page, { card: CARD, package: "3GB 月清零 ¥24.1" });
  await atTheWallet(page);
  await page.goBack();
  await headingSays(page, "等待付款");
  await control.pay((await control.paymentFor(CARD)).outTradeNo);
  await headingSays(page, "充值成功");
});

test("row 62: a purchase goes on without what old WebViews lack", async ({ page }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.addInitScript(() => {
    for (const name of [
      "Intl",
      "WeakRef",
      "FinalizationRegistry",
      "structuredClone",
      "AbortController",
      "AbortSignal",
      "ResizeObserver",
      "IntersectionObserver",
      "queueMicrotask",
      "requestIdleCallback",
      "EventSource",
      "BarcodeDetector",
    ])
      Reflect.deleteProperty(window, name);
    for (const name of ["clipboard", "locks", "share", "permissions"]) Reflect.deleteProperty(Navigator.prototype, name);
    for (const name of ["replaceAll", "at"]) Reflect.deleteProperty(String.prototype, name);
    Reflect.deleteProperty(Object, "fromEntries");
    Reflect.deleteProperty(Array.prototype, "flat");
    Reflect.deleteProperty(Array.prototype, "at");
  });
  await page.goto("/");
  await goToPay(page, { card: CARD, package: "4GB 月清零 ¥30" });
  await atTheWallet(page);
  await page.getByRole("button", { name: "确认付款" }).click();
  await headingSays(page, "充值成功");
  expect(errors).toEqual([]);
});

test("row 62: without a network the page says so, and goes on by itself when there is one", async ({ page, context }) => {
  const order = await makeOrder(page);
  // A stream that stands already is not cut by the browser's own switch.
  await page.route("**/events", (route) => route.abort());
  await page.goto(`/orders/${order.id}`);
  await headingSays(page, "等待付款");
  await context.setOffline(true);
  await expect(page.getByText("网络已断开")).toBeVisible();
  await page.request.post(`/api/v1/orders/${order.id}/cancel`, { data: {} });
  await headingSays(page, "等待付款");
  await context.setOffline(false);
  await expect(page.getByText("网络已断开")).toBeHidden();
  await headingSays(page, "订单已取消");
});

test("row 62: a page out of the back-forward cache asks at once", async ({ page }) => {
  const order = await makeOrder(page);
  await Payments.answer(page, { kind: "none" });
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().endsWith(`/api/v1/orders/${order.id}`)) asked += 1;
  });
  await page.goto(`/orders/${order.id}`);
  await headingSays(page, "等待付款");
  // The pauses between questions grow; a page that was put away would wait for one of them.
  await page.waitForTimeout(12_000);
  const before = asked;
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await expect.poll(() => asked, { timeout: 1500 }).toBeGreaterThan(before);
});

test("row 61: answers that are late, and lost after they took effect, make no second order or payment", async ({ page, control }) => {
  const asked = new Map<string, number>();
  const orders = new Set<string>();
  await page.route("**/api/v1/**", async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname.replace(/[0-9a-f]{32}/, "{id}");
    if (path.endsWith("/events")) return route.abort("connectionreset");
    const times = (asked.get(`${request.method()} ${path}`) ?? 0) + 1;
    asked.set(`${request.method()} ${path}`, times);
    const answer = await route.fetch();
    if (path === "/api/v1/orders" && answer.status() === 201) orders.add(((await answer.json()) as { id: string }).id);
    await new Promise((resolve) => setTimeout(resolve, 700));
    if (times === 1) return route.abort("connectionreset");
    return route.fulfill({ response: answer });
  });
  await page.goto("/");
  await page.getByRole("textbox", { name: "流量卡号" }).fill(CARD);
  await tryOn(page, page.getByText(/\*{4} 8581/).first());
  await tryOn(page, page.getByText("当月有效").first());
  const sheet = await choosePackage(page, "8GB 月清零 ¥53");
  await tryOn(page, sheet.getByRole("button", { name: "支付宝" }));
  await sheet.getByRole("button", { name: "支付宝" }).click();
  await tryOn(page, page.getByRole("button", { name: "确认付款" }));
  const { payments } = await control.ledger();
  expect(payments).toHaveLength(1);
  expect(orders.size).toBe(1);
  expect(asked.get("POST /api/v1/orders")).toBeGreaterThan(1);
  expect(asked.get("POST /api/v1/orders/{id}/payments")).toBeGreaterThan(1);
  await page.getByRole("button", { name: "确认付款" }).click();
  await headingSays(page, "充值成功");
  expect(await control.creditsOf(payments[0]?.outTradeNo ?? "")).toBe(1);
});

/** What a patient buyer does: tries again wherever that is offered, until what is wanted is there. */
async function tryOn(page: Page, wanted: Locator): Promise<void> {
  const again = page.getByRole("button", { name: "重试" }).last();
  await expect(async () => {
    if (await again.isVisible()) await again.click({ timeout: 500 });
    await expect(wanted).toBeVisible({ timeout: 1500 });
  }).toPass({ timeout: 20_000 });
}

test.describe("cookies are off", () => {
  test.use({ userAgent: AGENTS.wechat });

  test("row 62: a purchase that needs none goes on", async ({ page, context }) => {
    await context.route("**/*", async (route) => {
      const { cookie: _, ...headers } = await route.request().allHeaders();
      await route.continue({ headers });
    });
    await page.goto("/");
    await goToPay(page, { card: CARD, package: "6GB 月清零 ¥41", method: "微信支付" });
    await atTheWallet(page);
  });
});

test.describe("on a small phone with large text", () => {
  test.use({ viewport: { width: 320, height: 568 } });

  test("row 62: with text at 200 % everything can be reached and nothing is wider than the screen", async ({ page }) => {
    await page.addInitScript(() =>
      addEventListener("DOMContentLoaded", () => document.documentElement.style.setProperty("font-size", "200%")),
    );
    const order = await makeOrder(page);
    for (const path of [`/#card=${CARD}`, "/usage", "/realname", "/notices", "/orders", `/orders/${order.id}`]) {
      await page.goto("about:blank");
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await page.waitForTimeout(500);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wider, path).toBeLessThanOrEqual(0);
    }
    const pay = page.getByRole("button", { name: "去支付" });
    await pay.scrollIntoViewIfNeeded();
    await pay.click();
    const sheet = page.getByRole("dialog", { name: "选择支付方式" });
    await sheet.getByRole("button", { name: "取消" }).click();
    await expect(sheet).toBeHidden();
  });
});
