import { type Page, type Route } from "@playwright/test";

import { enterCard, started, tick } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

const WASM = "**/*.wasm";
const failed = (page: Page) => page.getByRole("alert").filter({ hasText: "页面加载失败" });

/** Takes what is for sale out of the page, as where the gateway had not heard of it yet. */
async function withoutCatalog(page: Page): Promise<void> {
  await page.route(/:\d+\/$/, async (route) => {
    const answer = await route.fetch();
    const html = (await answer.text()).replace(/<script type="application\/json".*?<\/script>/s, "");
    await route.fulfill({ response: answer, body: html });
  });
}

/** What goes wrong with the program on its way. */
const faults: Record<string, (route: Route) => Promise<void>> = {
  "is blocked": (route) => route.abort("blockedbyclient"),
  "is not there": (route) => route.fulfill({ status: 404, body: "gone" }),
  "is another file, such as a proxy's page": (route) =>
    route.fulfill({ contentType: "text/html", body: "<p>please sign in</p>" }),
  "is cut off half-way": async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    await route.fulfill({ contentType: "application/wasm", body: body.subarray(0, body.length / 2) });
  },
};

for (const [fault, carryOut] of Object.entries(faults)) {
  test(`the program ${fault}: the page says so, and starts on a retry`, async ({ page }) => {
    await page.route(WASM, carryOut);
    await page.goto("/");
    await expect(failed(page)).toBeVisible();
    await expect(page.getByText("您的订单和款项不受影响")).toBeVisible();
    await failed(page).getByRole("button", { name: "重试" }).click();
    await expect(failed(page)).toHaveCount(1);
    await page.unroute(WASM);
    await failed(page).getByRole("button", { name: "重试" }).click();
    await started(page);
    await expect(failed(page)).toHaveCount(0);
  });
}

const SECOND = "**/second-*.wasm";

for (const [fault, carryOut] of Object.entries(faults)) {
  test(`the program's second part ${fault}: buying says so, and goes on when it is back`, async ({ page }) => {
    await page.route(SECOND, carryOut);
    await page.goto("/");
    await started(page);
    await enterCard(page);
    await tick(page.getByRole("radio", { name: "2GB 月清零 ¥18" }));
    const buy = page.getByRole("button", { name: "立即充值" });
    const told = page.getByRole("alert").filter({ hasText: "网络" });
    if (fault === "is not there") {
      // A file that is gone is another's by now: the page is loaded anew, with what was chosen.
      await page.unroute(SECOND);
      await Promise.all([page.waitForEvent("load"), buy.click()]);
      await started(page);
      await expect(page.getByRole("radio", { name: "2GB 月清零 ¥18" })).toBeChecked();
    } else {
      await buy.click();
      await expect(told).toBeVisible();
      await page.unroute(SECOND);
    }
    await buy.click();
    await expect(page.getByRole("dialog", { name: "选择支付方式" })).toBeVisible();
    await expect(told).toHaveCount(0);
  });

  test(`the program's second part ${fault}: another screen says so, and comes on a retry`, async ({ page }) => {
    await page.route(SECOND, carryOut);
    await page.goto("/orders");
    const told = page.getByRole("alert").filter({ hasText: /网络|异常/ });
    await expect(told).toBeVisible();
    await page.unroute(SECOND);
    await told.getByRole("button", { name: "重试" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "订单" })).toBeVisible();
  });
}

test("the style of the program's second part is gone with a renewal: buying loads the page anew, and goes on", async ({ page }) => {
  const STYLE = "**/main-*.css";
  await page.route(STYLE, (route) => route.fulfill({ status: 404, body: "gone" }));
  await page.goto("/");
  await started(page);
  await enterCard(page);
  await tick(page.getByRole("radio", { name: "2GB 月清零 ¥18" }));
  await page.unroute(STYLE);
  const buy = page.getByRole("button", { name: "立即充值" });
  await Promise.all([page.waitForEvent("load"), buy.click()]);
  await started(page);
  await buy.click();
  await expect(page.getByRole("dialog", { name: "选择支付方式" })).toBeVisible();
});

test("a program that stops at its start: the page says so", async ({ page }) => {
  await page.addInitScript(() => {
    const trap = () => setTimeout(() => new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(
      // A module whose start function is `unreachable`.
      [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 8, 1, 0, 10, 5, 1, 3, 0, 0, 11],
    ))));
    document.addEventListener("DOMContentLoaded", trap);
  });
  await page.route(WASM, () => undefined);
  await page.goto("/");
  await expect(failed(page)).toBeVisible();
});

test("whoever is faster than the program's second part waits for it, and buys", async ({ page }) => {
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route(SECOND, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/");
  await started(page);
  await enterCard(page);
  await tick(page.getByRole("radio", { name: "2GB 月清零 ¥18" }));
  const buy = page.getByRole("button", { name: "立即充值" });
  await buy.click();
  await expect(buy).toBeDisabled();
  // What is bought is what is chosen in the end.
  await tick(page.getByRole("radio", { name: "1GB 月清零 ¥12" }));
  go();
  await expect(page.getByRole("dialog", { name: "选择支付方式" })).toContainText("¥12.00");
  // It stands behind the sheet now, where its role is not found.
  await expect(page.locator("#pay")).toBeEnabled();
});

for (const [fault, contentType] of [
  ["a wrong type", "application/octet-stream"],
  ["no type", ""],
] as const) {
  test(`the program comes with ${fault}: the page starts all the same`, async ({ page }) => {
    await page.route(WASM, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ status: 200, headers: { "content-type": contentType }, body: await answer.body() });
    });
    await page.goto("/");
    await started(page);
  });
}

for (const [engine, change] of [
  ["cannot compile while loading", () => Object.assign(WebAssembly, { compileStreaming: undefined, instantiateStreaming: undefined })],
  [
    "fails to compile while loading",
    () => Object.assign(WebAssembly, { compileStreaming: () => Promise.reject(new TypeError("unexpected response")) }),
  ],
] as const) {
  test(`an engine that ${engine} reads the whole file first`, async ({ page }) => {
    await page.addInitScript(change);
    await page.goto("/");
    await started(page);
  });
}

test.describe("an engine without WebAssembly", () => {
  const old = (page: Page) => page.getByRole("alert").filter({ hasText: "浏览器版本过低" });

  test.beforeEach(async ({ page }) => {
    await page.addInitScript(() => Reflect.deleteProperty(window, "WebAssembly"));
  });

  test("is told so, and the way out: the link to copy and whom to call", async ({ page, gateway }) => {
    const shop = await gateway({ RECHARGE__SHOP__SUPPORT_PHONE: "400-000-1234" });
    await page.addInitScript(() =>
      document.addEventListener("copy", () =>
        Object.assign(window, { copied: (document.activeElement as HTMLInputElement).value }),
      ),
    );
    await page.goto(`${shop.url}/?package=1102`);
    await expect(old(page)).toBeVisible();
    await expect(old(page).getByRole("link", { name: "400-000-1234" })).toHaveAttribute("href", "tel:400-000-1234");
    await expect(page.getByRole("button", { name: "立即充值" })).toBeHidden();
    await old(page).getByRole("button", { name: "复制链接" }).click();
    await expect(old(page).getByRole("button", { name: "已复制" })).toBeVisible();
    expect(await page.evaluate(() => Reflect.get(window, "copied"))).toBe(`${shop.url}/?package=1102`);
  });

  test("and without a clipboard shows the link", async ({ page }) => {
    await page.addInitScript(() => Object.assign(document, { execCommand: () => false }));
    await page.goto("/");
    await old(page).getByRole("button", { name: "复制链接" }).click();
    await expect(old(page).getByRole("textbox", { name: "本页链接" })).toHaveValue(page.url());
  });
});

test("the scripts are blocked: the way to load again is there, and works", async ({ page }) => {
  await page.route("**/*.js", (route) => route.abort("blockedbyclient"));
  await page.goto("/");
  const again = page.getByRole("link", { name: "刷新重试" });
  await expect(again).toBeVisible({ timeout: 20_000 });
  await page.unroute("**/*.js");
  await again.click();
  await started(page);
});

test.describe("scripts are off", () => {
  test.use({ javaScriptEnabled: false });

  test("the page says that it needs them", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "请启用 JavaScript" })).toBeVisible();
  });
});

test("the catalog fails: the page says so, and shows it on a retry", async ({ page }) => {
  await withoutCatalog(page);
  await page.route("**/api/v1/catalog", (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }));
  await page.goto("/");
  await expect(page.getByText("套餐加载失败")).toBeVisible();
  await page.unroute("**/api/v1/catalog");
  await page.getByRole("button", { name: "重试" }).click();
  await expect(page.getByRole("radio", { name: "2GB 月清零 ¥18" })).toBeAttached();
});

test("the gateway is down: the page starts, says so, and goes on when it is back", async ({ page }) => {
  await withoutCatalog(page);
  await page.route("**/api/**", (route) => route.abort("connectionrefused"));
  await page.goto("/");
  await started(page);
  await expect(page.getByRole("button", { name: "重试" }).first()).toBeVisible();
  await page.unroute("**/api/**");
  await page.getByRole("button", { name: "重试" }).first().click();
  await expect(page.getByRole("radio", { name: "2GB 月清零 ¥18" })).toBeAttached();
});
