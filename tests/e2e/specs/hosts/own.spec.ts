import { type Page } from "@playwright/test";

import { AGENTS, HOSTS, calls, fakeHosts } from "../../support/hosts.ts";
import { startOwn, wallets } from "../../support/own.ts";
import { readQr } from "../../support/qr.ts";
import { atTheWallet, goToPay, headingSays, orderId } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

// The operator's own merchants take the money, and the shop recharges the card: the wallets' real protocols on both
// sides, and nothing made up between page and gateway.

test.describe("in WeChat", () => {
  test.use({ userAgent: AGENTS.wechat });

  test("the buyer is known without a question, cancels, pays by JSAPI and is credited", async ({ page, gateway }) => {
    const shop = await startOwn(gateway);
    await bridges(page, ["cancels", "pays"]);
    await page.goto(shop.url);
    await goToPay(page, { method: "微信支付" });
    await expect(page.getByText("支付已取消，可以重新支付")).toBeVisible({ timeout: 20_000 });
    expect(page.url()).toBe(`${shop.url}/orders/${orderId(page)}`);
    await headingSays(page, "等待付款");
    await page.getByRole("button", { name: "重新支付" }).click();
    await headingSays(page, "充值成功");
    expect((await calls(page)).map(([name]) => name)).toEqual(["getBrandWCPayRequest", "getBrandWCPayRequest"]);
  });

  test("a buyer whose cookies are blocked is not sent to and fro", async ({ page, context, gateway }) => {
    const shop = await startOwn(gateway);
    await context.route("**/oauth/**", async (route) => {
      const headers = { ...route.request().headers() };
      delete headers["cookie"];
      await route.continue({ headers });
    });
    await bridges(page, ["pays"]);
    let starts = 0;
    page.on("request", (request) => {
      if (request.url().includes("/oauth/wechat/start")) starts += 1;
    });
    await page.goto(shop.url);
    await goToPay(page, { method: "微信支付" });
    await page.waitForTimeout(4000);
    expect(starts).toBe(1);
  });
});

test.describe("in Alipay", () => {
  test.use({ userAgent: AGENTS.alipay });

  test("the buyer is known without a question, pays by tradePay and is credited", async ({ page, gateway }) => {
    const shop = await startOwn(gateway);
    await page.exposeFunction("payTrade", (tradeNo: string) => wallets.alipay(tradeNo));
    await page.addInitScript(() => {
      const app = window as unknown as { AlipayJSBridge: object; payTrade(tradeNo: string): Promise<object> };
      app.AlipayJSBridge = {
        call(name: string, values: { tradeNO: string }, said: (answer: object) => void) {
          if (name === "tradePay") void app.payTrade(values.tradeNO).then(() => said({ resultCode: "9000" }));
        },
      };
    });
    await page.goto(shop.url);
    await goToPay(page, { method: "支付宝" });
    await headingSays(page, "充值成功");
  });
});

test.describe("in a mini-program", () => {
  test.use({ userAgent: AGENTS.wechatShell });

  test("the shell's own page is given the order and the method", async ({ page, gateway }) => {
    const shop = await startOwn(gateway, { RECHARGE__PAYMENTS__MINI_PROGRAM_PATH: "/pages/pay/pay" });
    await fakeHosts(page, ...HOSTS.filter((host) => host.name === "WeChat's mini-program"));
    await page.addInitScript(() => {
      const app = window as unknown as { calls: unknown[][]; wx: { miniProgram: { navigateTo(values: object): void } } };
      app.wx.miniProgram.navigateTo = (values) => void app.calls.push(["navigateTo", values]);
    });
    await page.goto(shop.url);
    await goToPay(page, { method: "微信支付" });
    await headingSays(page, "等待付款");
    const opened = async () => (await calls(page)).filter(([name]) => name === "navigateTo");
    await expect
      .poll(opened)
      .toEqual([["navigateTo", { url: `/pages/pay/pay?method=wechat&order=${orderId(page)}` }]]);
  });
});

test.describe("in a phone's browser", () => {
  test.use({ userAgent: AGENTS.phone });

  for (const method of ["微信支付", "支付宝"] as const) {
    test(`${method}: by redirect and back`, async ({ page, gateway }) => {
      const shop = await startOwn(gateway);
      await page.goto(shop.url);
      await goToPay(page, { method });
      await atTheWallet(page);
      await page.getByRole("button", { name: "确认付款" }).click();
      await headingSays(page, "充值成功");
      expect(page.url()).toContain(`${shop.url}/orders/`);
    });
  }
});

test.describe("on a desktop", () => {
  test.use({ viewport: { width: 1280, height: 800 }, isMobile: false, hasTouch: false });

  for (const method of ["微信支付", "支付宝"] as const) {
    test(`${method}: the code on the screen is the launch's`, async ({ page, gateway }) => {
      const shop = await startOwn(gateway);
      const started = page.waitForResponse((answer) => answer.url().endsWith("/payments"));
      await page.goto(shop.url);
      await goToPay(page, { method });
      const { launch } = (await (await started).json()) as { launch: { kind: string; content: string } };
      expect(launch.kind).toBe("qr");
      await headingSays(page, "扫码付款");
      const code = page.getByRole("img", { name: "付款二维码" });
      await expect.poll(() => readQr(page, code).catch(String)).toBe(launch.content);
    });
  }
});

/** WeChat's bridge as the sandbox plays it: each call is answered as the next of these buyers does. */
async function bridges(page: Page, buyers: ("pays" | "cancels")[]): Promise<void> {
  const next = [...buyers];
  await page.exposeFunction("askWechat", (values: object) => wallets.wechat(values, next.shift() ?? "cancels"));
  await page.addInitScript(() => {
    const app = window as unknown as {
      calls: unknown[][];
      WeixinJSBridge: object;
      askWechat(values: object): Promise<object>;
    };
    app.calls = [];
    app.WeixinJSBridge = {
      invoke(name: string, values: object, said: (answer: object) => void) {
        app.calls.push([name]);
        void app.askWechat(values).then(said);
      },
    };
  });
}
