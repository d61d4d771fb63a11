import { randomBytes } from "node:crypto";

import { type Gateway } from "./gateway.ts";
import { setting } from "./settings.ts";

type Start = (settings: Record<string, string>) => Promise<Gateway>;

/** A gateway with merchants of its own, whose accounts the sandbox handed out. */
export async function startOwn(gateway: Start, settings: Record<string, string> = {}): Promise<Gateway> {
  const token = randomBytes(24).toString("hex");
  const shop = await gateway({
    RECHARGE__PAYMENTS__ALIPAY: "own",
    RECHARGE__PAYMENTS__WECHAT: "own",
    RECHARGE__RECHARGE__PATH: "/cards/Recharge",
    RECHARGE__RECHARGE__QUERY_PATH: "/cards/Recharge",
    RECHARGE__ADMIN__TOKEN: token,
    RECHARGE__VAULT__KEYS: `run:${randomBytes(32).toString("base64")}`,
    ...settings,
  });
  for (const wallet of ["alipay", "wechat"]) {
    const account = await json<object>(`${setting("SANDBOX_URL")}/_control/${wallet}/account`, "POST", {});
    await json(
      `${shop.url}/admin/merchants/${wallet}/sandbox`,
      "PUT",
      { ...account, enabled: true, position: 0 },
      { authorization: `Bearer ${token}` },
    );
  }
  return shop;
}

/** The wallets in the sandbox, as their own apps reach them. */
export const wallets = {
  /** What WeChat's bridge does with what the page gives it: pays, or fails where a value is not right. */
  wechat: (values: object, buyer: "pays" | "cancels"): Promise<{ err_msg: string }> =>
    json(`${setting("SANDBOX_URL")}/_control/wechat/bridge`, "POST", { ...values, buyer }),
  /** Pays an Alipay trade by Alipay's own number. */
  alipay: (tradeNo: string): Promise<object> =>
    json(`${setting("SANDBOX_URL")}/_control/alipay/pay`, "POST", { trade_no: tradeNo }),
};

async function json<T>(url: string, method: string, body: object, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(url, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return (text ? JSON.parse(text) : {}) as T;
}
