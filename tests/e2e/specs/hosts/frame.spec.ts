import { type Frame, type Page } from "@playwright/test";

import type {} from "../../../../public/recharge-bridge.d.ts";
import { Payments, makeDoneOrder, makeOrder } from "../../support/hosts.ts";
import { atTheWallet, goToPay, started } from "../../support/shop.ts";
import { type Site, startSite } from "../../support/site.ts";
import { expect, test } from "../../support/test.ts";

interface Told {
  type: string;
  height?: number;
  [name: string]: unknown;
}

/** A page with the shop in a frame, which notes every message that it gets from anywhere. */
const partner = (shop: string, script: string) => `
  <script>
    window.calls = [];
    addEventListener("message", (event) => event.data && event.data.v && calls.push(event.data));
  </script>
  <iframe id="shop" src="${shop}" width="360" height="620"></iframe>
  ${script}`;

const OWN = "http://own.invalid";

/** A gateway that lets a partner's site frame it, and that site. */
async function framed(
  gateway: (settings: Record<string, string>) => Promise<{ url: string }>,
  page: (shop: string) => string,
  frameAncestors: (site: string) => string = (site) => site,
): Promise<{ shop: string; site: Site }> {
  let shop = OWN;
  const site = await startSite(() => page(shop), "localhost");
  ({ url: shop } = await gateway({ RECHARGE__HTTP__FRAME_ANCESTORS: frameAncestors(site.url) }));
  return { shop, site };
}

async function shopFrame(page: Page): Promise<Frame> {
  const frame = await (await page.locator("#shop").elementHandle())?.contentFrame();
  if (!frame) throw new Error("there is no frame");
  return frame;
}

const told = (page: Page) => page.evaluate(() => (window as unknown as { calls: Told[] }).calls);
const types = async (page: Page) => (await told(page)).map(({ type }) => type);

test("the buyer leaves for the wallet by the top window, within the tap", async ({ page, gateway }) => {
  const { shop, site } = await framed(gateway, (shop) => partner(`${shop}/`, ""));
  await page.goto(site.url);
  await goToPay((await shopFrame(page)) as unknown as Page);
  await atTheWallet(page);
  await page.getByRole("button", { name: "确认付款" }).click();
  await expect(page.getByRole("heading", { name: "充值成功" })).toBeVisible({ timeout: 25_000 });
  expect(page.url()).toContain(`${shop}/orders/`);
  // The wallet is not where the buyer came from, though the browser says so.
  await page.getByRole("button", { name: "完成" }).click();
  await expect(page.getByRole("dialog", { name: "现在可以关闭本页了" })).toBeVisible();
  expect(page.url()).toContain(`${shop}/orders/`);
  await page.reload();
  await page.getByRole("link", { name: "再充一次" }).click();
  await page.reload();
  await started(page);
  await page.evaluate(() => window.RechargeBridge.close());
  expect(page.url()).toBe(`${shop}/`);
  await site.stop();
});

test("where a script may not leave the frame, a link to tap is there", async ({ page, gateway }) => {
  // A sandbox refuses what an engine refuses when the tap is long past.
  const { shop, site } = await framed(gateway, (shop) => partner(`${shop}/orders/${order}`, ""));
  let order = "";
  ({ id: order } = await makeOrder(page, shop));
  const url = `${shop}/healthz?wallet`;
  const payments = await Payments.answer(page, { kind: "redirect", url });
  await page.goto(site.url);
  const frame = await shopFrame(page);
  await page.locator("#shop").evaluate((element) => element.setAttribute("sandbox", "allow-scripts allow-same-origin"));
  await frame.goto(`${shop}/orders/${order}`);
  await frame.getByRole("button", { name: "去支付" }).click();
  await frame.getByRole("dialog").getByRole("button", { name: "支付宝" }).click();
  const link = frame.getByRole("link", { name: /去支付|重新支付/ });
  await expect(link).toHaveAttribute("href", url);
  await expect(link).toHaveAttribute("target", "_top");
  expect(payments.asked).toEqual([{ method: "alipay", host: "framed" }]);
  expect(page.url()).toBe(`${site.url}/`);
  await site.stop();
});

test("where not even a tap may leave the frame, the page says so and gives the link", async ({ page, gateway }) => {
  const { shop, site } = await framed(gateway, (shop) =>
    partner(`${shop}/orders/${order}`, "").replace("<iframe", '<iframe sandbox="allow-scripts allow-same-origin allow-forms"'),
  );
  let order = "";
  ({ id: order } = await makeOrder(page, shop));
  await Payments.answer(page, { kind: "redirect", url: `${shop}/healthz?wallet` });
  await page.goto(site.url);
  const frame = await shopFrame(page);
  await frame.getByRole("button", { name: "去支付" }).click();
  await frame.getByRole("dialog").getByRole("button", { name: "支付宝" }).click();
  await expect(frame.getByText("钱包没有打开")).toBeVisible();
  await frame.getByRole("button", { name: "复制链接" }).click();
  // A frame may not be let at the clipboard: then the link stands there.
  const link = `${shop}/orders/${order}`;
  const shown = frame.getByRole("textbox", { name: "本页链接" });
  await expect(shown.or(frame.getByText("已复制"))).toBeVisible();
  if (await shown.isVisible()) await expect(shown).toHaveValue(link);
  await frame.getByRole("link", { name: "去支付" }).click();
  await expect(frame.getByText("钱包没有打开")).toBeHidden();
  await expect(frame.getByText("钱包没有打开")).toBeVisible();
  expect(page.url()).toBe(`${site.url}/`);
  await site.stop();
});

test("a framing page is told what happens and closes the frame", async ({ page, gateway }) => {
  const { shop, site } = await framed(gateway, (shop) => partner(`${shop}/orders/${order}`, ""));
  let order = "";
  const made = await makeDoneOrder(page, shop);
  order = made.id;
  await page.goto(site.url);
  const frame = await shopFrame(page);
  await expect.poll(async () => (await types(page)).sort()).toEqual(["order", "ready"]);
  await frame.getByRole("button", { name: "完成" }).click();
  await expect.poll(() => types(page)).toContain("close");
  const messages = await told(page);
  expect(messages).toContainEqual({ v: 1, type: "close" });
  expect(messages).toContainEqual({ v: 1, type: "order", order: made.number, state: "cancelled" });
  expect(JSON.stringify(messages)).not.toContain(made.id);
  await site.stop();
});

test("the partner's script gives the frame its height, hands the events on and takes the frame out", async ({ page, gateway }) => {
  const { shop, site } = await framed(gateway, (shop) =>
    partner(
      `${shop}/orders/${order}`,
      `<script src="${shop}/recharge-host.js"></script>
       <script>
         window.heard = [];
         const shop = document.getElementById("shop");
         RechargeFrame(shop, { order: (message) => heard.push(message.state), ready: () => heard.push("ready") });
       </script>`,
    ),
  );
  let order = "";
  ({ id: order } = await makeDoneOrder(page, shop));
  await page.goto(site.url);
  const frame = await shopFrame(page);
  await expect(frame.getByRole("button", { name: "完成" })).toBeVisible();
  const overflow = () => frame.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
  await expect.poll(overflow).toBe(0);
  const height = (await page.locator("#shop").boundingBox())?.height ?? 0;
  expect(height).toBeGreaterThan(300);
  const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  expect(heard).toContain("ready");
  expect(heard).toContain("cancelled");
  await frame.getByRole("button", { name: "完成" }).click();
  await expect(page.locator("#shop")).toHaveCount(0);
  await site.stop();
});

test("a framing page that greets late hears all that was said, and its console stays clean", async ({ page, gateway }) => {
  const { shop, site } = await framed(gateway, (shop) => partner(`${shop}/orders/${order}`, ""));
  let order = "";
  const made = await makeDoneOrder(page, shop);
  order = made.id;
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(site.url);
  await expect.poll(async () => (await types(page)).sort()).toEqual(["order", "ready"]);
  await page.evaluate(() => {
    const own = window as unknown as { calls: unknown[]; heard: string[] };
    Object.assign(own, { calls: [], heard: [] });
    const script = document.createElement("script");
    const frame = document.getElementById("shop") as HTMLIFrameElement;
    script.src = `${new URL(frame.src).origin}/recharge-host.js`;
    script.onload = () =>
      window.RechargeFrame(frame, {
        ready: () => own.heard.push("ready"),
        order: ({ state }) => own.heard.push(state),
      });
    document.head.append(script);
  });
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard.sort());
  await expect.poll(heard).toEqual(["cancelled", "ready"]);
  // And a frame that it finds empty, as it is written in the page.
  await page.evaluate(() => {
    const frame = document.createElement("iframe");
    const shop = document.getElementById("shop") as HTMLIFrameElement;
    frame.src = shop.src;
    shop.replaceWith(frame);
    Object.assign(window, { heard: [] });
    window.RechargeFrame(frame, { ready: () => void (window as unknown as { heard: string[] }).heard.push("ready") });
  });
  await expect.poll(heard).toContain("ready");
  // And one that is not in the page yet, and is given its address last of all.
  await page.evaluate(() => {
    const frame = document.createElement("iframe");
    const shop = document.querySelector("iframe") as HTMLIFrameElement;
    Object.assign(window, { heard: [] });
    window.RechargeFrame(frame, { ready: () => void (window as unknown as { heard: string[] }).heard.push("ready") });
    const { src } = shop;
    shop.replaceWith(frame);
    frame.src = src;
  });
  await expect.poll(heard).toContain("ready");
  expect(errors.filter((text) => !text.includes("favicon"))).toEqual([]);
  await site.stop();
});

test("row 34: a site that is not listed cannot frame the page", async ({ page, gateway }) => {
  const { site } = await framed(gateway, (shop) => partner(`${shop}/`, ""), () => "https://other.example");
  await page.goto(site.url);
  const frame = await shopFrame(page);
  await page.waitForTimeout(1500);
  await expect(frame.getByRole("textbox", { name: "流量卡号" })).toHaveCount(0);
  expect(await told(page)).toEqual([]);
  await site.stop();
});

test("row 34: an engine that lets it frame the page all the same still tells it nothing", async ({ page, gateway }) => {
  const { shop, site } = await framed(gateway, (shop) => partner(`${shop}/`, ""), () => "https://*.example,https://other.example");
  await page.route(`${shop}/`, async (route) => {
    const answer = await route.fetch();
    const { "content-security-policy": _, ...headers } = answer.headers();
    await route.fulfill({ response: answer, headers });
  });
  await page.goto(site.url);
  const frame = await shopFrame(page);
  await started(frame);
  await page.evaluate(() => {
    const shop = document.getElementById("shop") as HTMLIFrameElement;
    shop.contentWindow?.postMessage({ v: 1, type: "hello", height: true }, "*");
  });
  await frame.evaluate(() => window.RechargeBridge.close());
  expect(await told(page)).toEqual([]);
  // And it cannot reach in.
  const reached = await page.evaluate(() => {
    try {
      const shop = document.getElementById("shop") as HTMLIFrameElement;
      return String((shop.contentWindow as Window).RechargeBridge);
    } catch (error) {
      return (error as Error).name;
    }
  });
  expect(reached).toBe("SecurityError");
  await site.stop();
});

test("row 34: another frame's greeting, or an opener's, is not answered", async ({ page, gateway }) => {
  const stranger = await startSite(`<script>
    window.calls = [];
    addEventListener("message", (event) => event.data && event.data.v && calls.push(event.data));
    window.greet = (shop) => shop.postMessage({ v: 1, type: "hello", height: true }, "*");
  </script>`);
  const { shop, site } = await framed(
    gateway,
    (shop) => `${partner(`${shop}/`, "")}<iframe id="stranger" src="${stranger.url}"></iframe>`,
  );
  await page.goto(site.url);
  const frame = await shopFrame(page);
  await started(frame);
  await expect.poll(() => types(page)).toContain("ready");
  const other = await (await page.locator("#stranger").elementHandle())?.contentFrame();
  await other?.evaluate(() =>
    (window as unknown as { greet(shop: unknown): void }).greet((window.parent as unknown as Window[])[0]),
  );
  await page.waitForTimeout(500);
  expect(await other?.evaluate(() => (window as unknown as { calls: Told[] }).calls)).toEqual([]);
  expect(await types(page)).not.toContain("height");

  await page.goto(stranger.url);
  const opened = page.waitForEvent("popup");
  await page.evaluate((url) => void Object.assign(window, { shop: window.open(url) }), `${shop}/`);
  await started(await opened);
  await page.evaluate(() => {
    const own = window as unknown as { shop: Window; greet(shop: Window): void };
    own.greet(own.shop);
  });
  await page.waitForTimeout(500);
  expect(await told(page)).toEqual([]);
  await site.stop();
  await stranger.stop();
});
