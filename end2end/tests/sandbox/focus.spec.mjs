// Where the focus goes when what had it goes away, and that nothing breaks on its way.
import { expect, test } from "../../support/console.mjs";
import { createByImage, deleteFromList, fillEditor, open, row } from "../../support/tour.mjs";

const cluster = "harbor-staging";
const list = `/clusters/${cluster}/statefulsets`;

/** @typedef {import("@playwright/test").Page} Page */

/** @param {Page} page */
const step = (page) => page.locator("#wizard-step");

/** @param {Page} page */
const next = (page) => page.getByRole("button", { name: "Next", exact: true });

/** @param {Page} page */
const nameField = (page) => page.getByRole("textbox", { name: "Name", exact: true });

test("Enter leaves the step from each of its fields", async ({ page }) => {
  test.slow();
  await open(page, `${list}/create`);
  await nameField(page).fill("by-enter");
  for (const here of ["Basic information", "Container settings", "Advanced settings"]) {
    await expect(step(page)).toHaveText(here);
    if (here === "Container settings") {
      await page.getByLabel(/^Image/).first().fill("nginx:1.29");
    }
    const fields = page.locator(".wizard-column input:is([type=text], [role=combobox], [role=spinbutton]):visible");
    const count = await fields.count();
    for (let field = 0; field < count; field += 1) {
      await fields.nth(field).focus();
      await page.keyboard.press("Enter");
      await expect(step(page), `field ${field} of ${here}`).not.toHaveText(here);
      await expect(step(page)).toBeFocused();
      await page.getByRole("button", { name: "Back", exact: true }).click();
      await expect(step(page)).toHaveText(here);
    }
    await next(page).click();
    await expect(step(page)).not.toHaveText(here);
  }
  await expect(page.getByText("The cluster would accept this")).toBeVisible();
  await page.getByRole("button", { name: "Back", exact: true }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard draft and leave" }).click();
});

test("a click in the namespace marks it, and its list goes where the field goes", async ({ page }) => {
  await open(page, `${list}/create`);
  const field = page.locator("#f-namespace");
  await field.click();
  await page.keyboard.type("data");
  await expect(field).toHaveValue("data");
  const gap = async () => {
    const [above, below] = await Promise.all([field.boundingBox(), page.locator("#f-namespace-list").boundingBox()]);
    return Math.abs((below?.y ?? 0) - ((above?.y ?? 0) + (above?.height ?? 0)));
  };
  await expect.poll(gap).toBeLessThan(8);
  await page.evaluate(() => {
    const column = document.querySelector(".wizard-column");
    const pushed = document.createElement("div");
    pushed.style.height = "40px";
    column?.prepend(pushed);
  });
  await expect.poll(gap).toBeLessThan(8);
});

test("the summary stays as it was while a field is mended", async ({ page }) => {
  await open(page, `${list}/create`);
  await next(page).click();
  const summary = page.locator("#error-summary");
  await expect(summary.getByRole("listitem")).toHaveCount(1);
  await expect(summary).toBeFocused();
  await page.locator("#f-replicas").fill("many");
  await expect(page.locator("#f-replicas")).toHaveAttribute("aria-invalid", "true");
  await expect(summary.getByRole("listitem")).toHaveCount(1);
  await nameField(page).fill("mended");
  await expect(summary).toHaveCount(0);
  await next(page).click();
  await expect(summary.getByRole("listitem")).toHaveCount(1);
});

test("a discarded draft and its return lead to the step", async ({ page }) => {
  await open(page, `${list}/create`);
  await nameField(page).fill("thrown-away");
  await expect(page.locator(".wizard-yaml")).toContainText("thrown-away");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await page.getByRole("button", { name: "Discard draft" }).click();
  await expect(nameField(page)).toHaveValue("");
  await expect(step(page)).toBeFocused();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(nameField(page)).toHaveValue("thrown-away");
  await expect(step(page)).toBeFocused();
  await page.getByRole("button", { name: "Discard draft" }).click();
});

test("a row's link leads to the title of its page", async ({ page }) => {
  await open(page, list);
  const link = page.locator("tbody .row-link").first();
  const name = await link.innerText();
  await link.focus();
  await page.keyboard.press("Enter");
  const title = page.getByRole("heading", { level: 1, name, exact: true });
  await expect(title).toBeFocused();
});

test("deleting leads to the next row, or to the title", async ({ page }) => {
  test.slow();
  for (const name of ["focus-a", "focus-b"]) {
    await createByImage(page, cluster, name);
  }
  await open(page, `${list}?q=focus-`);
  await row(page, "focus-a").getByRole("button", { name: "Actions for focus-a" }).click();
  await page.getByRole("menuitem", { name: "Delete StatefulSet" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete StatefulSet" }).click();
  await expect(page.getByRole("link", { name: "focus-b", exact: true })).toBeFocused();
  await expect(row(page, "focus-a")).toHaveCount(0, { timeout: 30_000 });
  await expect(page.getByRole("link", { name: "focus-b", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Delete StatefulSet" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete StatefulSet" }).click();
  await expect(page).toHaveURL(/\/statefulsets$/);
  await expect(page.getByRole("heading", { level: 1, name: "StatefulSets" })).toBeFocused();
});

test("a refused create takes the good verdict back", async ({ page, problems }) => {
  await open(page, `${list}/create`);
  await nameField(page).fill("refused-late");
  await next(page).click();
  await page.getByLabel(/^Image/).first().fill("nginx:1.29");
  await next(page).click();
  await next(page).click();
  const verdict = page.getByText("The cluster would accept this");
  await expect(verdict).toBeVisible();
  await page.route("**/api/objects/create", (route) => route.abort());
  await page.getByRole("button", { name: "OK", exact: true }).click();
  await expect(page.locator("#create-failed")).toBeFocused();
  await expect(verdict).toHaveCount(0);
  await page.unroute("**/api/objects/create");
  problems.splice(0);
  await page.getByRole("button", { name: "OK", exact: true }).click();
  await page.waitForURL(/\/statefulsets\?/);
  await deleteFromList(page, cluster, "refused-late");
});

test("what the cluster refused from YAML cannot be sent, and may be checked again", async ({ page }) => {
  await open(page, `/clusters/${cluster}/create-yaml?namespace=default`);
  await fillEditor(page, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: e2e-bad\n  namespace: e2e-nowhere\n");
  await page.getByRole("button", { name: "Check with the cluster" }).click();
  const ok = page.getByRole("button", { name: "OK", exact: true });
  await expect(ok).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByRole("status").filter({ hasText: "The cluster refused the object" })).toBeVisible();
  await page.getByRole("button", { name: "Check again" }).click();
  await expect(ok).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "Clear", exact: true }).click();
});
