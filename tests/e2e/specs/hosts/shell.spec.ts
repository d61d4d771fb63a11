import { type Page } from "@playwright/test";

import { AGENTS, Payments, calls, makeOrder, pay } from "../../support/hosts.ts";
import { expect, test } from "../../support/test.ts";

async function handedOver(page: Page, asks: (url: string) => unknown[]): Promise<void> {
  const order = await makeOrder(page);
  const params = JSON.stringify({ order: order.id, method: "wechat" });
  const payments = await Payments.answer(page, { kind: "mini_program", path: "/pages/pay/pay", params });
  await pay(page, order, "微信支付");
  const url = `/pages/pay/pay?order=${order.id}&method=wechat`;
  await expect.poll(async () => (await calls(page)).filter(([name]) => name !== "postMessage")).toEqual([asks(url)]);
  expect(payments.asked).toEqual([{ method: "wechat", host: "mini_program" }]);
  await expect(page.getByRole("button", { name: "重新支付" })).toBeVisible();
}

test.describe("WeChat's mini-program", () => {
  test.use({ userAgent: AGENTS.wechatShell });

  test("with WeChat's script in the page", async ({ page }) => {
    await page.addInitScript(() => {
      const told = window as unknown as { calls: unknown[][]; wx: object; __wxjs_environment: string };
      told.calls = [];
      told.__wxjs_environment = "miniprogram";
      const note = (name: string) => (values: unknown) => told.calls.push([name, values]);
      told.wx = { miniProgram: { navigateTo: note("navigateTo"), postMessage: note("postMessage") } };
    });
    await handedOver(page, (url) => ["navigateTo", { url }]);
  });

  test("without it", async ({ page }) => {
    await page.addInitScript(() => {
      const told = window as unknown as { calls: unknown[][]; WeixinJSBridge: object; __wxjs_environment: string };
      told.calls = [];
      told.__wxjs_environment = "miniprogram";
      told.WeixinJSBridge = {
        invoke(api: string, { name, arg }: { name: string; arg: unknown }) {
          told.calls.push([name, api, arg]);
        },
      };
    });
    await handedOver(page, (url) => ["navigateTo", "invokeMiniProgramAPI", { url }]);
  });
});

test.describe("Alipay's mini-program", () => {
  test.use({ userAgent: AGENTS.alipayShell });

  test("opens the shell's own page", async ({ page }) => {
    await page.addInitScript(() => {
      const told = window as unknown as { calls: unknown[][]; my: object };
      told.calls = [];
      const note = (name: string) => (values: unknown) => told.calls.push([name, values]);
      told.my = { navigateTo: note("navigateTo"), navigateBack: note("navigateBack"), postMessage: note("postMessage") };
    });
    await handedOver(page, (url) => ["navigateTo", { url }]);
  });
});
