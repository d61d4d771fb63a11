import { type Page } from "@playwright/test";

import { AGENTS, HOSTS, type Host, type Mode, calls, fakeHosts, makeDoneOrder } from "../../support/hosts.ts";
import { headingSays } from "../../support/shop.ts";
import { startSite } from "../../support/site.ts";
import { expect, test } from "../../support/test.ts";

const UNI = HOSTS.find((host) => host.name === "uni-app") as Host;

for (const host of HOSTS) {
  test.describe(host.name, () => {
    test.use({ userAgent: host.agent });

    test("is asked once, then the next way is tried, and then the page says so", async ({ page }) => {
      await fakeHosts(page, host, UNI);
      await done(page);
      const own = [host.close, ...host.closeWith];
      const next = host === UNI ? [] : [[UNI.close, ...UNI.closeWith]];
      const sheet = page.getByRole("dialog", { name: "现在可以关闭本页了" });
      for (const mode of ["does nothing", "throws", "hangs"] as const) {
        if (mode !== "does nothing") await again(page, mode);
        await expect(sheet).toBeVisible();
        expect(await asked(page), mode).toEqual([own, ...next]);
        await sheet.getByRole("button", { name: "返回" }).click();
      }
      await again(page, "closes");
      await expect.poll(() => asked(page)).toHaveLength(1);
      await page.waitForTimeout(700);
      expect(await asked(page)).toEqual([own]);
      await expect(sheet).toHaveCount(0);
    });
  });
}

test.describe("no app around it", () => {
  test.use({ userAgent: AGENTS.phone });

  test("the page goes back to the site from which it was entered", async ({ page, baseURL }) => {
    const order = await makeDoneOrder(page);
    const site = await startSite(`<a href="${baseURL}/orders">shop</a>`);
    await page.goto(site.url);
    await page.getByRole("link", { name: "shop" }).click();
    await headingSays(page, "订单");
    await page.goto(`/orders/${order.id}`);
    await page.getByRole("button", { name: "完成" }).click();
    await expect(page).toHaveURL(`${site.url}/`);
    await site.stop();
  });

  test("a landing on an order's screen is no entry, and what comes after it is none either", async ({ page, baseURL }) => {
    const order = await makeDoneOrder(page);
    const site = await startSite(`<a href="${baseURL}/orders/${order.id}">back to the shop</a>`, "localhost");
    await page.goto(site.url);
    await page.getByRole("link", { name: "back to the shop" }).click();
    await page.getByRole("button", { name: "完成" }).click();
    await expect(page.getByRole("dialog", { name: "现在可以关闭本页了" })).toBeVisible();
    expect(page.url()).toBe(`${baseURL}/orders/${order.id}`);
    await site.stop();
  });

  test("a window that a script opened is closed", async ({ page }) => {
    const order = await makeDoneOrder(page);
    await page.goto("/orders");
    const opened = page.waitForEvent("popup");
    await page.evaluate((path) => void window.open(path), `/orders/${order.id}`);
    const popup = await opened;
    const closed = popup.waitForEvent("close");
    await popup.getByRole("button", { name: "完成" }).click();
    await closed;
  });

  test("the page says so where nothing can close it", async ({ page }) => {
    await done(page);
    const sheet = page.getByRole("dialog", { name: "现在可以关闭本页了" });
    await expect(sheet).toBeVisible();
    await sheet.getByRole("button", { name: "返回" }).click();
    await expect(sheet).toBeHidden();
    await headingSays(page, "订单已取消");
  });
});

async function done(page: Page): Promise<void> {
  const order = await makeDoneOrder(page);
  await page.goto(`/orders/${order.id}`);
  await page.getByRole("button", { name: "完成" }).click();
}

async function again(page: Page, mode: Mode): Promise<void> {
  await page.evaluate((mode) => Object.assign(window, { mode, calls: [] }), mode);
  await page.getByRole("button", { name: "完成" }).click();
}

/** The calls that ask for the page's end; events are sent by the same ways. */
async function asked(page: Page): Promise<unknown[][]> {
  const told = (call: unknown[]) => /"type":"(ready|order|paid)"/.test(JSON.stringify(call));
  return (await calls(page)).filter((call) => !told(call));
}
