import { type Frame, type Locator, type Page, expect } from "@playwright/test";

/** A package as the buyer reads it: its radio's name begins with this. */
export interface Wanted {
  card?: string;
  /** Such as `2GB 月清零 ¥18`. */
  package?: string;
  method?: "支付宝" | "微信支付";
}

export const CARD = "898607B2091701418584";
export const PACKAGE = "2GB 月清零 ¥18";

/** Waits until the program runs: what stood in for it has a box for the card number too. */
export async function started(page: Page | Frame): Promise<void> {
  await expect(page.locator("#shell")).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "流量卡号" })).toBeVisible();
}

/** Types the card number and waits until the page knows the card. */
export async function enterCard(page: Page, card: string = CARD): Promise<void> {
  await page.getByRole("textbox", { name: "流量卡号" }).fill(card);
  await expect(page.getByText(maskedEnd(card)).first()).toBeVisible();
}

/** Chooses a package and opens the sheet with the ways to pay. */
export async function choosePackage(page: Page, name: string = PACKAGE): Promise<Locator> {
  await tick(page.getByRole("radiogroup", { name: "套餐", exact: true }).getByRole("radio", { name }));
  await page.getByRole("button", { name: "立即充值" }).click();
  const sheet = page.getByRole("dialog", { name: "选择支付方式" });
  await expect(sheet).toBeVisible();
  return sheet;
}

/** Ticks a package, brought out from behind the bars first. */
export async function tick(radio: Locator): Promise<void> {
  await radio.evaluate((input) => input.scrollIntoView({ block: "center" }));
  await radio.check({ force: true });
  await expect(radio).toBeChecked();
}

/** From the recharge screen to the wallet, or to the code where one is due. */
export async function goToPay(page: Page, wanted: Wanted = {}): Promise<void> {
  await enterCard(page, wanted.card);
  const sheet = await choosePackage(page, wanted.package);
  await sheet.getByRole("button", { name: wanted.method ?? "支付宝" }).click();
}

/** Waits for the wallet's own page. */
export async function atTheWallet(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: "确认付款" })).toBeVisible();
}

/** Waits for the heading that says what is true now. */
export async function headingSays(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: text })).toBeVisible({ timeout: 25_000 });
}

/** The order's id in the page's address. */
export function orderId(page: Page): string {
  const id = /\/orders\/([0-9a-f]{32})/.exec(page.url())?.[1];
  if (!id) throw new Error(`${page.url()} is no order's page`);
  return id;
}

export function maskedEnd(card: string): RegExp {
  return new RegExp(`\\*{4,} ?${card.slice(-4)}`);
}
