import { type Page } from "@playwright/test";

import type {} from "../../../../public/recharge-bridge.d.ts";
import { HOSTS, type Host, calls, makeOrder } from "../../support/hosts.ts";
import { headingSays, started } from "../../support/shop.ts";
import { startSite } from "../../support/site.ts";
import { expect, test } from "../../support/test.ts";

// Apps put their bridges into the page when they like: what was said before is kept for them.

/** After how long a bridge comes that has an event of its own to say so, and one that has none. */
const LATE_MS = 1200;

/** The events by which bridges say that they are there, by the global they bring, and where they happen. */
const ANNOUNCED: Record<string, ["window" | "document", string]> = {
  flutter_inappwebview: ["window", "flutterInAppWebViewPlatformReady"],
  uni: ["document", "UniAppJSBridgeReady"],
  wx: ["document", "WeixinJSBridgeReady"],
  my: ["document", "AlipayJSBridgeReady"],
};

interface Late {
  post: string;
  beside: Record<string, unknown>;
  /** In milliseconds after the first screen is there; without it the test calls `window.arrive`. */
  after?: number;
  event?: ["window" | "document", string];
}

/** Puts a bridge into the page some time after the page was ready, or when `window.arrive` is called. */
function comesLate({ post, beside, after, event }: Late): void {
  const test = window as unknown as { calls: unknown[][]; arrive(): void };
  test.calls = [];
  test.arrive = () => {
    Object.assign(window, beside);
    const names = post.split(".");
    const method = names.pop() ?? "";
    let object = window as unknown as Record<string, object>;
    for (const name of names) object = (object[name] ??= {}) as Record<string, object>;
    object[method] = (...values: unknown[]) => {
      const read = values.map((value) => (typeof value === "string" && value.startsWith("{") ? JSON.parse(value) : value));
      test.calls.push([post, ...read]);
    };
    if (event) (event[0] === "window" ? window : document).dispatchEvent(new Event(event[1]));
  };
  if (after === undefined) return;
  const wait = setInterval(() => {
    if (document.getElementById("shell") || !document.querySelector("h1")) return;
    clearInterval(wait);
    setTimeout(test.arrive, after);
  }, 50);
}

const eventOf = (host: Host) => ANNOUNCED[host.post?.split(".")[0] ?? ""];

for (const host of HOSTS.filter((host) => host.post)) {
  for (const how of eventOf(host) ? (["with its event", "in silence"] as const) : (["in silence"] as const)) {
    test.describe(`${host.name}, ${how}`, () => {
      test.use({ userAgent: host.agent });

      test("comes late and hears what was said before, once and in order", async ({ page }) => {
        const event = how === "in silence" ? undefined : eventOf(host);
        await page.addInitScript(comesLate, { post: host.post ?? "", beside: host.beside ?? {}, after: LATE_MS, event });
        const order = await makeOrder(page);
        await page.goto(`/orders/${order.id}`);
        await headingSays(page, "等待付款");
        const sends = host.sends ?? ((message) => [message]);
        const said = [
          JSON.stringify([host.post, ...sends({ v: 1, type: "order", order: order.number, state: "created" })]),
          JSON.stringify([host.post, ...sends({ v: 1, type: "ready" })]),
        ];
        const told = async () => (await calls(page)).map((call) => JSON.stringify(call)).sort();
        await expect.poll(told).toEqual(said.sort());
        await page.waitForTimeout(300);
        expect(await told()).toEqual(said.sort());
      });
    });
  }
}

test("a bridge that comes long after is told at its event", async ({ page }) => {
  await page.clock.install();
  await page.addInitScript(comesLate, {
    post: "flutter_inappwebview.callHandler",
    beside: {},
    event: ANNOUNCED["flutter_inappwebview"],
  });
  await page.goto("/");
  await started(page);
  await page.clock.runFor(60_000);
  await page.evaluate(() => (window as unknown as { arrive(): void }).arrive());
  expect(await calls(page)).toEqual([["flutter_inappwebview.callHandler", "RechargeHost", { v: 1, type: "ready" }]]);
});

test("a uni-app's script that drops what comes before it is ready is told again", async ({ page }) => {
  await page.addInitScript(() => {
    const test = window as unknown as { calls: unknown[][]; ready?: boolean; uni: object };
    test.calls = [];
    test.uni = { postMessage: (message: unknown) => test.ready && test.calls.push([message]) };
  });
  await page.goto("/");
  await started(page);
  await page.waitForTimeout(300);
  expect(await calls(page)).toEqual([]);
  await page.evaluate(() => {
    Object.assign(window, { ready: true });
    document.dispatchEvent(new CustomEvent("UniAppJSBridgeReady", { bubbles: true }));
  });
  expect(await calls(page)).toEqual([[{ data: { v: 1, type: "ready" } }]]);
});

test("a partner's script that brings the bridge is told what was said before it came", async ({ page, gateway }) => {
  const site = await startSite("");
  const script = `window.uni = { postMessage: (message) => calls.push(["uni.postMessage", message]), navigateBack() {} };`;
  let let_through = () => {};
  const held = new Promise<void>((resolve) => (let_through = resolve));
  await page.route(`${site.url}/app.js`, async (route) => {
    await held;
    await route.fulfill({ contentType: "text/javascript", body: script });
  });
  await page.addInitScript(() => Object.assign(window, { calls: [] }));
  const shop = await gateway({
    RECHARGE__HTTP__PARTNER_SCRIPT: `${site.url}/app.js`,
    RECHARGE__HTTP__PARTNER_CLOSE: "uni.navigateBack",
  });
  await page.goto(shop.url, { waitUntil: "commit" });
  await started(page);
  await page.waitForTimeout(LATE_MS);
  expect(await calls(page)).toEqual([]);
  let_through();
  await expect.poll(() => calls(page)).toEqual([["uni.postMessage", { data: { v: 1, type: "ready" } }]]);
  await site.stop();
});

test("whoever listens late inside the page is called back on all that is past", async ({ page }) => {
  const order = await makeOrder(page);
  await page.goto(`/orders/${order.id}`);
  await headingSays(page, "等待付款");
  await page.request.post(`/api/v1/orders/${order.id}/cancel`, { data: {} });
  await headingSays(page, "订单已取消");
  expect(await listen(page)).toEqual(["ready", "created", "cancelled"]);
});

function listen(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const told: string[] = [];
    const shop = window.RechargeBridge;
    shop.on("ready", () => told.push("ready"));
    shop.on("order", ({ state }) => told.push(state));
    shop.on("closed", () => told.push("closed"));
    return told;
  });
}
