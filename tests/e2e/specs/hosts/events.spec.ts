import type {} from "../../../../public/recharge-bridge.d.ts";
import { AGENTS, CARD, HOSTS, calls, fakeHosts, makeOrder } from "../../support/hosts.ts";
import { headingSays, started } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

for (const host of HOSTS.filter((host) => host.post)) {
  test.describe(host.name, () => {
    test.use({ userAgent: host.agent });

    test("is told by its own way that the page is ready and where the order stands", async ({ page }) => {
      await fakeHosts(page, host);
      const order = await makeOrder(page);
      await page.goto(`/orders/${order.id}`);
      await headingSays(page, "等待付款");
      const sends = host.sends ?? ((message) => [message]);
      await expect.poll(async () => inOrder(await calls(page))).toEqual(
        inOrder([
          [host.post, ...sends({ v: 1, type: "ready" })],
          [host.post, ...sends({ v: 1, type: "order", order: order.number, state: "created" })],
        ]),
      );
    });
  });
}

test("a purchase is told step by step, paid once, and nothing secret with it", async ({ page, control }) => {
  const order = await makeOrder(page);
  await page.addInitScript(listen);
  await page.goto(`/orders/${order.id}`);
  await headingSays(page, "等待付款");
  await page.request.post(`/api/v1/orders/${order.id}/payments`, { data: { method: "alipay", host: "mobile_browser" } });
  await control.credit({ delay_ms: 2500 });
  await control.pay((await control.paymentFor(CARD)).outTradeNo);
  await headingSays(page, "充值成功");
  const told = (await calls(page)) as unknown as { type: string; state?: string }[];
  const states = told.filter(({ type }) => type === "order").map(({ state }) => state);
  expect(states[0]).toBe("created");
  expect(states.at(-1)).toBe("credited");
  expect(new Set(states).size).toBe(states.length);
  expect(told.filter(({ type }) => type === "ready")).toEqual([{ v: 1, type: "ready" }]);
  expect(told.filter(({ type }) => type === "paid")).toEqual([{ v: 1, type: "paid", order: order.number }]);
  expect(JSON.stringify(told)).not.toMatch(new RegExp(`${order.id}|${CARD}|8581`));
});

test("the page's own interface cannot be changed, and a listener that throws harms nobody", async ({ page }) => {
  await page.goto("/");
  await started(page);
  const seen = await page.evaluate(async () => {
    const shop = window.RechargeBridge;
    const attempt = (run: () => unknown) => {
      try {
        run();
        return "done";
      } catch (error) {
        return (error as Error).name;
      }
    };
    const heard: string[] = [];
    shop.on("ready", () => {
      throw new Error("a mistake of the partner's");
    });
    shop.on("ready", () => heard.push("late"));
    const off = shop.on("closed", () => heard.push("off"));
    shop.on("closed", (message) => heard.push(JSON.stringify(message)));
    off();
    off();
    const hidden = await shop.close();
    return {
      version: shop.version,
      frozen: Object.isFrozen(shop),
      replaced: attempt(() => Object.defineProperty(window, "RechargeBridge", { value: {} })),
      heard,
      hidden,
    };
  });
  expect(seen).toEqual({
    version: 1,
    frozen: true,
    replaced: "TypeError",
    heard: ["late", '{"v":1,"type":"closed"}'],
    hidden: false,
  });
});

test.describe("a host that has nothing to be told by", () => {
  test.use({ userAgent: AGENTS.wechat });

  test("is sent nothing", async ({ page }) => {
    await fakeHosts(page, ...HOSTS.filter((host) => host.name === "WeChat"));
    await page.goto("/");
    await started(page);
    expect(await calls(page)).toEqual([]);
  });
});

/** Listens as an app's own script would, which is there before the page. */
function listen(): void {
  const told: object[] = [];
  Object.assign(window, { calls: told });
  addEventListener("DOMContentLoaded", () => {
    const shop = window.RechargeBridge;
    for (const event of ["ready", "order", "paid", "closed"] as const) shop.on(event, (message) => told.push(message));
  });
}

/** An order that the gateway knows may be told before the page says that it is ready. */
function inOrder(list: unknown[][]): string[] {
  return list.map((call) => JSON.stringify(call)).sort();
}
