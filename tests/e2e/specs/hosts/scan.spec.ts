import { type Page } from "@playwright/test";

import type {} from "../../../../public/recharge-bridge.d.ts";
import { a11y } from "../../support/a11y.ts";
import { AGENTS, HOSTS, calls, fakeHosts } from "../../support/hosts.ts";
import { startOwn } from "../../support/own.ts";
import { fakeCamera, refuseTickets, scanButton, see, signature, ticket, tracks } from "../../support/scan.ts";
import { CARD, maskedEnd, started } from "../../support/shop.ts";
import { startSite } from "../../support/site.ts";
import { expect, test } from "../../support/test.ts";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003131) NetType/WIFI Language/zh_CN";
const NOTHING = "没有扫到卡号，请再试一次或手动输入";

const box = (page: Page) => page.getByRole("textbox", { name: "流量卡号" });
const sheet = (page: Page) => page.getByRole("dialog", { name: "扫码输入卡号" });

/** The box has the card's number, and the card was looked up without another tap. */
async function holdsTheCard(page: Page): Promise<void> {
  await expect(box(page)).toHaveValue(CARD);
  await expect(page.getByText(maskedEnd(CARD)).first()).toBeVisible();
}

test("where nothing can scan there is no button", async ({ page }) => {
  await page.goto("/");
  await started(page);
  await page.waitForTimeout(500);
  await expect(scanButton(page)).toBeHidden();
});

interface Bridge {
  answer: object;
  /** As on iOS. */
  wrapped?: boolean;
  /** How long after the page it comes, in milliseconds. */
  late?: number;
  /** The call that it never answers. */
  silent?: string;
}

/** Puts WeChat's bridge in, whose scanner answers like this. */
function wechatBridge({ answer, wrapped, late, silent }: Bridge): void {
  const told = window as unknown as { calls: unknown[][]; WeixinJSBridge: object };
  told.calls = [];
  const bridge = {
    invoke(name: string, values: object, said: (answer: object) => void) {
      told.calls.push([name, JSON.parse(JSON.stringify(values))]);
      if (name === silent) return;
      const { resultStr, ...rest } = answer as { resultStr?: string };
      const result = wrapped ? JSON.stringify({ scan_code: { scan_result: resultStr } }) : resultStr;
      const known = name === "scanQRCode" ? { ...rest, resultStr: result } : { err_msg: "preVerifyJSAPI:ok" };
      setTimeout(() => said(known), 20);
    },
  };
  const put = () => {
    told.WeixinJSBridge = bridge;
    document.dispatchEvent(new Event("WeixinJSBridgeReady"));
  };
  if (late) addEventListener("DOMContentLoaded", () => setTimeout(put, late));
  else put();
}

const GOOD = { err_msg: "scanQRCode:ok", resultStr: `CODE_128,${CARD}` };

for (const { name, agent, wrapped, signs } of [
  { name: "Android signs the present address", agent: AGENTS.wechat, wrapped: false, signs: "/" },
  { name: "iOS signs the address that it was opened by", agent: IPHONE, wrapped: true, signs: "/usage?from=poster" },
  { name: "a mini-program's web view signs like its phone", agent: AGENTS.wechatShell, wrapped: true, signs: "/usage?from=poster" },
]) {
  test.describe("WeChat", () => {
    test.use({ userAgent: agent });

    test(name, async ({ page, gateway }) => {
      const shop = await startOwn(gateway);
      await page.addInitScript(wechatBridge, { answer: GOOD, wrapped });
      await page.goto(`${shop.url}/usage?from=poster#lang=zh`);
      await started(page);
      await page.getByRole("link", { name: "在线充值" }).click();
      await expect(page).toHaveURL(`${shop.url}/`);
      await scanButton(page).click();
      await holdsTheCard(page);

      const called = (await calls(page)) as [string, Record<string, unknown>][];
      expect(called.map(([name]) => name)).toEqual(["preVerifyJSAPI", "scanQRCode"]);
      const [verified, scanned] = called.map(([, values]) => values);
      const of = (name: string) => String(verified?.[name]);
      const [appId, timestamp, nonce] = [of("appId"), of("verifyTimestamp"), of("verifyNonceStr")];
      const signed = {
        appId,
        verifyAppId: appId,
        verifySignType: "sha1",
        verifyTimestamp: timestamp,
        verifyNonceStr: nonce,
        verifySignature: signature({ ticket: await ticket(), nonce, timestamp, url: shop.url + signs }),
      };
      expect(appId).toMatch(/^wx/);
      expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
      expect(verified).toEqual({ verifyJsApiList: ["scanQRCode"], ...signed });
      expect(scanned).toEqual({ needResult: 1, scanType: ["barCode", "qrCode"], ...signed });
    });
  });
}

test.describe("WeChat", () => {
  test.use({ userAgent: AGENTS.wechat });

  test("a buyer who gives up is told nothing", async ({ page, gateway }) => {
    const shop = await startOwn(gateway);
    await fakeCamera(page);
    await page.addInitScript(wechatBridge, { answer: { err_msg: "scanQRCode:cancel" } });
    await page.goto(shop.url);
    await scanButton(page).click();
    await expect.poll(async () => (await calls(page)).length).toBe(2);
    await page.waitForTimeout(300);
    await expect(sheet(page)).toBeHidden();
    await expect(page.getByRole("alert").filter({ hasText: /./ })).toHaveCount(0);
    await expect(scanButton(page)).toBeVisible();
    await expect(box(page)).toHaveValue("");
  });

  test("a second tap at once opens no second scanner", async ({ page, gateway }) => {
    const shop = await startOwn(gateway);
    await page.addInitScript(wechatBridge, { answer: { err_msg: "scanQRCode:cancel" } });
    await page.goto(shop.url);
    await scanButton(page).dblclick();
    await page.waitForTimeout(600);
    expect((await calls(page)).map(([name]) => name)).toEqual(["preVerifyJSAPI", "scanQRCode"]);
  });

  test("a scanner that refuses leaves it to the camera", async ({ page, gateway }) => {
    const shop = await startOwn(gateway);
    await fakeCamera(page, { codes: [CARD] });
    await page.addInitScript(wechatBridge, { answer: { err_msg: "scanQRCode:permission denied" } });
    await page.goto(shop.url);
    await scanButton(page).click();
    await holdsTheCard(page);
    expect((await tracks(page)).begun).toBe(1);
  });

  test("a scanner that refuses says so where there is no camera", async ({ page, gateway }) => {
    const shop = await startOwn(gateway);
    await page.addInitScript(wechatBridge, { answer: { err_msg: "scanQRCode:fail" } });
    await page.goto(shop.url);
    await scanButton(page).click();
    await expect(page.getByText(NOTHING)).toBeVisible();
    await box(page).fill("8986");
    await expect(page.getByText(NOTHING)).toHaveCount(0);
  });

  test("while WeChat gives no ticket the camera reads", async ({ page, gateway }) => {
    const shop = await startOwn(gateway);
    await refuseTickets(9);
    await fakeCamera(page, { codes: [CARD] });
    await page.addInitScript(wechatBridge, { answer: GOOD });
    await page.goto(shop.url);
    await scanButton(page).click();
    await holdsTheCard(page);
    expect(await calls(page)).toEqual([]);
  });

  test("the bridge comes late, and its check never answers", async ({ page, gateway }) => {
    const shop = await startOwn(gateway);
    await page.addInitScript(wechatBridge, { answer: GOOD, late: 1500, silent: "preVerifyJSAPI" });
    await page.goto(shop.url);
    await scanButton(page).click();
    await holdsTheCard(page);
    expect((await calls(page)).map(([name]) => name)).toEqual(["preVerifyJSAPI", "scanQRCode"]);
  });

  test("what is no card number stands in the box, and is told", async ({ page, gateway }) => {
    const shop = await startOwn(gateway);
    await page.addInitScript(wechatBridge, { answer: { ...GOOD, resultStr: "EAN_13,6901234567892" } });
    await page.goto(shop.url);
    await scanButton(page).click();
    await expect(box(page)).toHaveValue("6901234567892");
    await expect(page.locator("#card-error")).toContainText(/./);
    await expect(box(page)).toBeFocused();
  });

  test("without an official account nobody is asked, and no button is there", async ({ page }) => {
    let asked = 0;
    page.on("request", (request) => {
      if (request.url().includes("/wechat/scan")) asked += 1;
    });
    await page.addInitScript(wechatBridge, { answer: GOOD });
    await page.goto("/");
    await started(page);
    await page.waitForTimeout(500);
    await expect(scanButton(page)).toBeHidden();
    expect([asked, await calls(page)]).toEqual([0, []]);
  });
});

test("outside WeChat the camera reads, and nobody asks for WeChat's signature", async ({ page, gateway }) => {
  const shop = await startOwn(gateway);
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().includes("/wechat/scan")) asked += 1;
  });
  await fakeCamera(page, { codes: [CARD] });
  await page.goto(shop.url);
  await scanButton(page).click();
  await holdsTheCard(page);
  expect(asked).toBe(0);
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

test.describe("the camera", () => {
  test("shows its picture and stops once a code was seen", async ({ page }) => {
    await fakeCamera(page);
    await page.goto("/");
    const button = scanButton(page);
    await expect(button).toBeVisible();
    expect(await button.boundingBox()).toMatchObject({ width: 44, height: 44 });
    await button.click();
    await expect(sheet(page).locator("video")).toBeVisible();
    await expect(sheet(page).getByText("对准卡片上的条形码或二维码")).toBeVisible();
    await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 1 });
    await a11y(page);
    await see(page, CARD);
    await holdsTheCard(page);
    await expect(sheet(page)).toBeHidden();
    await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 0 });
    expect(await page.evaluate(() => (window as unknown as { asked: unknown[] }).asked)).toEqual([
      { formats: ["code_128", "qr_code", "ean_13"] },
      { video: { facingMode: "environment" } },
    ]);
  });

  test("takes the card's code where the article's is beside it", async ({ page }) => {
    await fakeCamera(page, { codes: ["6901234567892", CARD] });
    await page.goto("/");
    await scanButton(page).click();
    await holdsTheCard(page);
  });

  for (const [how, leave] of [
    ["cancelled", (page: Page) => page.getByRole("button", { name: "取消" }).click()],
    ["closed by Esc", (page: Page) => page.keyboard.press("Escape")],
    ["left by going back", (page: Page) => page.goBack()],
    ["hidden", (page: Page) =>
      page.evaluate(() => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
        document.dispatchEvent(new Event("visibilitychange"));
      })],
  ] as const) {
    test(`stops when it is ${how}`, async ({ page }) => {
      await fakeCamera(page);
      await page.goto("/usage");
      await started(page);
      await page.getByRole("link", { name: "在线充值" }).click();
      await scanButton(page).click();
      await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 1 });
      await leave(page);
      await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 0 });
      await expect(sheet(page)).toBeHidden();
      await expect(page.getByText(NOTHING)).toHaveCount(0);
    });
  }

  test("stops after a minute in which no code was seen", async ({ page }) => {
    await page.clock.install();
    await fakeCamera(page);
    await page.goto("/");
    await scanButton(page).click();
    await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 1 });
    await page.clock.fastForward(61_000);
    await expect(page.getByText(NOTHING)).toBeVisible();
    await expect(sheet(page)).toBeHidden();
    expect(await tracks(page)).toEqual({ begun: 1, on: 0 });
  });

  for (const [refuses, says] of [
    ["NotAllowedError", "没有使用相机的权限，请在设置中允许，或手动输入卡号"],
    ["NotFoundError", NOTHING],
  ] as const) {
    test(`that answers ${refuses} is told`, async ({ page }) => {
      await fakeCamera(page, { refuses });
      await page.goto("/");
      await scanButton(page).click();
      await expect(page.getByText(says)).toBeVisible();
      await expect(sheet(page)).toBeHidden();
      await expect(scanButton(page)).toBeFocused();
    });
  }

  test("is not offered where the engine knows no such code", async ({ page }) => {
    await fakeCamera(page, { formats: ["aztec"] });
    await page.goto("/");
    await started(page);
    await page.waitForTimeout(500);
    await expect(scanButton(page)).toBeHidden();
  });

  test("is let through by the page's headers, and nothing else is", async ({ page }) => {
    await page.goto("/");
    const allows = (feature: string) =>
      page.evaluate((feature) => {
        const { featurePolicy } = document as unknown as { featurePolicy: { allowsFeature(name: string): boolean } };
        return featurePolicy.allowsFeature(feature);
      }, feature);
    expect([await allows("camera"), await allows("microphone"), await allows("geolocation")]).toEqual([true, false, false]);
  });

  test("in English the button has English words", async ({ page }) => {
    await fakeCamera(page);
    await page.goto("/#lang=en");
    await expect(page.getByRole("button", { name: "Scan the card's code" })).toBeVisible();
  });
});
