import { type Page } from "@playwright/test";

import { makeDoneOrder, makeOrder } from "../support/hosts.ts";
import { headingSays, started } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

/** Notes the page's streams, so that a test can ask how many are open. */
async function noteStreams(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const all: EventSource[] = [];
    Object.assign(window, { streams: all });
    window.EventSource = class extends EventSource {
      constructor(url: string | URL) {
        super(url);
        all.push(this);
      }
    };
  });
  return () =>
    page.evaluate(() => {
      const { streams } = window as unknown as { streams: EventSource[] };
      return streams.filter(({ readyState }) => readyState !== EventSource.CLOSED).length;
    });
}

async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

test("a browser with seven finished orders open still opens the shop", async ({ page, context }) => {
  const order = await makeDoneOrder(page);
  for (let tabs = 0; tabs < 7; tabs += 1) {
    const tab = await context.newPage();
    const streams = await noteStreams(tab);
    await tab.goto(`/orders/${order.id}`);
    await headingSays(tab, "订单已取消");
    await expect.poll(streams).toBe(0);
  }
  await page.goto("/");
  await started(page);
});

test("a stream is open while it is seen that something may happen, and no longer", async ({ page }) => {
  const order = await makeOrder(page);
  const streams = await noteStreams(page);
  await page.goto(`/orders/${order.id}`);
  await headingSays(page, "等待付款");
  await expect.poll(streams).toBe(1);
  await setHidden(page, true);
  await expect.poll(streams).toBe(0);
  await setHidden(page, false);
  await expect.poll(streams).toBe(1);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await expect.poll(streams).toBe(0);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await expect.poll(streams).toBe(1);
  await page.request.post(`/api/v1/orders/${order.id}/cancel`, { data: {} });
  await headingSays(page, "订单已取消");
  await expect.poll(streams).toBe(0);
  await page.getByRole("link", { name: "重新下单" }).click();
  await started(page);
  expect(await streams()).toBe(0);
});

for (const hours of [-1, 1]) {
  test(`a device's clock that moves by ${hours} h neither stops the asking nor moves the countdown`, async ({ page }) => {
    const order = await makeOrder(page);
    await page.route("**/events", (route) => route.abort());
    await page.addInitScript(() => {
      const real = Date.now;
      const own = window as unknown as { moved: number };
      own.moved = 0;
      Date.now = () => real.call(Date) + own.moved;
    });
    await page.goto(`/orders/${order.id}`);
    await headingSays(page, "等待付款");
    const left = page.getByRole("timer");
    await expect(left).toHaveText(/^(15:00|14:\d\d)$/);
    await page.evaluate((by) => void Object.assign(window, { moved: by }), hours * 3_600_000);
    await expect(left).toHaveText(/^14:\d\d$/);
    let asked = 0;
    page.on("request", (request) => (asked += Number(request.url().endsWith(order.id))));
    await page.request.post(`/api/v1/orders/${order.id}/cancel`, { data: {} });
    await headingSays(page, "订单已取消");
    expect(asked).toBeGreaterThan(0);
  });
}
