import { type Locator, type Page } from "@playwright/test";

import { AGENTS, type Asked, type Launch, Payments, makeOrder, pay } from "../../support/hosts.ts";
import { choosePackage, enterCard, headingSays } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

// Each host with each wallet, where the host cannot do what it is asked: there is always a way on.

const JSAPI = { kind: "wechat_jsapi", appId: "wx1", timeStamp: "1", nonceStr: "n", package: "prepay_id=1", signType: "RSA", paySign: "s" };
const TRADE = { kind: "alipay_trade", trade_no: "2026112122001411111111111111" };
const SHELL = { kind: "mini_program", path: "/pages/pay/pay", params: "{}" };
const WALLET = "/healthz?wallet";

/** What the gateway tells each host to do. */
function launches({ method, host }: Asked): Launch {
  if (host === "mini_program") return SHELL;
  if (host === "wechat" && method === "wechat") return JSAPI;
  if (host === "alipay" && method === "alipay") return TRADE;
  const expires_at = new Date(Date.now() + 600_000).toISOString();
  if (host === "alipay") return { kind: "qr", content: "weixin://wxpay/bizpayurl?pr=x", expires_at };
  return { kind: "redirect", url: WALLET };
}

/** A bridge's call that fails: it throws, it is refused, or its answer is no answer. */
type Fault = "missing" | "throws" | "refuses" | "says nothing";

function brokenBridge({ path, fault }: { path: string; fault: Fault }): void {
  if (/MicroMessenger.*miniProgram/.test(navigator.userAgent)) Object.assign(window, { __wxjs_environment: "miniprogram" });
  if (fault === "missing") return;
  const [name, ...inner] = path.split(".");
  const method = inner.pop() ?? "";
  const call = (...values: unknown[]) => {
    if (fault === "throws") throw new Error("no such call");
    const said = values.find((value) => typeof value === "function") as ((answer?: object) => void) | undefined;
    const { fail } = (values[0] ?? {}) as { fail?: (answer: object) => void };
    const answer = fault === "refuses" ? { error: 1, err_msg: "system:function_not_exist", errorMessage: "接口不存在" } : undefined;
    setTimeout(() => (said ? said(answer) : fail?.(answer ?? {})), 20);
  };
  const object = inner.reduceRight<object>((within, key) => ({ [key]: within }), { [method]: call });
  Object.assign(window, { [name ?? ""]: object });
}

const ROWS: { host: string; agent: string; method: "支付宝" | "微信支付"; path?: string; faults: Fault[]; way: "wallet" | "note" }[] = [
  { host: "Alipay", agent: AGENTS.alipay, method: "支付宝", path: "AlipayJSBridge.call", faults: ["missing", "throws", "refuses", "says nothing"], way: "wallet" },
  { host: "WeChat", agent: AGENTS.wechat, method: "微信支付", path: "WeixinJSBridge.invoke", faults: ["missing", "throws", "refuses"], way: "note" },
  { host: "WeChat's mini-program", agent: AGENTS.wechatShell, method: "微信支付", path: "WeixinJSBridge.invoke", faults: ["missing", "throws", "refuses"], way: "note" },
  { host: "WeChat's mini-program with WeChat's script", agent: AGENTS.wechatShell, method: "支付宝", path: "wx.miniProgram.navigateTo", faults: ["throws", "refuses"], way: "note" },
  { host: "Alipay's mini-program", agent: AGENTS.alipayShell, method: "支付宝", path: "my.navigateTo", faults: ["missing", "throws", "refuses"], way: "note" },
];

for (const { host, agent, method, path, faults, way } of ROWS) {
  test.describe(host, () => {
    test.use({ userAgent: agent });
    for (const fault of faults) {
      test(`${method}: the bridge ${fault === "missing" ? "is missing" : fault}`, async ({ page }) => {
        await page.addInitScript(brokenBridge, { path: path ?? "", fault });
        await Payments.answer(page, launches);
        const order = await makeOrder(page);
        await pay(page, order, method);
        if (way === "wallet") return page.waitForURL(`**${WALLET}`);
        await expect(page.getByText("当前环境无法发起这种支付")).toBeVisible();
        await copies(page, `/orders/${order.id}`);
      });
    }
  });
}

for (const [app, agent] of [
  ["DingTalk", AGENTS.dingtalk],
  ["Taobao", AGENTS.taobao],
] as const) {
  test.describe(app, () => {
    test.use({ userAgent: agent });
    for (const method of ["支付宝", "微信支付"] as const) {
      test(`is not Alipay: ${method} goes to the wallet`, async ({ page }) => {
        const payments = await Payments.answer(page, launches);
        await pay(page, await makeOrder(page), method);
        await page.waitForURL(`**${WALLET}`);
        expect(payments.asked.map(({ host }) => host)).not.toContain("alipay");
      });
    }
  });
}

test.describe("Alipay with WeChat Pay", () => {
  test.use({ userAgent: AGENTS.alipay });

  test("shows a code, and the link for whoever has no second phone", async ({ page }) => {
    await Payments.answer(page, launches);
    const order = await makeOrder(page);
    await pay(page, order, "微信支付");
    await headingSays(page, "扫码付款");
    await copies(page, `/orders/${order.id}`);
  });
});

test.describe("WeCom on a phone", () => {
  test.use({ userAgent: AGENTS.wecom });

  test("has no wallet: the sheet is the link to copy", async ({ page }) => {
    const payments = await Payments.answer(page, launches);
    const order = await makeOrder(page);
    await page.goto(`/orders/${order.id}`);
    await page.getByRole("button", { name: "去支付" }).click();
    const sheet = page.getByRole("dialog");
    await expect(sheet.getByText("这里无法用这种方式付款")).toBeVisible();
    await expect(sheet.getByRole("button", { name: /支付宝|微信|其他支付方式/ })).toHaveCount(0);
    await copies(page, `/orders/${order.id}`);
    expect(payments.asked).toEqual([]);
  });
});

test.describe("a mini-program that the shop has no page for", () => {
  test.use({ userAgent: AGENTS.wechatShell });

  test("is offered the link alone", async ({ page, gateway }) => {
    const shop = await gateway({ RECHARGE__PAYMENTS__MINI_PROGRAM_PATH: "" });
    await page.goto(shop.url);
    await enterCard(page);
    const sheet = await choosePackage(page);
    await expect(sheet.getByRole("button", { name: "复制链接" })).toBeVisible();
    await expect(sheet.getByRole("button", { name: /支付宝|微信支付|其他支付方式/ })).toHaveCount(0);
  });

  test("and is so too where the gateway refuses what its storefront offered", async ({ page, gateway }) => {
    const shop = await gateway({ RECHARGE__PAYMENTS__MINI_PROGRAM_PATH: "" });
    await page.route("**/api/v1/storefront", async (route) => {
      if (route.request().method() !== "GET") return route.continue();
      const answer = await route.fetch();
      return route.fulfill({ response: answer, json: { ...((await answer.json()) as object), unavailable: [] } });
    });
    const order = await makeOrder(page, shop.url);
    await page.goto(`${shop.url}/orders/${order.id}`);
    for (const method of ["支付宝", "微信支付"]) {
      if (method === "支付宝") await page.getByRole("button", { name: "去支付" }).click();
      else await page.getByRole("button", { name: "其他支付方式" }).click();
      await page.getByRole("dialog").getByRole("button", { name: method }).click();
      await expect(page.getByText("这里无法用这种方式付款")).toBeVisible();
    }
    await expect(page.getByRole("button", { name: "其他支付方式" })).toHaveCount(0);
    await copies(page, `${shop.url}/orders/${order.id}`);
  });
});

test.describe("an app that keeps the page", () => {
  test.use({ userAgent: AGENTS.androidApp });

  test("is found out, and the link is there", async ({ page }) => {
    // As an app does that lets nothing through: the page stays, and nobody says why.
    await page.route(`**${WALLET}`, (route) => route.fulfill({ status: 204 }));
    await Payments.answer(page, { kind: "redirect", url: WALLET });
    const order = await makeOrder(page);
    await pay(page, order, "微信支付");
    await expect(page.getByText("钱包没有打开")).toBeVisible();
    await expect(page.getByRole("button", { name: "重新支付" })).toBeVisible();
    await copies(page, `/orders/${order.id}`);
  });
});

test.describe("the link, while the screen is drawn anew", () => {
  test.use({ userAgent: AGENTS.androidApp });

  const CLIPBOARDS: Record<string, { clipboard: "slow" | "silent"; command: boolean; said: (page: Page) => Locator }> = {
    "a clipboard that takes its time": { clipboard: "slow", command: false, said: (page) => page.getByText("已复制") },
    "one that never answers, with the old way": { clipboard: "silent", command: true, said: (page) => page.getByText("已复制") },
    "one that never answers": { clipboard: "silent", command: false, said: (page) => page.getByRole("textbox", { name: "本页链接" }) },
  };
  for (const [name, { clipboard, command, said }] of Object.entries(CLIPBOARDS)) {
    test(`is answered for by ${name}`, async ({ page }) => {
      await page.addInitScript(
        ([clipboard, command]) => {
          const wait = clipboard === "slow" ? 500 : 1e9;
          const writeText = () => new Promise<void>((done) => setTimeout(done, Math.min(wait, 2 ** 31 - 1)));
          Object.defineProperty(navigator, "clipboard", { value: { writeText } });
          document.execCommand = () => command;
        },
        [clipboard, command] as const,
      );
      await page.route(`**${WALLET}`, (route) => route.fulfill({ status: 204 }));
      await Payments.answer(page, ({ method }) => (method === "wechat" ? { kind: "redirect", url: WALLET } : SHELL));
      const order = await makeOrder(page);
      await pay(page, order, "微信支付");
      await expect(page.getByText("钱包没有打开")).toBeVisible();
      await page.getByRole("button", { name: "复制链接" }).click();
      // Another tab pays by another wallet meanwhile, and the whole screen is drawn anew.
      await page.evaluate((id) => fetch(`/api/v1/orders/${id}/payments`, { method: "POST", body: JSON.stringify({ method: "alipay" }) }), order.id);
      await page.getByRole("button", { name: "我已完成支付" }).click();
      await expect(page.locator(".cashier-hint").getByText("支付宝")).toBeVisible();
      await expect(said(page)).toBeVisible();
    });
  }
});

/** Copies the link and compares it. */
async function copies(page: Page, link: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "复制链接" }).click();
  await expect(page.getByText("已复制")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(new URL(link, page.url()).href);
}
