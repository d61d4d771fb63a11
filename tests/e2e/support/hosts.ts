import { randomUUID } from "node:crypto";

import { type Page, type Route, expect } from "@playwright/test";

import { CARD } from "./shop.ts";

const ANDROID = "Mozilla/5.0 (Linux; Android 13; PGT-AN10 Build/HONOR; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

/** The user agents of the hosts, as they were seen. */
export const AGENTS = {
  wechat: `${ANDROID} MMWEBID/4321 MicroMessenger/8.0.49.2600(0x28003137) NetType/WIFI Language/zh_CN ABI/arm64`,
  alipay: `${IPHONE} NebulaSDK/1.8.100112 Nebula AliApp(AP/10.5.90.8000) AlipayClient/10.5.90.8000 Language/zh-Hans`,
  wechatShell: `${IPHONE} MicroMessenger/8.0.49(0x18003131) NetType/WIFI Language/zh_CN miniProgram/wx0123456789abcdef`,
  alipayShell: `${IPHONE} AliApp(AP/10.5.90.8000) AlipayClient/10.5.90.8000 MiniProgram APXWebView`,
  iosApp: `${IPHONE} Partner/3.2`,
  androidApp: `${ANDROID} Partner/3.2`,
  phone: "Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
} as const;

/** What the gateway tells the page to do. */
export type Launch = { kind: string } & Record<string, unknown>;

export interface Order {
  id: string;
  number: string;
}

/** An order for 2GB, made past the page. */
export async function makeOrder(page: Page, base = ""): Promise<Order> {
  const answer = await page.request.post(`${base}/api/v1/orders`, {
    headers: { "Idempotency-Key": randomUUID() },
    data: { card_number: CARD, package_id: "1102", quoted_fen: 1800, repeat: true },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return (await answer.json()) as Order;
}

/** An order that is over, on whose screen `完成` is. */
export async function makeDoneOrder(page: Page, base = ""): Promise<Order> {
  const order = await makeOrder(page, base);
  const answer = await page.request.post(`${base}/api/v1/orders/${order.id}/cancel`, { data: {} });
  expect(answer.status(), await answer.text()).toBe(200);
  return order;
}

/** What the page asked of a gateway whose answers about payments are made up here. */
export class Payments {
  /** The bodies of the requests for a payment. */
  readonly asked: { method: string; host: string }[] = [];
  /** How often the gateway was told to ask the wallet. */
  submitted = 0;
  #payment: object | undefined;

  private constructor(readonly launch: Launch) {}

  /** Answers every request for a payment with this launch; orders are the gateway's own but for that payment. */
  static async answer(page: Page, launch: Launch): Promise<Payments> {
    const payments = new Payments(launch);
    await page.route("**/api/v1/orders/*/payments", (route) => payments.#pay(route));
    await page.route("**/api/v1/orders/*/submitted", (route) => {
      payments.submitted += 1;
      return route.continue();
    });
    await page.route(/\/api\/v1\/orders\/[0-9a-f]{32}$/, (route) => payments.#show(route));
    await page.route("**/api/v1/orders/*/events", (route) => route.abort());
    return payments;
  }

  #pay(route: Route): Promise<void> {
    const asked = route.request().postDataJSON() as { method: string; host: string };
    this.asked.push(asked);
    const expires_at = new Date(Date.now() + 600_000).toISOString();
    this.#payment = { method: asked.method, state: "launched", launch: this.launch, expires_at };
    return route.fulfill({ json: this.#payment });
  }

  async #show(route: Route): Promise<void> {
    const answer = await route.fetch();
    const order = (await answer.json()) as { state: string; version: number };
    if (this.#payment) Object.assign(order, { state: "paying", version: order.version + 1, payment: this.#payment });
    await route.fulfill({ response: answer, json: order });
  }
}

/** Opens an order's screen and chooses a wallet there. */
export async function pay(page: Page, order: Order, method: "支付宝" | "微信支付"): Promise<void> {
  await page.goto(`/orders/${order.id}`);
  await page.getByRole("button", { name: "去支付" }).click();
  await page.getByRole("dialog", { name: "选择支付方式" }).getByRole("button", { name: method }).click();
}

/** What the fakes put into the page noted, each call as its name and its arguments. */
export function calls(page: Page): Promise<unknown[][]> {
  return page.evaluate(() => (window as unknown as { calls?: unknown[][] }).calls ?? []);
}
