import { accessible, expect, test } from "../../support/console.mjs";
import { createByImage, createFromSeed, deleteFromList, fillEditor, open, row } from "../../support/tour.mjs";

const cluster = "harbor-staging";

test("the first rows are in the HTML", async ({ page }) => {
  const html = await (await page.request.get("/clusters/harbor-prod/statefulsets")).text();
  expect(html.match(/class="row-link"/g)?.length ?? 0).toBeGreaterThan(5);
});

test("the list filters by status, says why, and keeps it in the address", async ({ page }) => {
  await open(page, "/clusters/harbor-prod/statefulsets");
  await accessible(page);
  await page.getByLabel("Status").selectOption("notready");
  await page.waitForURL(/status=notready/);
  const badge = page.locator("tbody .badge-status").first();
  await expect(badge).toContainText("Not ready");
  await expect(badge).toHaveAttribute("data-tip", /\S/);
  await page.getByRole("button", { name: /^Remove filter/ }).click();
  await expect(page).not.toHaveURL(/status=/);
});

test("a workload's page shows pods, containers, events and YAML", async ({ page }) => {
  await open(page, "/clusters/harbor-prod/statefulsets");
  await page.locator("tbody .row-link").first().click();
  await expect(page.getByRole("tab", { name: /Pods/ })).toHaveAttribute("aria-selected", "true");
  await accessible(page);
  for (const tab of ["Containers", "Events", "YAML"]) {
    await page.getByRole("tab", { name: new RegExp(tab) }).click();
    await expect(page).toHaveURL(new RegExp(`tab=${tab.toLowerCase()}`));
    await accessible(page);
  }
  await expect(page.getByText("kind: StatefulSet")).toBeVisible();
});

test("created by image, seen running, deleted", async ({ page }) => {
  await createByImage(page, cluster, "e2e-image");
  await deleteFromList(page, cluster, "e2e-image");
});

test("the wizard keeps a draft over a reload and marks what is wrong at its field", async ({ page }) => {
  await open(page, `/clusters/${cluster}/statefulsets/create`);
  await accessible(page);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Not A Name");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("kept-draft");
  await page.getByRole("textbox", { name: "Alias", exact: true }).fill("An alias");
  await expect(page.locator(".wizard-yaml")).toContainText("binnacle.dev/alias: An alias");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("kept-draft");
  await expect(page.getByRole("textbox", { name: "Alias", exact: true })).toHaveValue("An alias");
  await page.getByRole("button", { name: "Discard draft" }).click();
});

test("the seed's sample, as printed, ends in a StatefulSet", async ({ page }) => {
  await createFromSeed(page, cluster, "default");
  await open(page, `/clusters/${cluster}/statefulsets`);
  await expect(row(page, "test-mysql-123-mysql")).toBeVisible();
  await deleteFromList(page, cluster, "test-mysql-123-mysql");
});

test("several documents: failures are mended and repeated alone", async ({ page }) => {
  await open(page, `/clusters/${cluster}/create-yaml?namespace=default`);
  const good = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: e2e-first\ndata:\n  a: b\n";
  // What only the cluster knows.
  await fillEditor(page, `${good}---\n${good.replace("e2e-first", "e2e-second\n  namespace: e2e-nowhere")}`);
  await page.getByRole("button", { name: "Check with the cluster" }).click();
  await expect(page.getByText("Refused", { exact: true })).toBeVisible();
  await accessible(page);
  await expect(page.getByText("1 of 2 was refused and will not be created")).toBeVisible();
  await page.getByRole("button", { name: "OK", exact: true }).click();
  // What was refused is not sent.
  await expect(page.getByText("1 of 2 objects were created").first()).toBeVisible();
  await expect(page.getByText("Nothing is sent for real")).toHaveCount(0);
  await fillEditor(page, `${good}---\n${good.replace("e2e-first", "e2e-second")}`);
  await page.getByRole("button", { name: "Check with the cluster" }).click();
  await page.getByRole("button", { name: "OK", exact: true }).click();
  await expect(page.getByText(/All . objects were created/).first()).toBeVisible();
});

test("from nothing: the example is whole, and is created as it stands", async ({ page }) => {
  await open(page, `/clusters/${cluster}/create-yaml?namespace=default`);
  await page.getByRole("button", { name: "Start from an example" }).click();
  await expect(page.getByText("No problems found in the text")).toBeVisible();
  await expect(page.getByRole("button", { name: "Start from an example" })).toHaveCount(0);
  await page.getByRole("button", { name: "Check with the cluster" }).click();
  await expect(page.getByText("Accepted", { exact: true })).toHaveCount(2);
  await page.getByRole("button", { name: "OK", exact: true }).click();
  await expect(page.getByText("All 2 objects were created").first()).toBeVisible();
  await deleteFromList(page, cluster, "example");
});
