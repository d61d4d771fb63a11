// What is bought here is bought in a shop of its own: elsewhere the shop would ask before it sells the same again.
import { CARD, goToPay, atTheWallet, headingSays, orderId } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

test.describe("in Tokyo", () => {
  test.use({ timezoneId: "Asia/Tokyo" });

  test("the days of the card are China's, and times of the order say their zone", async ({ page, gateway }) => {
    const shop = await gateway({});
    await page.goto(shop.url);
    await goToPay(page);
    await atTheWallet(page);
    await page.getByRole("button", { name: "确认付款" }).click();
    await headingSays(page, "充值成功");
    await expect(page.locator(".step-at").first()).toHaveText(/^\d\d:\d\d:\d\d UTC\+9$/);
    await expect(page.getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC\+9$/)).toBeVisible();
    await page.goto(`${shop.url}/usage`);
    const { expires_at } = await (await page.request.post(`${shop.url}/api/v1/cards/lookup`, { data: { number: CARD } })).json();
    const day = new Date(Date.parse(expires_at) + 8 * 3_600_000).toISOString().slice(0, 10);
    await expect(page.locator(".fact", { hasText: "有效期至" })).toContainText(day);
  });
});

test("at home no zone is said", async ({ page, gateway }) => {
  await page.goto((await gateway({})).url);
  await goToPay(page, { package: "1GB 月清零 ¥12" });
  await atTheWallet(page);
  await page.getByRole("button", { name: "确认付款" }).click();
  await headingSays(page, "充值成功");
  await expect(page.locator(".step-at").first()).toHaveText(/^\d\d:\d\d:\d\d$/);
});

for (const locale of ["ja-JP", "ar-EG", "de-DE"]) {
  test.describe(locale, () => {
    test.use({ locale });

    test("who does not prefer Chinese reads English, in the page, its picture and its errors", async ({ page }) => {
      await page.route("**/*.wasm", (route) => route.abort());
      await page.goto("/");
      await expect(page.getByRole("heading", { name: "The page could not be loaded" })).toBeVisible();
      await expect(page.locator("#shell-buy")).toHaveText("Top up now");
      await page.unroute("**/*.wasm");
      await page.reload();
      await expect(page.locator("#shell")).toHaveCount(0);
      await expect(page.locator("html")).toHaveAttribute("lang", "en");
      await expect(page.getByRole("button", { name: "Top up now" })).toBeVisible();
    });
  });
}

test("what was bought is named in the language that is read now", async ({ page, gateway }) => {
  const shop = await gateway({});
  await page.goto(shop.url);
  await goToPay(page, { package: "3GB 月清零 ¥24.1" });
  await atTheWallet(page);
  await page.getByRole("button", { name: "确认付款" }).click();
  await headingSays(page, "充值成功");
  const id = orderId(page);
  await page.goto(`${shop.url}/orders?lang=en`);
  const rows = page.locator(".row-title");
  await expect(rows).toHaveText(["3GB Monthly"]);
  await page.getByRole("textbox", { name: "Data SIM" }).fill(CARD);
  await page.getByRole("button", { name: "Search" }).click();
  await expect(rows.nth(1)).toHaveText("3GB Monthly");
  for (const title of await rows.allTextContents()) expect(title).toMatch(/^\d+GB (Monthly|Rollover)$/);
  // As an older page remembered it: in the seller's words alone.
  await page.evaluate((id) => {
    const known = JSON.parse(localStorage.getItem("rc.orders") ?? "[]") as Record<string, unknown>[];
    const old = known.filter((order) => order.id === id).map(({ data_mb, reset_rule, ...rest }) => rest);
    localStorage.setItem("rc.orders", JSON.stringify(old));
  }, id);
  await page.reload();
  await expect(rows.first()).toHaveText("3GB Monthly");
  await page.goto(`${shop.url}/orders?lang=zh`);
  await expect(rows.first()).toHaveText("3GB 月清零");
});

test.describe("with the system's few colours", () => {
  test.use({ contextOptions: { forcedColors: "active" } });

  test("the bar, the dot and what is chosen are still told apart", async ({ page }) => {
    await page.goto(`/#card=${CARD}`);
    await expect(page.locator(".meter-fill")).toBeAttached();
    await expect(page.locator(".tab-badge")).toBeAttached();
    const colour = (selector: string) =>
      page.locator(selector).first().evaluate((element) => getComputedStyle(element).backgroundColor);
    await expect.poll(() => colour(".meter-fill")).not.toBe(await colour(".sim"));
    expect(await colour(".tab-badge")).not.toBe(await colour(".dock"));
    expect(await colour(".chip-input:checked + .chip-face")).not.toBe(await colour(".chip-input:not(:checked) + .chip-face"));
    await page.locator(".tile-input").first().check({ force: true });
    expect(await colour(".tile-input:checked + .tile-face")).not.toBe(await colour(".tile-input:not(:checked) + .tile-face"));
  });
});
