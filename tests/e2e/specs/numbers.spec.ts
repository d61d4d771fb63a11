import { CARD, enterCard, maskedEnd, started } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

const told = "#card-error";

test("a bank card's number is told to be none before anything is sent", async ({ page, control }) => {
  await page.goto("/");
  await started(page);
  const box = page.getByRole("textbox", { name: "流量卡号" });
  for (const number of ["6222 0212 3456 7890 123", "62220212345678901234", "4111111111111111"]) {
    await box.fill(number);
    await expect(page.locator(told)).toContainText("ICCID 以 89 开头");
  }
  const looked = async () =>
    Object.entries((await control.ledger()).calls).filter(([call, times]) => call.includes("FlowCard") && times > 0);
  expect(await looked()).toEqual([]);
  await enterCard(page);
  expect(await looked()).not.toEqual([]);
});

test("what a scanner types and a chat brings along is read as it was meant", async ({ page }) => {
  await page.goto("/");
  await started(page);
  const box = page.getByRole("textbox", { name: "流量卡号" });
  for (const typed of [
    `]C1${CARD}`,
    `*${CARD}*`,
    `ICCID: ${CARD}`,
    `SN:${CARD}`,
    `CODE_128,${CARD}`,
    `https://shop.example/#card=${CARD}&package=1102`,
    "\u2068898607B2\u20110917\u20130141\u22128584\u2069\uFE0F\u00AD",
  ]) {
    await box.fill("");
    await expect(page.locator(".sim-number")).toHaveCount(0);
    await box.fill(typed);
    await expect(page.locator(".sim-number"), typed).toHaveText(maskedEnd(CARD));
    await expect(box).toHaveValue(typed);
  }
});

test("the key that says search tells what is missing, and makes way for what is complete", async ({ page }) => {
  await page.goto("/");
  await started(page);
  const box = page.getByRole("textbox", { name: "流量卡号" });
  await box.fill("8986 07B2 09");
  await expect(page.locator(told)).toBeEmpty();
  await box.press("Enter");
  await expect(page.locator(told)).toContainText("现在是 10 位");
  await box.fill("");
  await expect(page.locator(told)).toBeEmpty();
  await box.press("Enter");
  await expect(page.locator(told)).toContainText("请输入流量卡号");
  await box.fill(CARD);
  await box.press("Enter");
  await expect(box).not.toBeFocused();
  await expect(page.getByText(maskedEnd(CARD)).first()).toBeVisible();
});

test("a link's number is read as it was meant, or said to be wrong", async ({ page }) => {
  await page.goto("/#card=+86%20130%201234%205678");
  await expect(page.getByText(maskedEnd("13012345678")).first()).toBeVisible();
  for (const half of ["898607B209", "+86138", "%2B861440012"]) {
    await page.goto("/usage");
    await page.goto(`/#card=${half}`);
    await expect(page.locator(told), half).toContainText("现在是");
  }
  await page.goto("/usage");
  await page.goto("/#card=6222021234567890123");
  await expect(page.locator(told)).toContainText("ICCID 以 89 开头");
});

test("what fills in accounts and bank cards leaves every box alone", async ({ page }) => {
  for (const path of ["/", "/usage", "/realname", "/orders"]) {
    await page.goto(path);
    await started(page);
    for (const box of await page.locator("input[type=text]").all()) {
      const marks = await box.evaluate((input) => ({ ...(input as HTMLElement).dataset }));
      expect(marks, path).toMatchObject({ "1pIgnore": "", bwignore: "", lpignore: "true", formType: "other" });
      const { id, name, autocomplete } = await box.evaluate(({ id, name, autocomplete }: HTMLInputElement) => ({ id, name, autocomplete }));
      expect(`${id} ${name}`).toMatch(/^(sim sim|holder-(\w+) holder-\2)$/);
      expect(["off", "name", "tel"]).toContain(autocomplete);
    }
    await expect(page.getByRole("textbox", { name: "流量卡号" })).toHaveAttribute("autocomplete", "off");
  }
});

test("a registered card's page has no form to register it", async ({ page, control }) => {
  const card = "89861120220045678008";
  await page.goto("/realname");
  await started(page);
  await expect(page.getByRole("textbox", { name: "姓名" })).toBeVisible();
  for (const [realityStatus, note] of [
    ["passed", "这张卡已完成实名认证"],
    ["pending", "正在审核"],
  ] as const) {
    await control.card(card, { realityStatus });
    await page.getByRole("textbox", { name: "流量卡号" }).fill("");
    await page.getByRole("textbox", { name: "流量卡号" }).fill(card);
    await expect(page.getByText(note)).toBeVisible();
    await expect(page.getByRole("textbox")).toHaveCount(1);
    await expect(page.getByRole("button", { name: "提交认证" })).toHaveCount(0);
  }
  await control.card(card, { realityStatus: "rejected" });
  await page.getByRole("textbox", { name: "流量卡号" }).fill("");
  await page.getByRole("textbox", { name: "流量卡号" }).fill(card);
  await expect(page.getByText("上次提交未通过审核")).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(4);
});
