import { readQr } from "../support/qr.ts";
import { CARD, atTheWallet, goToPay, headingSays } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

test("a package is bought by link on a phone", async ({ page, control }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto("/");
  await goToPay(page);
  await atTheWallet(page);
  await control.credit({ delay_ms: 2500 });
  await page.getByRole("button", { name: "确认付款" }).click();
  await headingSays(page, "支付成功，充值处理中");
  await headingSays(page, "充值成功");
  const payment = await control.paymentFor(CARD);
  expect(await control.creditsOf(payment.outTradeNo)).toBe(1);

  await page.goto("/");
  await page.getByRole("link", { name: "流量查询" }).click();
  await page.getByRole("textbox", { name: "流量卡号" }).fill(CARD);
  await expect(page.getByText("4 GB").first()).toBeVisible();
  expect(errors).toEqual([]);
});

test.describe("on a desktop", () => {
  test.use({ viewport: { width: 1280, height: 800 }, isMobile: false, hasTouch: false });

  test("a second device scans the code and pays", async ({ page, browser, control }) => {
    await page.goto("/");
    await goToPay(page, { package: "1GB 月清零 ¥12", method: "微信支付" });
    await headingSays(page, "扫码付款");
    await expect(page.getByRole("timer")).toBeVisible();
    const says = await readQr(page, page.getByRole("img", { name: "付款二维码" }));
    const phone = await browser.newPage({ viewport: { width: 375, height: 667 } });
    await phone.goto(says);
    await phone.getByRole("button", { name: "确认付款" }).click();
    await expect(phone.getByText("付款成功")).toBeVisible();
    await headingSays(page, "充值成功");
    const payment = await control.paymentFor(CARD);
    expect(await control.creditsOf(payment.outTradeNo)).toBe(1);
    await phone.close();
  });
});

test("a wallet that is left without paying leads to another try", async ({ page }) => {
  await page.goto("/");
  await goToPay(page, { package: "3GB 月清零 ¥24.1" });
  await atTheWallet(page);
  await page.getByRole("button", { name: "取消付款" }).click();
  await headingSays(page, "等待付款");
  await page.getByRole("button", { name: "我已完成支付" }).click();
  await expect(page.getByText("还没有收到付款结果")).toBeVisible();
  await page.getByRole("button", { name: /重新支付|去支付/ }).click();
  await expect(page.getByRole("dialog").or(page.getByRole("button", { name: "确认付款" }))).toBeVisible();
});
