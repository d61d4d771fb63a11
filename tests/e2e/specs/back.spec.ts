import { type Page } from "@playwright/test";

import { CARD, Payments, makeDoneOrder, makeOrder } from "../support/hosts.ts";
import { fakeCamera, scanButton, tracks } from "../support/scan.ts";
import { choosePackage, enterCard, headingSays, started } from "../support/shop.ts";
import { startSite } from "../support/site.ts";
import { expect, test } from "../support/test.ts";

const dialog = (page: Page) => page.getByRole("dialog");

/** How many more times Back can be pressed before the shop is left, counted from the page before the shop. */
async function leavesBy(page: Page, presses: number, site: string): Promise<void> {
  for (let left = presses; left > 0; left -= 1) {
    expect(page.url()).not.toContain(site);
    await page.goBack();
  }
  await expect(page).toHaveURL(new RegExp(site));
}

test("Back closes the sheet and stays in the shop; a sheet that was closed leaves no entry", async ({ page }) => {
  const site = await startSite("<h1>before</h1>");
  await page.goto(site.url);
  await page.goto("/");
  await enterCard(page, CARD);
  const sheet = await choosePackage(page);
  await page.goBack();
  await expect(sheet).toBeHidden();
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole("radio", { name: "2GB 月清零 ¥18" })).toBeChecked();
  const length = await page.evaluate(() => history.length);
  // Closed by its button, by Esc and by a tap beside it.
  for (const close of [
    () => sheet.getByRole("button", { name: "取消" }).click(),
    () => page.keyboard.press("Escape"),
    () => page.locator(".sheet-shade").click({ position: { x: 5, y: 5 } }),
  ]) {
    await page.getByRole("button", { name: "立即充值" }).click();
    await expect(sheet).toBeVisible();
    await close();
    await expect(sheet).toBeHidden();
    await expect.poll(() => page.evaluate(() => String(history.state).split(" ")[1])).toBe("0");
  }
  expect(await page.evaluate(() => history.length)).toBe(length);
  await leavesBy(page, 1, site.url);
  // The way forward leads to the shop and never to a sheet that is not there.
  await page.goForward();
  await started(page);
  await page.evaluate(() => history.forward());
  await expect.poll(() => page.evaluate(() => String(history.state).split(" ")[1])).toBe("0");
  await expect(dialog(page)).toHaveCount(0);
  await site.stop();
});

test("the sheets of an order close on Back too", async ({ page }) => {
  const site = await startSite("<h1>before</h1>");
  const order = await makeOrder(page);
  await page.goto(site.url);
  await page.goto(`/orders/${order.id}`);
  for (const opener of ["去支付", "取消订单"]) {
    await page.getByRole("button", { name: opener }).click();
    await expect(dialog(page)).toBeVisible();
    await page.goBack();
    await expect(dialog(page)).toBeHidden();
    await headingSays(page, "等待付款");
  }
  await page.getByRole("button", { name: "取消订单" }).click();
  await dialog(page).getByRole("button", { name: "确定取消" }).click();
  await headingSays(page, "订单已取消");
  await expect.poll(() => page.evaluate(() => String(history.state).split(" ")[1])).toBe("0");
  await leavesBy(page, 1, site.url);
  await site.stop();
});

test("a sheet that only says something closes on Back", async ({ page }) => {
  const order = await makeDoneOrder(page);
  await page.goto(`/orders/${order.id}`);
  await page.getByRole("button", { name: "完成" }).click();
  await expect(dialog(page)).toBeVisible({ timeout: 15_000 });
  await page.goBack();
  await expect(dialog(page)).toBeHidden();
  await headingSays(page, "订单已取消");
});

test("the camera closes on Back, and nothing of it is left", async ({ page }) => {
  await fakeCamera(page);
  await page.goto("/");
  await started(page);
  await scanButton(page).click();
  await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 1 });
  await page.goBack();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/$/);
  await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 0 });
});

test("a reload with an open sheet takes one press of Back to leave", async ({ page }) => {
  const site = await startSite("<h1>before</h1>");
  await page.goto(site.url);
  await page.goto("/");
  await enterCard(page, CARD);
  await choosePackage(page);
  await page.reload();
  await started(page);
  await expect.poll(() => page.evaluate(() => String(history.state).split(" ")[1])).toBe("0");
  await leavesBy(page, 1, site.url);
  await site.stop();
});

test("from the sheet to the order and to the wallet the history has no entry of the sheet", async ({ page }) => {
  const site = await startSite("<h1>before</h1>");
  await Payments.answer(page, { kind: "none" });
  await page.goto(site.url);
  await page.goto("/");
  await enterCard(page, CARD);
  let sheet = await choosePackage(page, "6GB 月清零 ¥41");
  await sheet.getByRole("button", { name: "支付宝" }).click();
  await headingSays(page, "等待付款");
  await page.getByRole("button", { name: "更换支付方式" }).click();
  sheet = dialog(page);
  await sheet.getByRole("button", { name: "支付宝" }).click();
  await expect(sheet).toBeHidden();
  await expect.poll(() => page.evaluate(() => String(history.state).split(" ")[1])).toBe("0");
  await page.goBack();
  await started(page);
  await leavesBy(page, 1, site.url);
  await site.stop();
});

for (const [slow, name] of [
  ["**/api/v1/orders", "6GB 月清零 ¥41"],
  ["**/api/v1/orders/*/payments", "1GB 月清零 ¥12"],
] as const) {
  test(`the buyer goes back while ${slow} is slow: nothing opens, and the order is offered again`, async ({ page }) => {
    const held = await hold(page, slow);
    await page.goto("/");
    await enterCard(page, CARD);
    const sheet = await choosePackage(page, name);
    await sheet.getByRole("button", { name: "支付宝" }).click();
    await held.asked;
    await page.goBack();
    await expect(dialog(page)).toHaveCount(0);
    await held.answer();
    await page.waitForTimeout(700);
    await expect(page).toHaveURL(/\/$/);
    await page.unroute(slow);
    await page.getByRole("button", { name: "立即充值" }).click();
    await expect(page.getByText("有一笔未付款的订单")).toBeVisible();
    await page.getByRole("button", { name: "继续付款" }).click();
    await headingSays(page, "等待付款");
  });
}

test("whoever leaves the order while its wallet is on the way is led nowhere", async ({ page }) => {
  const order = await makeOrder(page);
  const held = await hold(page, "**/payments");
  await page.goto("/");
  await started(page);
  await page.getByRole("link", { name: "我的订单" }).click();
  await page.goto(`/orders/${order.id}`);
  await page.getByRole("button", { name: "去支付" }).click();
  await dialog(page).getByRole("button", { name: "支付宝" }).click();
  await held.asked;
  await page.goBack();
  await page.getByRole("link", { name: "回到充值" }).click();
  await started(page);
  await held.answer();
  await page.waitForTimeout(700);
  await expect(page).toHaveURL(/\/$/);
  await expect(dialog(page)).toHaveCount(0);
});

test("a page that was left in the middle and is shown again as it was goes on to no wallet", async ({ page }) => {
  const held = await hold(page, "**/payments");
  await page.goto("/");
  await enterCard(page, CARD);
  const sheet = await choosePackage(page, "4GB 月清零 ¥30");
  await sheet.getByRole("button", { name: "支付宝" }).click();
  await held.asked;
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await expect(dialog(page)).toHaveCount(0);
  await held.answer();
  await page.waitForTimeout(700);
  await expect(page).toHaveURL(/\/$/);
});

test("完成 finds the site of entry past what lies ahead in the history", async ({ page, baseURL }) => {
  const site = await startSite("<h1>before</h1>");
  const order = await makeDoneOrder(page);
  await page.goto(site.url);
  await page.evaluate((url) => void (location.href = url), `${baseURL}/`);
  await started(page);
  await page.goto(`/orders/${order.id}`);
  await headingSays(page, "订单已取消");
  await page.getByRole("link", { name: "重新下单" }).click();
  await started(page);
  await page.getByRole("link", { name: "我的订单" }).click();
  await headingSays(page, /订单/);
  await page.goBack();
  await started(page);
  await page.goBack();
  await headingSays(page, "订单已取消");
  await page.getByRole("button", { name: "完成" }).click();
  await expect(page.getByRole("heading", { name: "before" })).toBeVisible();
  await site.stop();
});

/** Keeps an answer back until it is wanted; payments are answered with a wallet that leads away from the shop. */
async function hold(page: Page, pattern: string): Promise<{ asked: Promise<void>; answer(): Promise<void> }> {
  let release = () => {};
  let arrived = () => {};
  let done = () => {};
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  const answered = new Promise<void>((resolve) => (done = resolve));
  await page.route(pattern, async (route) => {
    arrived();
    await new Promise<void>((go) => (release = go));
    if (pattern.endsWith("payments")) {
      const launch = { kind: "redirect", url: new URL("/healthz?wallet", page.url()).href };
      const expires_at = new Date(Date.now() + 600_000).toISOString();
      await route.fulfill({ json: { method: "alipay", state: "launched", launch, expires_at } });
    } else {
      await route.fulfill({ response: await route.fetch() });
    }
    done();
  });
  return {
    asked,
    answer: () => {
      release();
      return answered;
    },
  };
}
