import type {} from "../../../../public/recharge-bridge.d.ts";
import { AGENTS, HOSTS, calls, fakeHosts } from "../../support/hosts.ts";
import { NOTHING, box, holdsTheCard, scanButton } from "../../support/scan.ts";
import { CARD, started } from "../../support/shop.ts";
import { startSite } from "../../support/site.ts";
import { expect, test } from "../../support/test.ts";

test("where nothing can scan there is no button", async ({ page }) => {
  await page.goto("/");
  await started(page);
  await page.waitForTimeout(500);
  await expect(scanButton(page)).toBeHidden();
});

test.describe("Alipay", () => {
  test.use({ userAgent: AGENTS.alipay });

  for (const [answer, value, says] of [
    [{ barCode: CARD }, CARD, undefined],
    [{ qrCode: `https://carrier.example/a?iccid=${CARD}` }, CARD, undefined],
    [{ codeType: "CODE_128", codeContent: CARD }, CARD, undefined],
    [{ error: 10 }, "", undefined],
    [{ errorCode: "10" }, "", undefined],
    [{ error: 11 }, "", NOTHING],
  ] as const) {
    test(`answers ${JSON.stringify(answer)}`, async ({ page }) => {
      await page.addInitScript((answer) => {
        const told = window as unknown as { calls: unknown[][]; answered?: boolean; AlipayJSBridge: object };
        told.calls = [];
        told.AlipayJSBridge = {
          call(name: string, values: object, said: (answer: object) => void) {
            told.calls.push([name, values]);
            if (name !== "scan") return;
            setTimeout(() => {
              said(answer);
              told.answered = true;
            }, 20);
          },
        };
      }, answer);
      await page.goto("/");
      await scanButton(page).click();
      await page.waitForFunction(() => (window as unknown as { answered?: boolean }).answered);
      // What is said of an answer is said at once, if at all.
      await page.waitForTimeout(300);
      expect(await calls(page)).toEqual([["scan", { type: "bar" }]]);
      await expect(box(page)).toHaveValue(value);
      if (says) await expect(page.getByText(says)).toBeVisible();
      else await expect(page.getByText(NOTHING)).toHaveCount(0);
    });
  }
});

for (const host of HOSTS.filter(({ post, beside }) => post && !beside && !post.startsWith("my."))) {
  test.describe(host.name, () => {
    test.use({ userAgent: host.agent });

    test("is asked to scan once it has offered, and answers once", async ({ page }) => {
      await fakeHosts(page, host);
      await page.goto("/");
      await started(page);
      await expect(scanButton(page)).toBeHidden();
      const asks = async () => (await calls(page)).filter((call) => JSON.stringify(call).includes('"scan"'));
      const say = (text?: string) => page.evaluate((text) => window.RechargeBridge.scanned(text), text);

      await say("13800138000");
      await page.evaluate(() => window.RechargeBridge.offerScan());
      await scanButton(page).click();
      const sends = host.sends ?? ((message) => [message]);
      const ask = [host.post, ...sends({ v: 1, type: "scan" })];
      await expect.poll(asks).toEqual([ask]);
      await say();
      await expect(box(page)).toHaveValue("");

      await page.waitForTimeout(1600);
      await scanButton(page).click();
      await expect.poll(asks).toEqual([ask, ask]);
      await say(`CODE_128,${CARD}`);
      await holdsTheCard(page);
      await say("13800138000");
      await page.waitForTimeout(100);
      await expect(box(page)).toHaveValue(CARD);
    });
  });
}

test("a framing page can neither offer nor answer", async ({ page, gateway }) => {
  let shop = "http://own.invalid";
  const site = await startSite(() => `<iframe id="shop" src="${shop}/" width="360" height="620"></iframe>`);
  ({ url: shop } = await gateway({ RECHARGE__HTTP__FRAME_ANCESTORS: site.url }));
  await page.goto(site.url);
  const frame = page.frameLocator("#shop");
  await expect(frame.getByRole("heading", { name: "在线充值" })).toBeAttached();
  const outcome = await page.evaluate((number) => {
    const inner = (document.getElementById("shop") as HTMLIFrameElement).contentWindow as Window & typeof globalThis;
    for (const type of ["offerScan", "scanned", "scan"]) inner.postMessage({ v: 1, type, text: number }, "*");
    try {
      inner.RechargeBridge.offerScan();
      return "reached";
    } catch (error) {
      return (error as Error).name;
    }
  }, CARD);
  expect(outcome).toBe("SecurityError");
  await page.waitForTimeout(500);
  await expect(frame.getByRole("button", { name: "扫码输入卡号" })).toBeHidden();
  await expect(frame.getByRole("textbox", { name: "流量卡号" })).toHaveValue("");
  await site.stop();
});
