import { CARD, choosePackage, enterCard } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

test("a wrong card number is told, and stays as it was typed", async ({ page }) => {
  await page.goto("/");
  const box = page.getByRole("textbox", { name: "流量卡号" });
  const told = page.getByRole("alert").filter({ hasText: /./ });
  for (const typed of ["1234", "8986010110231170983S", "12800138000"]) {
    await box.fill(typed);
    await box.blur();
    await expect(told).toBeVisible();
    await expect(box).toHaveValue(typed);
    await expect(box).toHaveAttribute("aria-invalid", "true");
  }
  await box.fill(CARD);
  await expect(told).toHaveCount(0);
});

test("an unknown card is told, and can be corrected", async ({ page }) => {
  await page.goto("/");
  const box = page.getByRole("textbox", { name: "流量卡号" });
  await box.fill("89860000000000000000");
  await expect(page.getByText(/核对/).first()).toBeVisible();
  await expect(box).toHaveValue("89860000000000000000");
  await enterCard(page);
});

test("a terminated card cannot be topped up", async ({ page }) => {
  await page.goto("/");
  await enterCard(page, "89860023152003456707");
  await expect(page.getByText("已销户").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "立即充值" })).toBeDisabled();
});

test("a card whose holder is not registered is led to registration", async ({ page }) => {
  await page.goto("/");
  await enterCard(page, "89861120220045678008");
  await page.getByRole("link", { name: "去实名认证" }).click();
  await expect(page).toHaveURL(/\/realname/);
  await page.getByRole("textbox", { name: "姓名" }).fill("张三");
  await page.getByRole("textbox", { name: "身份证号" }).fill("110105194912310021");
  await page.getByRole("textbox", { name: "手机号", exact: true }).fill("13800138000");
  await page.getByRole("button", { name: "提交认证" }).click();
  await expect(page.getByText("身份证号不正确，请核对")).toBeVisible();
  await page.getByRole("textbox", { name: "身份证号" }).fill("11010519491231002X");
  await page.getByRole("button", { name: "提交认证" }).click();
  await expect(page.getByText("已提交，等待审核")).toBeVisible();
});

test("a price that changed is shown before any money moves", async ({ page, control, gateway }) => {
  const shop = await gateway({});
  await page.goto(shop.url);
  await enterCard(page);
  const sheet = await choosePackage(page, "2GB 月清零 ¥18");
  await control.price("1102", 19.5);
  await page.waitForTimeout(5_500);
  await sheet.getByRole("button", { name: "支付宝" }).click();
  await expect(page.getByText("价格已变动").first()).toBeVisible();
  await expect(page.getByText(/19\.5/).first()).toBeVisible();
  expect((await control.ledger()).payments).toHaveLength(0);
  await page.getByRole("button", { name: "按新价格购买" }).click();
  await expect(page.getByRole("button", { name: "确认付款" })).toBeVisible();
  expect((await control.paymentFor(CARD)).total_fen).toBe(1950);
});

test("the same package minutes later asks first", async ({ page, control }) => {
  const card = "89860403101872720478";
  for (const round of [1, 2]) {
    await page.goto("/");
    await enterCard(page, card);
    const sheet = await choosePackage(page, "1GB 月清零 ¥12");
    await sheet.getByRole("button", { name: "支付宝" }).click();
    if (round === 2) await page.getByRole("button", { name: "再买一份" }).click();
    await page.getByRole("button", { name: "确认付款" }).click();
    await expect(page.getByRole("heading", { name: "充值成功" })).toBeVisible({ timeout: 25_000 });
  }
  expect((await control.ledger()).credits).toHaveLength(2);
});

test("with the platform down the catalog stays and only buying is blocked, until it is back", async ({ page, control, gateway }) => {
  const shop = await gateway({ RECHARGE__SHINGSOU__CATALOG_SECONDS: "1" });
  await page.goto(shop.url);
  await expect(page.getByRole("radio", { name: /GB/ }).first()).toBeAttached();
  await control.fault({ route: "*", kind: "http_500", times: 0 });
  await page.waitForTimeout(4_000);
  await page.reload();
  await expect(page.getByRole("radio", { name: /GB/ }).first()).toBeAttached();
  await expect(page.getByText(/卡平台暂时无法连接/)).toBeVisible();
  await expect(page.getByRole("button", { name: "立即充值" })).toBeDisabled();
  await control.clearFaults();
  await expect(page.getByRole("button", { name: "立即充值" })).toBeEnabled({ timeout: 15_000 });
  await expect(page.getByText(/卡平台暂时无法连接/)).toHaveCount(0);
});
