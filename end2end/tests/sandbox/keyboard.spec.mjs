// The main job without a pointer: what a person who has only a keyboard does, key by key.
import { accessible, expect, test } from "../../support/console.mjs";
import { open, row } from "../../support/tour.mjs";

const cluster = "harbor-staging";

/**
 * Presses Tab until an element has the focus.
 * @param {import("@playwright/test").Page} page
 * @param {import("@playwright/test").Locator} target
 */
async function tabTo(page, target) {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 120; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${target}`);
}

test("a StatefulSet is created and deleted by keyboard alone", async ({ page }) => {
  // Some hundred keys, each with its own answer.
  test.slow();
  await open(page, `/clusters/${cluster}/statefulsets`);
  await tabTo(page, page.getByRole("link", { name: "Create by image" }));
  await page.keyboard.press("Enter");
  const next = page.getByRole("button", { name: "Next", exact: true });

  await tabTo(page, page.getByRole("textbox", { name: "Name", exact: true }));
  await page.keyboard.type("by-keyboard");
  await tabTo(page, next);
  await page.keyboard.press("Enter");

  await tabTo(page, page.getByLabel(/^Image/).first());
  await page.keyboard.type("nginx:1.29");
  await accessible(page);
  await tabTo(page, next);
  await page.keyboard.press("Enter");

  await expect(page.getByRole("heading", { level: 2 })).toHaveText("Advanced settings");
  await accessible(page);
  await tabTo(page, next);
  await page.keyboard.press("Enter");

  await expect(page.getByText("The cluster would accept this")).toBeVisible();
  await accessible(page);
  await tabTo(page, page.getByRole("button", { name: "OK", exact: true }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/statefulsets\?/);
  await expect(row(page, "by-keyboard")).toContainText("Running", { timeout: 60_000 });

  await tabTo(page, page.getByRole("button", { name: "Actions for by-keyboard" }));
  await page.keyboard.press("Enter");
  const item = page.getByRole("menuitem", { name: "Delete StatefulSet" });
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  while (!(await item.evaluate((element) => element === document.activeElement))) {
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Delete StatefulSet by-keyboard?");
  await accessible(page);
  await tabTo(page, dialog.getByRole("button", { name: "Delete StatefulSet" }));
  await page.keyboard.press("Enter");
  await expect(row(page, "by-keyboard")).toHaveCount(0, { timeout: 30_000 });
});

test("the first Tab leads past the navigation", async ({ page }) => {
  await open(page, "/clusters");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
});

test("a row's one link says its exact time on focus", async ({ page }) => {
  await open(page, `/clusters/${cluster}/statefulsets`);
  const link = page.locator("tbody .row-link").first();
  await tabTo(page, link);
  const name = await link.innerText();
  await expect(page.getByRole("tooltip")).toHaveText(new RegExp(`^${name}, created \\d{4}-\\d\\d-\\d\\d .* UTC$`));
  await page.keyboard.press("Escape");
  await expect(page.getByRole("tooltip")).toBeHidden();
});
