import { type Page, type Route } from "@playwright/test";

import { CARD, makeOrder } from "../support/hosts.ts";
import { choosePackage, enterCard, headingSays, started } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

const again = (page: Page) => page.evaluate(() => void dispatchEvent(new Event("online")));

test("announcements come by themselves once there is a network again", async ({ page, context }) => {
  await page.goto("/");
  await started(page);
  await context.setOffline(true);
  await page.getByRole("link", { name: "公告" }).click();
  await expect(page.getByRole("button", { name: "重试" })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("button", { name: "重试" })).toHaveCount(0);
  await expect(page.locator("article, .state").first()).toBeVisible();
});

test("the orders of a card and of the device come by themselves, whatever was out", async ({ page }) => {
  const order = await makeOrder(page);
  await page.goto(`/orders/${order.id}`);
  await headingSays(page, "等待付款");
  let out = true;
  const cut = (route: Route) => (out ? route.abort() : route.continue());
  await page.route("**/api/v1/cards/orders", cut);
  await page.route(/\/api\/v1\/orders\/[0-9a-f]{32}$/, cut);
  await page.goto("/orders");
  await page.getByRole("textbox", { name: "流量卡号" }).fill(CARD);
  await page.getByRole("button", { name: "查询", exact: true }).click();
  await expect(page.getByRole("button", { name: "重试" })).toBeVisible();
  await page.request.post(`/api/v1/orders/${order.id}/cancel`, { data: {} });
  out = false;
  await again(page);
  await expect(page.locator("section[aria-labelledby=card-orders] .row").first()).toBeVisible();
  await expect(page.locator("section[aria-labelledby=device-orders]").getByText("已取消")).toBeVisible();
});

test("what the shop needs comes by itself after a gateway that was out, without a word of the browser", async ({ page }) => {
  let out = true;
  await page.route("**/api/v1/storefront", (route) =>
    out ? route.fulfill({ status: 502, body: "<html>" }) : route.continue(),
  );
  await page.goto("/notices");
  await headingSays(page, "公告");
  out = false;
  await page.waitForResponse((answer) => answer.url().endsWith("/storefront") && answer.ok(), { timeout: 30_000 });
});

test("a change of language leaves the focus where it was", async ({ page }) => {
  for (const path of ["/", "/usage", "/notices", "/realname"]) {
    await page.goto(path);
    await expect(page.locator("#shell")).toHaveCount(0);
    for (const name of ["English", "中文"]) {
      const button = page.getByRole("button", { name });
      await button.focus();
      await page.keyboard.press("Enter");
      const other = page.getByRole("button", { name: name === "English" ? "中文" : "English" });
      await expect(other).toBeFocused();
    }
  }
});

test("the page behind a sheet cannot be reached, with and without `inert`", async ({ page }) => {
  for (const old of [false, true]) {
    await page.goto("/");
    await enterCard(page, CARD);
    const sheet = await choosePackage(page);
    if (old) await page.evaluate(() => document.getElementById("app")?.removeAttribute("inert"));
    await expect(page.getByRole("textbox", { name: "流量卡号" })).toHaveCount(0);
    await page.evaluate(() => document.getElementById("sim")?.focus());
    const isInPage = () => page.evaluate(() => Boolean(document.activeElement?.closest("#app")));
    expect(await isInPage()).toBe(false);
    for (let presses = 0; presses < 8; presses += 1) {
      await page.keyboard.press(presses % 2 ? "Shift+Tab" : "Tab");
      expect(await isInPage()).toBe(false);
    }
    await sheet.getByRole("button", { name: "取消" }).click();
    await expect(page.getByRole("textbox", { name: "流量卡号" })).toBeVisible();
    await expect(page.getByRole("button", { name: "立即充值" })).toBeFocused();
  }
});
