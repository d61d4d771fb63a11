import { Payments, makeOrder, pay } from "../../support/hosts.ts";
import { readQr } from "../../support/qr.ts";
import { choosePackage, enterCard, headingSays, orderId } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

test.use({ viewport: { width: 1280, height: 800 }, isMobile: false, hasTouch: false });

for (const [method, content] of [
  ["微信支付", "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"],
  ["支付宝", "https://qr.alipay.com/bax03431ljhokirwl38f00a7"],
] as const) {
  test(`${method}: the code on the screen reads as it was launched`, async ({ page }) => {
    const expires_at = new Date(Date.now() + 600_000).toISOString();
    await Payments.answer(page, { kind: "qr", content, expires_at });
    await pay(page, await makeOrder(page), method);
    await headingSays(page, "扫码付款");
    await expect.poll(() => readQr(page, page.getByRole("img", { name: "付款二维码" })).catch(String)).toBe(content);
  });
}

test("one code for all wallets: a phone that reads it chooses how to pay", async ({ page, context }) => {
  await page.goto("/");
  await enterCard(page);
  const sheet = await choosePackage(page);
  await sheet.getByRole("button", { name: "手机扫码" }).click();
  const picture = page.getByRole("img", { name: "付款二维码" });
  await expect(picture).toBeVisible();
  const code = `${new URL(page.url()).origin}/cashier/${orderId(page)}`;
  await expect.poll(() => readQr(page, picture).catch(String)).toBe(code);
  const phone = await context.newPage();
  await phone.goto(code);
  await expect(phone).toHaveURL(new RegExp(`/orders/${orderId(page)}$`));
});
