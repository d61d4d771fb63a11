import { type Page } from "@playwright/test";

import { CARD, headingSays, maskedEnd } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

/** Lets the program wait until it is let go, so that the still picture can be looked at. */
async function holdProgram(page: Page): Promise<() => void> {
  let letGo = (): void => undefined;
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  await page.route("**/*.wasm", async (route) => {
    await gone;
    await route.continue();
  });
  return letGo;
}

const tile = (page: Page, name: string) =>
  page.getByRole("radiogroup", { name: "套餐", exact: true }).getByRole("radio", { name });

for (const locale of ["zh-CN", "en-GB"]) {
  test.describe(locale, () => {
    test.use({ locale });

    test("real packages are seen before the program comes, as it draws them", async ({ page }) => {
      const letGo = await holdProgram(page);
      await page.goto("/");
      const before = await drawn(page);
      expect(before.tiles.length).toBeGreaterThan(3);
      expect(before.tiles[0]).toContain(locale === "zh-CN" ? "月清零" : "Monthly");
      letGo();
      await expect(page.locator("#shell")).toHaveCount(0);
      expect(await drawn(page)).toEqual(before);
    });
  });
}

test("the picture is in the language that was chosen before", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("button", { name: "Top up now" })).toBeVisible();
  const letGo = await holdProgram(page);
  await page.reload();
  expect((await drawn(page)).lang).toBe("en");
  await expect(page.getByRole("button", { name: "Top up now" })).toBeVisible();
  await page.goto("/#lang=zh");
  await page.getByRole("textbox", { name: "Data SIM" }).fill(CARD);
  letGo();
  await expect(page.locator("#shell")).toHaveCount(0);
  expect((await drawn(page)).lang).toBe("zh-CN");
  await expect(page.locator("#sim")).toHaveValue(CARD);
});

/** What is drawn, by the picture or by the program: the words, and where the tiles are. */
async function drawn(page: Page) {
  return page.evaluate(() => {
    const root = document.querySelector("#shell") ?? document.querySelector("#app");
    const all = (of: string) => [...(root?.querySelectorAll(of) ?? [])];
    const texts = (of: string) => all(of).map((one) => one.textContent?.trim());
    const boxes = all(".tile, .chip-label").map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return [x, y, width, height].map(Math.round);
    });
    return {
      tiles: texts(".tile-face"),
      chips: texts(".chip-face"),
      words: texts(".banner, .field-label, .sim-hint, .paybar-none, .paybar-button, .tab > :last-child"),
      labels: all("[role=radiogroup], nav").map((one) => one.getAttribute("aria-label") ?? one.getAttribute("aria-labelledby")),
      prompt: root?.querySelector("input")?.placeholder,
      lang: document.documentElement.lang,
      boxes,
    };
  });
}

test("what is typed, chosen and pressed before the program comes is taken over", async ({ page }) => {
  const letGo = await holdProgram(page);
  await page.goto("/");
  const box = page.getByRole("textbox", { name: "流量卡号" });
  await box.fill(CARD);
  await tile(page, "2GB 月清零 ¥18").check({ force: true });
  await page.getByRole("button", { name: "立即充值" }).click();
  letGo();
  await expect(page.getByRole("dialog", { name: "选择支付方式" })).toBeVisible();
  await expect(page.locator("#shell")).toHaveCount(0);
  await expect(page.locator("#sim")).toHaveValue(CARD);
  await expect(page.getByText(maskedEnd(CARD)).first()).toBeVisible();
});

test("whoever is typing when the program comes goes on typing where they were", async ({ page }) => {
  const letGo = await holdProgram(page);
  await page.goto("/");
  const box = page.getByRole("textbox", { name: "流量卡号" });
  await box.pressSequentially("8986B2");
  await box.press("ArrowLeft");
  await box.press("ArrowLeft");
  letGo();
  await expect(page.locator("#shell")).toHaveCount(0);
  await page.keyboard.type("07");
  await expect(page.locator("#sim")).toHaveValue("898607B2");
});

test("what is typed while the page draws what was typed before is taken over too", async ({ page }) => {
  await page.addInitScript((number) => {
    const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!;
    Object.defineProperty(HTMLInputElement.prototype, "value", {
      get,
      set(this: HTMLInputElement, value: string) {
        set!.call(this, value);
        const still = document.getElementById("shell-number");
        if (this.id === "sim" && value === "8986") set!.call(still, number);
      },
    });
  }, CARD);
  const letGo = await holdProgram(page);
  await page.goto("/");
  await page.getByRole("textbox", { name: "流量卡号" }).pressSequentially("8986");
  letGo();
  await expect(page.locator("#shell")).toHaveCount(0);
  await expect(page.locator("#sim")).toHaveValue(CARD);
});

test("a word that is being composed is waited for", async ({ page }) => {
  const letGo = await holdProgram(page);
  await page.goto("/");
  const box = page.getByRole("textbox", { name: "流量卡号" });
  await box.focus();
  await box.dispatchEvent("compositionstart");
  letGo();
  await page.waitForResponse("**/*.wasm");
  await page.waitForTimeout(1200);
  await expect(page.locator("#shell")).toHaveCount(1);
  await box.fill("8986");
  await box.dispatchEvent("compositionend");
  await expect(page.locator("#shell")).toHaveCount(0);
  await expect(page.locator("#sim")).toHaveValue("8986");
});

test("another category chosen early is the one that is shown", async ({ page }) => {
  const letGo = await holdProgram(page);
  await page.goto("/");
  await page.getByRole("radio", { name: "移动 · 累计" }).check({ force: true });
  letGo();
  await expect(page.locator("#shell")).toHaveCount(0);
  await expect(tile(page, "10GB 累计 ¥59")).toBeAttached();
});

test("nothing moves when the page takes the picture's place", async ({ page }) => {
  await page.addInitScript(() => {
    const shifts = { sum: 0 };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) shifts.sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto("/");
  await expect(page.locator("#shell")).toHaveCount(0);
  await headingSays(page, "在线充值");
  await page.waitForTimeout(500);
  const sum = await page.evaluate(() => (window as unknown as { shifts: { sum: number } }).shifts.sum);
  expect(sum).toBeLessThan(0.02);
});
