import { readFile } from "node:fs/promises";

import { atTheWallet, goToPay } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

/** What the gateway keeps, by the keys of its configuration; the values are the sandbox's. */
const SECRET = /sandbox-secret|sandbox-subscription-key|PRIVATE KEY|sqlite:\/\//;
const CARD = "89860621900012345600";

test("row 35: nothing that is loaded or answered holds a secret, and no address a card number", async ({ page }) => {
  const bodies: Promise<[string, string]>[] = [];
  const addresses: string[] = [];
  page.on("response", (response) => {
    const url = response.url();
    addresses.push(url);
    if (response.status() < 300) {
      bodies.push(response.body().then((body) => [url, body.toString("latin1")], () => [url, ""]));
    }
  });
  await page.goto("/");
  await goToPay(page, { card: "89860621900012345600", package: "6GB 月清零 ¥41" });
  await atTheWallet(page);
  for (const path of ["/api/v1/openapi.json", "/api/v1/orders/0", "/admin/orders", "/metrics", "/nowhere"]) {
    const answer = await page.request.get(path);
    bodies.push(answer.text().then((text) => [path, text]));
  }
  const read = await Promise.all(bodies);
  expect(read.some(([url, body]) => url.endsWith(".wasm") && body.length > 100_000)).toBe(true);
  for (const [url, body] of read.filter(([url]) => !url.includes("/pay/"))) {
    expect(SECRET.exec(body)?.[0], `a secret in ${url}`).toBeUndefined();
  }
  expect(addresses.filter((url) => url.includes(CARD))).toEqual([]);
});

test("row 35: the scan sees what it looks for", async () => {
  const config = await readFile(new URL("../../../crates/gateway/config.example.toml", import.meta.url), "latin1");
  expect(new Set(config.match(new RegExp(SECRET, "g")))).toEqual(
    new Set(["sqlite://", "sandbox-secret", "sandbox-subscription-key"]),
  );
});
