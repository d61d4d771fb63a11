import { type Page } from "@playwright/test";

import { AGENTS, makeOrder } from "../support/hosts.ts";
import { CARD, atTheWallet, enterCard, goToPay, maskedEnd, started } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

const OTHER = "898607B2091701418585";

const box = (page: Page) => page.getByRole("textbox", { name: "流量卡号" });

/** Every way in which an address comes to a page that is open. */
const WAYS: Record<string, (page: Page, link: string) => Promise<unknown>> = {
  "the fragment is changed": (page, link) => page.evaluate((hash) => void (location.hash = hash), link.slice(1)),
  "an app loads it into its web view": (page, link) => page.goto(link),
  "a link in the page is followed": (page, link) =>
    page.evaluate((href) => {
      const anchor = document.createElement("a");
      anchor.href = href;
      document.body.appendChild(anchor);
      anchor.click();
      anchor.remove();
    }, link),
  "the way back leads to it": async (page, link) => {
    await page.evaluate((href) => {
      history.pushState(null, "", href);
      history.pushState(null, "", "/#");
    }, link);
    await page.goBack();
  },
};

for (const [way, arrive] of Object.entries(WAYS)) {
  test(`a link that is opened in the open page counts: ${way}`, async ({ page, control }) => {
    await page.goto(`/#card=${CARD}&package=1102`);
    await started(page);
    await expect(page.getByText(maskedEnd(CARD)).first()).toBeVisible();
    await page.getByRole("button", { name: "立即充值" }).click();
    const sheet = page.getByRole("dialog", { name: "选择支付方式" });
    await expect(sheet).toBeVisible();

    await arrive(page, `/#card=${OTHER}&package=1101&method=wechat`);
    await expect(sheet).toBeHidden();
    await expect(box(page)).toHaveValue(OTHER);
    await expect(page.getByRole("radio", { name: "1GB 月清零 ¥12" })).toBeChecked();
    await expect.poll(() => page.evaluate(() => location.href)).not.toContain(OTHER);
    await page.getByRole("button", { name: "立即充值" }).click();
    await expect(sheet.getByRole("button").first()).toHaveText("微信支付");
    await sheet.getByRole("button", { name: "支付宝" }).click();
    await atTheWallet(page);
    expect((await control.ledger()).payments.map(({ cardNo }) => cardNo)).toEqual([OTHER]);
  });
}

test("a link that comes to another screen, and one in another language, count too", async ({ page }) => {
  await page.goto("/usage");
  await enterCard(page);
  await page.evaluate((card) => void (location.hash = `card=${card}`), OTHER);
  await expect(box(page)).toHaveValue(OTHER);
  await expect(page.getByText(maskedEnd(OTHER)).first()).toBeVisible();
  await page.evaluate(() => void (location.hash = "lang=en"));
  await expect(page.getByRole("heading", { level: 1, name: "Data usage" })).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveValue(OTHER);
  // What is no link of the shop's is the browser's.
  await page.evaluate(() => void (location.hash = "title"));
  expect(await page.evaluate(() => location.hash)).toBe("#title");
});

test.describe("in WeChat", () => {
  test.use({ userAgent: AGENTS.wechat });

  test("the way to another browser takes the card and the package along", async ({ page, context, browser, baseURL }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto("/");
    // No other story buys this for that card: the shop asks before it sells the same twice.
    await goToPay(page, { card: OTHER, package: "8GB 月清零 ¥53" });
    const guide = page.getByRole("dialog", { name: "请在浏览器中打开" });
    await guide.getByRole("button", { name: "复制链接" }).click();
    await expect(page.getByText("已复制")).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const { pathname, search, hash } = new URL(copied);
    expect(`${pathname}${search}`).toBe("/");
    expect(hash).toContain(OTHER);
    // WeChat's own "open in browser" takes the page's address.
    expect(page.url()).toBe(copied);
    await guide.getByRole("button", { name: "其他支付方式" }).click();
    await expect(guide).toBeHidden();
    expect(page.url()).toBe(`${baseURL}/`);

    const elsewhere = await browser.newPage({ userAgent: AGENTS.phone, baseURL, locale: "zh-CN" });
    await elsewhere.goto(copied);
    await started(elsewhere);
    await expect(elsewhere.getByText(maskedEnd(OTHER)).first()).toBeVisible();
    await expect(elsewhere.getByRole("radio", { name: "8GB 月清零 ¥53" })).toBeChecked();
    expect(elsewhere.url()).not.toContain(OTHER);
    await elsewhere.getByRole("button", { name: "立即充值" }).click();
    await elsewhere.getByRole("dialog").getByRole("button", { name: "支付宝" }).click();
    await atTheWallet(elsewhere);
    await elsewhere.close();
  });
});

test("the way to another browser that is offered where the program fails takes what was asked for along", async ({ page, context, baseURL }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.route("**/*.wasm", (route) => route.abort());
  const copied = async () => {
    await page.getByRole("button", { name: "复制链接" }).click();
    await expect(page.getByText("已复制")).toBeVisible();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const asks = (address: string) => Object.fromEntries(new URLSearchParams(new URL(address).hash.slice(1)));
  await page.goto(`/?card=${CARD}#package=1102&lang=zh`);
  let address = await copied();
  expect(asks(address)).toEqual({ card: CARD, package: "1102", lang: "zh" });
  expect(new URL(address).search).toBe("");

  await page.goto("about:blank");
  await page.goto("/");
  await page.locator("#shell-number").fill(OTHER);
  await page.locator("[name=shell-package]").nth(1).check({ force: true });
  address = await copied();
  const asked = asks(address);
  expect(asked.card).toBe(OTHER);
  expect(asked.package).toMatch(/^\d+$/);

  const order = await makeOrder(page);
  await page.goto(`/orders/${order.id}`);
  expect(await copied()).toBe(`${baseURL}/orders/${order.id}`);
});
