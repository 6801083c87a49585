// Nothing that was typed is lost: leaving a form, letting a draft go, and coming back.
import { accessible, expect, test } from "../../support/console.mjs";
import { createByImage, deleteFromList, fillEditor, open } from "../../support/tour.mjs";

const cluster = "harbor-staging";
const list = `/clusters/${cluster}/statefulsets`;

/** @typedef {import("@playwright/test").Page} Page */

/** @param {Page} page */
const nameField = (page) => page.getByRole("textbox", { name: "Name", exact: true });

/** @param {Page} page */
const leaving = (page) => page.getByRole("dialog", { name: "Leave this form?" });

/** @param {Page} page */
const undo = (page) => page.getByRole("button", { name: "Undo", exact: true }).click();

/** @param {Page} page */
const heading = (page) => page.getByRole("heading", { level: 1 });

/** @param {Page} page */
const wizardStep = (page) => page.locator("#wizard-step");

/**
 * What the browser's own buttons do.
 * @param {Page} page
 * @param {number} steps
 */
const step = (page, steps) => page.evaluate((by) => history.go(by), steps);

/**
 * From the clusters through the list into a form, all in one document.
 * @param {Page} page
 * @param {string} form
 */
async function walkTo(page, form) {
  await open(page, "/clusters");
  await page.getByRole("link", { name: cluster, exact: true }).first().click();
  await page.getByRole("link", { name: "StatefulSets", exact: true }).first().click();
  await expect(heading(page)).toHaveText("StatefulSets");
  await page.getByRole("link", { name: form }).first().click();
}

test("Back leaves a form at once in which nothing was typed", async ({ page }) => {
  await walkTo(page, "Create by image");
  await expect(nameField(page)).toBeVisible();
  await step(page, -1);
  await expect(heading(page)).toHaveText("StatefulSets");
  await step(page, 1);
  await nameField(page).fill("x");
  await nameField(page).fill("");
  await step(page, -1);
  await expect(heading(page)).toHaveText("StatefulSets");
  await expect(leaving(page)).toHaveCount(0);
});

test("Back out of a form with a draft asks, and leads where it was to lead", async ({ page }) => {
  await walkTo(page, "Create by image");
  await nameField(page).fill("unsaved");
  await step(page, -1);
  await expect(leaving(page)).toBeVisible();
  await accessible(page);
  await leaving(page).getByRole("button", { name: "Stay" }).click();
  await expect(page).toHaveURL(/\/statefulsets\/create/);
  await expect(nameField(page)).toHaveValue("unsaved");

  await step(page, -1);
  await leaving(page).getByRole("button", { name: "Leave", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`${list}$`));
  await expect(heading(page)).toHaveText("StatefulSets");

  await step(page, 1);
  await expect(nameField(page)).toHaveValue("unsaved");
  // Restored, not typed: the same question, and a jump over several pages is taken whole.
  await step(page, -3);
  await leaving(page).getByRole("button", { name: "Leave", exact: true }).click();
  await expect(page).toHaveURL(/\/clusters$/);
  await expect(heading(page)).toHaveText("Clusters");
});

test("two Backs at once, ten times, are one question each time", async ({ page }) => {
  await walkTo(page, "Create by image");
  await nameField(page).fill("unsaved");
  const entry = () => page.evaluate(() => navigation.currentEntry?.index);
  const home = await entry();
  // Nobody is led to and fro: the address changes by the person's steps and by one way home for each.
  await page.evaluate(() => {
    navigation.addEventListener("currententrychange", () => {
      document.body.dataset.steps = String(Number(document.body.dataset.steps ?? 0) + 1);
    });
  });
  for (let time = 1; time <= 10; time += 1) {
    await page.evaluate(() => {
      history.back();
      history.back();
    });
    await expect(leaving(page)).toBeVisible();
    await expect.poll(entry).toBe(home);
    await leaving(page).getByRole("button", { name: "Stay" }).click();
    await expect(leaving(page)).toHaveCount(0);
    await expect(page).toHaveURL(/\/statefulsets\/create/);
    await expect(nameField(page)).toHaveValue("unsaved");
  }
  expect(await entry()).toBe(home);
  expect(await page.evaluate(() => Number(document.body.dataset.steps))).toBeLessThanOrEqual(40);

  await step(page, -1);
  await leaving(page).getByRole("button", { name: "Leave", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`${list}$`));
  await expect(heading(page)).toHaveText("StatefulSets");
});

test("Forward out of a form asks, and does not trap", async ({ page }) => {
  await walkTo(page, "Create by image");
  await expect(nameField(page)).toBeVisible();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(heading(page)).toHaveText("StatefulSets");
  await step(page, -1);
  await nameField(page).fill("unsaved");
  await step(page, 1);
  await leaving(page).getByRole("button", { name: "Leave", exact: true }).click();
  await expect(heading(page)).toHaveText("StatefulSets");
  await step(page, -1);
  await expect(nameField(page)).toHaveValue("unsaved");
});

test("where a browser cannot tell its entries apart, Back and Forward leave with the draft kept", async ({ page }) => {
  // A browser from before the Navigation API.
  await page.addInitScript(() => Object.defineProperty(window, "navigation", { value: undefined }));
  await walkTo(page, "Create by image");
  await expect(nameField(page)).toBeVisible();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(heading(page)).toHaveText("StatefulSets");
  await step(page, -1);
  await nameField(page).fill("unsaved");
  await step(page, 1);
  await expect(heading(page)).toHaveText("StatefulSets");
  await expect(leaving(page)).toHaveCount(0);
  await step(page, -1);
  await expect(nameField(page)).toHaveValue("unsaved");
});

/**
 * Leaves a draft named "let-go" by Back, and discards it.
 * @param {import("@playwright/test").Page} page
 */
async function letGo(page) {
  await walkTo(page, "Create by image");
  await nameField(page).fill("let-go");
  await step(page, -1);
  await leaving(page).getByRole("button", { name: "Discard draft and leave" }).click();
  await expect(heading(page)).toHaveText("StatefulSets");
}

test("a draft that was discarded on leaving is kept after all by Undo", async ({ page }) => {
  await letGo(page);
  await undo(page);
  await expect(page.getByText("Your draft is kept")).toBeVisible();
  await step(page, 1);
  await expect(nameField(page)).toHaveValue("let-go");
});

test("a discarded draft comes back into the form that was opened since", async ({ page }) => {
  await letGo(page);
  await step(page, 1);
  await nameField(page).fill("since");
  await undo(page);
  await expect(nameField(page)).toHaveValue("let-go");
  await undo(page);
  await expect(nameField(page)).toHaveValue("since");
  await undo(page);
  await expect(nameField(page)).toHaveValue("let-go");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await expect(nameField(page)).toHaveValue("let-go");
});

test("a discarded text comes back into the YAML page that was opened since", async ({ page }) => {
  await walkTo(page, "Create from YAML");
  const text = page.locator(".cm-content");
  await fillEditor(page, "kind: ConfigMap # let go");
  await step(page, -1);
  await leaving(page).getByRole("button", { name: "Discard draft and leave" }).click();
  await expect(heading(page)).toHaveText("StatefulSets");
  await step(page, 1);
  await expect(heading(page)).toHaveText("Create from YAML");
  await expect(text).not.toContainText("let go");
  await undo(page);
  await expect(text).toContainText("let go");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await expect(text).toContainText("let go");
});

test("Back out of a form that keeps nothing asks too", async ({ page }) => {
  await open(page, "/clusters");
  await page.getByRole("link", { name: "Integrate cluster" }).first().click();
  await page.getByLabel(/^Cluster name/).fill("unsaved");
  await step(page, -1);
  await expect(leaving(page)).toContainText("will be lost");
  await expect(leaving(page).getByRole("button", { name: "Discard draft and leave" })).toHaveCount(0);
  await leaving(page).getByRole("button", { name: "Leave", exact: true }).click();
  await expect(heading(page)).toHaveText("Clusters");
});

test("the YAML page asks before it is left, by link and by Back", async ({ page }) => {
  await walkTo(page, "Create from YAML");
  const text = page.locator(".cm-content");
  await fillEditor(page, "kind: ConfigMap # mine");
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(leaving(page)).toContainText("Your text stays in this browser");
  await accessible(page);
  await leaving(page).getByRole("button", { name: "Stay" }).click();
  await expect(text).toContainText("# mine");
  await step(page, -1);
  await leaving(page).getByRole("button", { name: "Leave", exact: true }).click();
  await expect(heading(page)).toHaveText("StatefulSets");
  await step(page, 1);
  await expect(text).toContainText("# mine");
});

test("Undo in the YAML page loses nothing that was typed since", async ({ page }) => {
  await open(page, `/clusters/${cluster}/create-yaml`);
  const text = page.locator(".cm-content");
  await fillEditor(page, "kind: ConfigMap # an hour's work");
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(text).not.toContainText("work");
  await fillEditor(page, "kind: Secret # typed since");
  await undo(page);
  await expect(text).toContainText("an hour's work");
  await undo(page);
  await expect(text).toContainText("typed since");
});

test("a discarded draft comes back by Undo, with the step it was at", async ({ page }) => {
  await open(page, `${list}/create`);
  await nameField(page).fill("comes-back");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await expect(wizardStep(page)).toHaveText("Container settings");
  await page.getByRole("button", { name: "Discard draft" }).click();
  await expect(nameField(page)).toHaveValue("");
  await undo(page);
  await expect(wizardStep(page)).toHaveText("Container settings");
  await page.getByRole("button", { name: "Back", exact: true }).click();
  await expect(nameField(page)).toHaveValue("comes-back");
});

test("a name that has become free needs one press of Next", async ({ page, context }) => {
  await createByImage(page, cluster, "e2e-freed");
  await open(page, `${list}/create`);
  await nameField(page).fill("e2e-freed");
  await expect(nameField(page)).toHaveAttribute("aria-invalid", "true");
  const other = await context.newPage();
  await deleteFromList(other, cluster, "e2e-freed");
  await other.close();
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await expect(wizardStep(page)).toHaveText("Container settings");
});
