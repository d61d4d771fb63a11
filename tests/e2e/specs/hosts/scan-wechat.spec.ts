import { AGENTS, calls } from "../../support/hosts.ts";
import { startOwn } from "../../support/own.ts";
import { NOTHING, box, fakeCamera, holdsTheCard, refuseTickets, scanButton, sheet, signature, ticket, tracks } from "../../support/scan.ts";
import { CARD, started } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003131) NetType/WIFI Language/zh_CN";

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
