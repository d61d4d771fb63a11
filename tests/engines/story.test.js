import assert from "node:assert/strict";
import { test } from "node:test";

import { startChromium } from "./support/chromium.js";
import { startFirefox } from "./support/firefox.js";
import { Page } from "./support/page.js";
import { setting } from "./support/settings.js";
import { startWebKit } from "./support/webkit.js";

/** Engines that are no Chromium of an npm package. */
const OTHERS = { firefox: startFirefox, webkit: startWebKit };

const CARDS = { phone: "898607B2091701418584", wide: "89860621900012345600" };

/** One for each engine, since the shop asks before it sells a card the same again. */
const PACKAGES = ["1GB", "2GB", "3GB", "4GB", "6GB", "8GB"].map((data) => `${data} 月清零`);

for (const [index, name] of setting("NAMES").split(",").entries()) {
  test(`on ${name}`, async (context) => {
    const engine = await (OTHERS[name] ?? startChromium)(name);
    context.after(() => engine.close());
    context.diagnostic(`version ${engine.version}`);
    const story = (title, play) =>
      context.test(title, async () => {
        const page = new Page(name, engine);
        try {
          await play(page, PACKAGES[index]);
        } catch (error) {
          await page.screenshot(`failed-${play.name}`).catch(() => undefined);
          throw error;
        }
      });
    await story("a phone buys by link, from the card's number to the credit", phone);
    await story("a wide window shows the code to pay with", wide);
    await context.test("nothing failed unseen", () => assert.deepEqual(engine.errors, []));
  });
}

async function phone(page, wanted) {
  await page.resize(375, 667);
  await page.open("/?lang=zh-CN");
  await page.fill("流量卡号", CARDS.phone);
  await page.read("8584");
  await page.tap("radio", wanted);
  await page.screenshot("1-recharge");
  await page.tap("button", "立即充值");
  await page.see("dialog", "选择支付方式");
  await page.screenshot("2-sheet");
  await page.tap("button", "支付宝");
  await page.tap("button", "取消付款");
  await page.see("heading", "等待付款");
  await page.screenshot("3-cashier");
  const before = await credits();
  await page.tap("button", "去支付");
  await page.tap("button", "支付宝");
  await page.tap("button", "确认付款");
  await page.see("heading", "充值成功");
  await page.screenshot("4-result");
  assert.equal((await credits()) - before, 1);
}

async function wide(page, wanted) {
  await page.resize(1280, 800);
  await page.open("/?lang=zh-CN");
  await page.fill("流量卡号", CARDS.wide);
  await page.read("5600");
  await page.tap("radio", wanted);
  await page.tap("button", "立即充值");
  await page.tap("button", "支付宝");
  await page.see("heading", "扫码付款");
  await page.see("img", "付款二维码");
  await page.screenshot("5-code");
}

/** How often the platform credited data to the phone's card. */
async function credits() {
  const answer = await fetch(`${setting("SANDBOX_URL")}/_control/ledger`);
  const { credits } = await answer.json();
  return credits.filter(({ cardNo }) => cardNo === CARDS.phone).reduce((sum, { times }) => sum + times, 0);
}
