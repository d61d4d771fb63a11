import { type Frame, type Page } from "@playwright/test";

import type {} from "../../../../public/recharge-bridge.d.ts";
import { a11y } from "../../support/a11y.ts";
import { setting } from "../../support/settings.ts";
import { atTheWallet, goToPay, headingSays, started } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

/** A card that no other tests buy for: the shop asks before it sells the same twice. */
const CARD = "8986031750210012345";
const READY = '{"v":1,"type":"ready"}';
const CLOSE = '{"v":1,"type":"close"}';

/** Each example, by what its app received when the page was ready and when it closed. */
const EXAMPLES = [
  both("iOS", "ios", (message) => `webkit.messageHandlers.RechargeHost.postMessage(${message})`),
  {
    ...both("Android", "android", (message) => `RechargeHost.postMessage(${JSON.stringify(message)})`),
    close: "RechargeHost.close()",
  },
  both("Flutter", "flutter", (message) => `RechargeHost.postMessage(${JSON.stringify(message)})`),
  both("React Native", "react-native", (message) => `ReactNativeWebView.postMessage(${JSON.stringify(message)})`),
  {
    ...both("uni-app", "uni-app", (message) => `uni.postMessage({"data":${message}})`),
    close: 'uni.navigateBack({"delta":1})',
  },
  {
    ...both("微信小程序", "wechat", (message) => `wx.miniProgram.postMessage({"data":${message}})`),
    close: 'wx.miniProgram.navigateBack({"delta":1})',
  },
  {
    ...both("支付宝小程序", "alipay", (message) => `my.postMessage(${message})`),
    close: 'my.navigateBack({"delta":1})',
  },
  both("网页内嵌", "iframe", (message) => message),
];

function both(name: string, id: string, call: (message: string) => string) {
  return { name, id, ready: call(READY), close: call(CLOSE) };
}

/** Opens an example and waits for the shop in it. */
async function open(page: Page, name: string): Promise<Frame> {
  await page.goto(`${setting("HOSTS_URL")}/hosts/`);
  await page.getByRole("link", { name }).first().click();
  return theShop(page);
}

async function theShop(page: Page): Promise<Frame> {
  const frame = await (await page.locator("iframe").elementHandle())?.contentFrame();
  if (!frame) throw new Error("there is no frame");
  await started(frame);
  return frame;
}

/** What the app received, oldest first. */
const received = (page: Page) => page.getByRole("log").locator("code");
const closed = (page: Page) => expect(page.getByRole("heading", { name: "页面已关闭" })).toBeVisible();

for (const { name, id, ready, close } of EXAMPLES) {
  test(`the example ${id} hears from the page, closes it and opens it again`, async ({ page }) => {
    const frame = await open(page, name);
    if (id === "wechat") {
      await expect(page.getByText("还有 1 条消息，离开页面时送达")).toBeVisible();
      await expect(received(page)).toHaveCount(0);
    } else {
      // A framing site is told again when it greets the page.
      await expect(received(page).first()).toHaveText(ready);
    }
    await frame.evaluate(() => void window.RechargeBridge.close());
    await closed(page);
    await expect(page.locator("iframe")).toHaveCount(0);
    expect(new Set(await received(page).allTextContents())).toEqual(new Set([ready, close]));

    await page.getByRole("button", { name: "重新打开" }).click();
    await theShop(page);
    await page.getByRole("button", { name: "关闭", exact: true }).click();
    await closed(page);
  });
}

test("a purchase in an example app: the wallet opens in its web view and leads back, and the app hears of it", async ({ page }) => {
  const frame = (await open(page, "Android")) as unknown as Page;
  await goToPay(frame, { card: CARD });
  await atTheWallet(frame);
  await frame.getByRole("button", { name: "确认付款" }).click();
  await headingSays(frame, "充值成功");
  expect(frame.url()).toContain(`${setting("HOSTS_URL")}/orders/`);
  const types = page.getByRole("log").locator("strong");
  await expect.poll(() => types.allTextContents()).toContain("paid");
  const heard = await types.allTextContents();
  expect(heard.indexOf("order")).toBeGreaterThan(0);
  expect(heard.filter((type) => type === "paid")).toHaveLength(1);
  await frame.getByRole("button", { name: "完成" }).click();
  await closed(page);
});

test("a purchase in an example mini-program is paid on a page of its own", async ({ page }) => {
  const frame = (await open(page, "微信小程序")) as unknown as Page;
  await goToPay(frame, { card: CARD, package: "1GB 月清零 ¥12", method: "微信支付" });
  await expect(page.getByRole("heading", { name: "小程序的支付页" })).toBeVisible();
  await expect(page.getByText("/pages/pay/pay")).toBeVisible();
  await page.getByRole("button", { name: "付款", exact: true }).click();
  await headingSays(frame, "充值成功");
  await frame.getByRole("button", { name: "完成" }).click();
  await closed(page);
  await expect(page.getByRole("log").locator("strong").filter({ hasText: "paid" })).toHaveCount(1);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the example apps can be read and operated by everybody, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${setting("HOSTS_URL")}/hosts/`);
    await a11y(page);
    const frame = await open(page, "iOS");
    // The shop in the frame is looked at elsewhere.
    await frame.evaluate(() => void window.RechargeBridge.close());
    await closed(page);
    await a11y(page);
  });
}
