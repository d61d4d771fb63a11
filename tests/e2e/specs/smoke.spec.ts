import { a11y } from "../support/a11y.ts";
import { expect, test } from "../support/test.ts";

test("the shop opens and the program starts", async ({ page }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto("/");
  await expect(page.getByRole("textbox", { name: "流量卡号" })).toBeVisible();
  await a11y(page);
  expect(errors).toEqual([]);
});
