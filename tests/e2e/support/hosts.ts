import { randomUUID } from "node:crypto";

import { type Page, type Route, expect } from "@playwright/test";

/** A card that no other tests buy for: the shop asks before it sells the same twice. */
export const CARD = "898607B2091701418581";

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
  wecom: `${ANDROID} wxwork/4.1.10 MicroMessenger/7.0.1 Language/zh`,
  dingtalk: `${IPHONE} AliApp(DingTalk/7.0.20) com.laiwang.DingTalk/25021 Channel/201200 language/zh-Hans-CN`,
  taobao: `${ANDROID} AliApp(TB/10.28.10) WindVane/8.5.0 1080X2206`,
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

/** What the page asks for. */
export interface Asked {
  method: string;
  host: string;
}

/** What the page asked of a gateway whose answers about payments are made up here. */
export class Payments {
  /** The bodies of the requests for a payment. */
  readonly asked: Asked[] = [];
  /** How often the gateway was told to ask the wallet. */
  submitted = 0;
  #payment: object | undefined;

  private constructor(readonly launch: (asked: Asked) => Launch) {}

  /**
   * Answers every request for a payment with this launch, or with what is made of the request; orders are the gateway's own
   * but for that payment.
   */
  static async answer(page: Page, launch: Launch | ((asked: Asked) => Launch)): Promise<Payments> {
    const payments = new Payments(typeof launch === "function" ? launch : () => launch);
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
    const asked = route.request().postDataJSON() as Asked;
    this.asked.push(asked);
    const expires_at = new Date(Date.now() + 600_000).toISOString();
    this.#payment = { method: asked.method, state: "launched", launch: this.launch(asked), expires_at };
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

/** The app's bridge comes now, where it was put in late: once the page is about to use it. */
export async function bridgeComes(page: Page, payments: Payments): Promise<void> {
  await expect.poll(() => payments.asked.length).toBe(1);
  expect(await calls(page)).toEqual([]);
  await page.evaluate(() => (window as unknown as { comes: () => void }).comes());
}

/** An app around the page, by what it puts into the page. */
export interface Host {
  name: string;
  agent: string;
  /** The global, by its path, that closes the page; and with what it is called. */
  close: string;
  closeWith: unknown[];
  /** The global that is sent messages. */
  post?: string;
  /** A message as it is sent. */
  sends?: (message: object) => unknown[];
  /** Further globals, as they are. */
  beside?: Record<string, unknown>;
}

const CLOSE = { v: 1, type: "close" };

/** Every app that the page knows; messages that cross as text are read here. */
export const HOSTS: Host[] = [
  { name: "WeChat", agent: AGENTS.wechat, close: "WeixinJSBridge.call", closeWith: ["closeWindow"] },
  { name: "WeChat with its script alone", agent: AGENTS.wechat, close: "wx.closeWindow", closeWith: [] },
  { name: "Alipay", agent: AGENTS.alipay, close: "AlipayJSBridge.call", closeWith: ["closeWebview"] },
  {
    name: "WeChat's mini-program",
    agent: AGENTS.wechatShell,
    close: "wx.miniProgram.navigateBack",
    closeWith: [{ delta: 1 }],
    post: "wx.miniProgram.postMessage",
    sends: (message) => [{ data: message }],
    beside: { __wxjs_environment: "miniprogram" },
  },
  {
    name: "Alipay's mini-program",
    agent: AGENTS.alipayShell,
    close: "my.navigateBack",
    closeWith: [{ delta: 1 }],
    post: "my.postMessage",
    sends: (message) => [message],
  },
  sent("an iOS app", AGENTS.iosApp, "webkit.messageHandlers.RechargeHost.postMessage"),
  {
    ...sent("an Android app", AGENTS.androidApp, "RechargeHost.postMessage"),
    close: "RechargeHost.close",
    closeWith: [],
  },
  {
    ...sent("a Flutter app with InAppWebView", AGENTS.androidApp, "flutter_inappwebview.callHandler"),
    closeWith: ["RechargeHost", CLOSE],
    sends: (message) => ["RechargeHost", message],
  },
  sent("a Flutter app with webview_flutter", AGENTS.iosApp, "RechargeHost.postMessage"),
  sent("a React Native app", AGENTS.androidApp, "ReactNativeWebView.postMessage"),
  {
    name: "uni-app",
    agent: AGENTS.androidApp,
    close: "uni.navigateBack",
    closeWith: [{ delta: 1 }],
    post: "uni.postMessage",
    sends: (message) => [{ data: message }],
  },
];

function sent(name: string, agent: string, post: string): Host {
  return { name, agent, close: post, closeWith: [CLOSE], post, sends: (message) => [message] };
}

/** What the first fake does when it is asked to close the page; `window.mode` says which. */
export type Mode = "closes" | "throws" | "hangs" | "does nothing";

/** Puts the apps' globals into the page; those of the first do as `window.mode` says, the others nothing. */
export async function fakeHosts(page: Page, ...hosts: Host[]): Promise<void> {
  const globals = hosts.flatMap((host, place) =>
    [host.close, ...(host.post ? [host.post] : [])].map((path) => ({ path, first: place === 0 })),
  );
  const beside = Object.assign({}, ...hosts.map((host) => host.beside ?? {})) as Record<string, unknown>;
  await page.addInitScript(put, { globals, beside });
}

function put({ globals, beside }: { globals: { path: string; first: boolean }[]; beside: Record<string, unknown> }): void {
  type Tree = { [name: string]: Tree | ((...values: unknown[]) => unknown) };
  const test = window as unknown as { calls: unknown[][]; mode?: Mode };
  Object.assign(window, beside, { calls: [] });
  for (const { path, first } of globals) {
    const names = path.split(".");
    const method = names.pop() ?? "";
    let object = window as unknown as Tree;
    for (const name of names) object = (object[name] ??= {}) as Tree;
    if (object[method]) continue;
    object[method] = function (this: unknown, ...values: unknown[]) {
      // As an object of a native app does: its methods work on itself alone.
      if (this !== object) throw new TypeError("called on another object");
      const read = values.map((value) => (typeof value === "string" && value.startsWith("{") ? JSON.parse(value) : value));
      test.calls.push([path, ...read]);
      const event = read.some((value) => /"type":"(ready|order|paid)"/.test(JSON.stringify(value)));
      if (event || !first) return undefined;
      if (test.mode === "throws") throw new Error("refused");
      if (test.mode === "hangs") return new Promise(() => undefined);
      if (test.mode === "closes") Object.defineProperty(document, "hidden", { get: () => true });
      return undefined;
    };
  }
}
