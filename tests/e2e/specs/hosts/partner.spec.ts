import { type Page } from "@playwright/test";

import { HOSTS, calls, fakeHosts, makeDoneOrder } from "../../support/hosts.ts";
import { headingSays } from "../../support/shop.ts";
import { type Site, startSite } from "../../support/site.ts";
import { expect, test } from "../../support/test.ts";

const SCRIPT = `window.Partner = { count: 0, closeWindow() { this.count += 1; calls.push(["Partner.closeWindow"]); } };`;
const UNI = HOSTS.filter((host) => host.name === "uni-app");

let site: Site;
test.beforeEach(async () => {
  site = await startSite("");
});
test.afterEach(() => site.stop());

type Start = (settings: Record<string, string>) => Promise<{ url: string }>;

/** The screen of an order that is over, in a shop that loads the partner's script. */
async function open(page: Page, gateway: Start): Promise<void> {
  const shop = await gateway({
    RECHARGE__HTTP__PARTNER_SCRIPT: `${site.url}/app.js`,
    RECHARGE__HTTP__PARTNER_CLOSE: "Partner.closeWindow",
  });
  const order = await makeDoneOrder(page, shop.url);
  await page.goto(`${shop.url}/orders/${order.id}`, { waitUntil: "commit" });
  await headingSays(page, "订单已取消");
}

for (const [how, script, ways] of [
  ["is asked first", SCRIPT, ["Partner.closeWindow", "uni.navigateBack"]],
  ["does no harm where it is broken", "throw new Error('broken')", ["uni.navigateBack"]],
  ["does no harm where it has no such function", "window.Partner = {}", ["uni.navigateBack"]],
] as const) {
  test(`the partner's own script ${how}`, async ({ page, gateway }) => {
    await page.route(`${site.url}/app.js`, (route) => route.fulfill({ contentType: "text/javascript", body: script }));
    await fakeHosts(page, ...UNI);
    const loaded = page.waitForResponse(`${site.url}/app.js`);
    await open(page, gateway);
    await loaded;
    await page.getByRole("button", { name: "完成" }).click();
    await expect(page.getByRole("dialog", { name: "现在可以关闭本页了" })).toBeVisible();
    const asked = (await calls(page)).map(([name]) => name).filter((name) => name !== "uni.postMessage");
    expect(asked).toEqual(ways);
  });
}

test("a partner's script that never comes holds nothing up, and no other script of theirs is allowed", async ({ page, gateway }) => {
  await page.route(`${site.url}/app.js`, () => new Promise(() => undefined));
  await open(page, gateway);
  const refused = await page.evaluate(
    (address) =>
      new Promise((done) => {
        document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
        const script = document.createElement("script");
        script.src = address;
        document.head.appendChild(script);
      }),
    `${site.url}/other.js`,
  );
  expect(refused).toBe("script-src-elem");
});
