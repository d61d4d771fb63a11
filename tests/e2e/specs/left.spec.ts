import { type Page, type Route } from "@playwright/test";

import { AGENTS, Payments, calls, makeOrder, pay } from "../support/hosts.ts";
import { box, fakeCamera, scanButton } from "../support/scan.ts";
import { CARD, choosePackage, enterCard, headingSays, started } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// What a buyer began and left goes nowhere, whenever its answer comes.

const UNREGISTERED = "89861120220045678008";
/** How long something that must not happen is waited for. */
const NOTHING_MS = 700;

/** Keeps the first answer to a request back. */
async function hold(page: Page, pattern: string, answer: (route: Route) => Promise<void>) {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let done: Promise<void> | undefined;
  await page.route(pattern, (route) => (done = released.then(() => answer(route))));
  return {
    asked: () => expect.poll(() => done !== undefined).toBe(true),
    answer: async () => {
      release();
      await done;
      await page.waitForTimeout(NOTHING_MS);
    },
  };
}

async function handIn(page: Page): Promise<void> {
  await page.goto("/realname");
  await box(page).fill(UNREGISTERED);
  await page.getByRole("textbox", { name: "姓名" }).fill("张三");
  await page.getByRole("textbox", { name: "身份证号" }).fill("11010519491231002X");
  await page.getByRole("textbox", { name: "手机号", exact: true }).fill("13800138000");
  await page.getByRole("button", { name: "提交认证" }).click();
}

test.describe("a registration whose answer is slow", () => {
  const done = (page: Page) => page.getByText("已提交，等待审核");

  test("is shown to whoever waits", async ({ page }) => {
    const held = await hold(page, "**/cards/realname", (route) => route.fulfill({ status: 204 }));
    await handIn(page);
    await held.asked();
    await held.answer();
    await expect(done(page)).toBeVisible();
  });

  test("shows nothing to whoever went to another screen and comes back", async ({ page }) => {
    const held = await hold(page, "**/cards/realname", (route) => route.fulfill({ status: 204 }));
    await handIn(page);
    await held.asked();
    await page.getByRole("link", { name: "在线充值" }).click();
    await started(page);
    await held.answer();
    await expect(page).toHaveURL(/\/$/);
    await page.goBack();
    await headingSays(page, "实名认证");
    await expect(box(page)).toBeVisible();
    await expect(done(page)).toHaveCount(0);
  });

  test("shows nothing to whoever went on to another card", async ({ page }) => {
    const held = await hold(page, "**/cards/realname", (route) => route.fulfill({ status: 204 }));
    await handIn(page);
    await held.asked();
    await box(page).fill(CARD);
    await expect(page.getByText("这张卡已完成实名认证")).toBeVisible();
    await held.answer();
    await expect(done(page)).toHaveCount(0);
    await expect(box(page)).toHaveValue(CARD);
  });
});

const LATE = [
  {
    host: "WeChat",
    agent: AGENTS.wechat,
    method: "微信支付",
    launch: { kind: "wechat_jsapi", appId: "wx1", timeStamp: "1", nonceStr: "n", package: "prepay_id=1", signType: "RSA", paySign: "s" },
    bridge: ["WeixinJSBridge", "invoke"],
  },
  {
    host: "Alipay",
    agent: AGENTS.alipay,
    method: "支付宝",
    launch: { kind: "alipay_trade", trade_no: "2026112122001411111111111111" },
    bridge: ["AlipayJSBridge", "call"],
  },
  {
    host: "WeChat's mini-program",
    agent: AGENTS.wechatShell,
    method: "微信支付",
    launch: { kind: "mini_program", path: "/pages/pay/pay", params: "{}" },
    bridge: ["WeixinJSBridge", "invoke"],
  },
  {
    host: "Alipay's mini-program",
    agent: AGENTS.alipayShell,
    method: "支付宝",
    launch: { kind: "mini_program", path: "/pages/pay/pay", params: "{}" },
    bridge: ["my", "navigateTo"],
  },
] as const;

/** The bridge comes into the page, and notes what it is asked for. */
const arrive = (page: Page, bridge: readonly [string, string]) =>
  page.evaluate(([name, method]) => {
    const told = window as unknown as { calls: unknown[][] };
    told.calls = [];
    Object.assign(window, { [name]: { [method]: (...values: unknown[]) => told.calls.push([method, ...values.map((value) => JSON.stringify(value))]) } });
    document.dispatchEvent(new Event(`${name}Ready`));
  }, bridge);

/** What of these calls opens something; the page tells its shell what happens, too. */
const opened = async (page: Page) => (await calls(page)).filter((call) => !String(call).includes("postMessage"));

for (const { host, agent, method, launch, bridge } of LATE) {
  test.describe(`${host}, whose bridge comes late`, () => {
    test.use({ userAgent: agent });

    for (const leaves of [true, false]) {
      test(`opens ${leaves ? "nothing for whoever has left the order" : "its cashier for whoever waits"}`, async ({ page }) => {
        await Payments.answer(page, launch);
        if (host.startsWith("WeChat's")) {
          await page.addInitScript(() => Object.assign(window, { __wxjs_environment: "miniprogram" }));
        }
        const order = await makeOrder(page);
        await pay(page, order, method);
        await expect(page.getByRole("dialog")).toHaveCount(0);
        if (leaves) {
          await page.getByRole("link", { name: "回到充值" }).click();
          await started(page);
        }
        await arrive(page, bridge);
        if (!leaves) return expect.poll(async () => (await opened(page)).length).toBe(1);
        await page.waitForTimeout(NOTHING_MS);
        expect(await opened(page)).toEqual([]);
      });
    }
  });
}

test.describe("a scanner", () => {
  test.use({ userAgent: AGENTS.alipay });
  const OTHER = "898607B2091701418585";

  for (const where of ["another screen", "a sheet"] as const) {
    test(`that answers late changes nothing on ${where}`, async ({ page }) => {
      await page.addInitScript(() => {
        const told = window as unknown as { answer(text: string): void };
        Object.assign(window, {
          AlipayJSBridge: {
            call: (_: string, __: object, said?: (answer: object) => void) => {
              if (said) told.answer = (barCode) => said({ barCode });
            },
          },
        });
      });
      await page.goto("/");
      await scanButton(page).click();
      if (where === "a sheet") {
        await enterCard(page);
        await choosePackage(page);
      } else {
        await page.getByRole("link", { name: "流量查询" }).click();
        await started(page);
      }
      await page.evaluate((text) => (window as unknown as { answer(text: string): void }).answer(text), OTHER);
      await page.waitForTimeout(NOTHING_MS);
      if (where === "a sheet") await page.getByRole("dialog").getByRole("button", { name: "取消" }).click();
      await expect(box(page)).toHaveValue(where === "a sheet" ? CARD : "");
    });
  }

  for (const where of ["another screen", "a sheet", "the box"] as const) {
    test(`whose bridge comes late, with the buyer at ${where}`, async ({ page }) => {
      // The camera's button is there before the bridge.
      await fakeCamera(page, { codes: [OTHER] });
      await page.goto("/");
      await scanButton(page).click();
      if (where === "another screen") {
        await page.getByRole("link", { name: "流量查询" }).click();
        await started(page);
      }
      if (where === "a sheet") {
        await enterCard(page);
        await choosePackage(page);
      }
      await arrive(page, ["AlipayJSBridge", "call"]);
      if (where === "the box") return expect.poll(async () => (await calls(page)).map(([name]) => name)).toEqual(["call"]);
      await page.waitForTimeout(NOTHING_MS);
      expect(await calls(page)).toEqual([]);
      if (where === "another screen") await expect(box(page)).toHaveValue("");
    });
  }
});
