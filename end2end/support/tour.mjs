// The steps of a tour, for the sandbox and for real clusters alike: what a person does, by role and name.
import { readFileSync } from "node:fs";
import { expect, live } from "./console.mjs";

/** The seed page's sample, exactly as printed there. */
export const seedSample = readFileSync(
  new URL("../../crates/model/tests/data/doctor/seed-raw.yaml", import.meta.url),
  "utf8",
);

/**
 * @typedef {import("@playwright/test").Page} Page
 */

/**
 * @param {Page} page
 * @param {string} path
 */
export async function open(page, path) {
  await page.goto(path);
  await live(page);
}

/**
 * The row of a table that a name leads.
 * @param {Page} page
 * @param {string} name
 */
export function row(page, name) {
  return page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
}

/**
 * Integrates a cluster by pasting its kubeconfig, and waits until it runs.
 * @param {Page} page
 * @param {string} name in the console
 * @param {string} kubeconfig
 * @param {() => Promise<void>} [verified] looks at the page once the cluster is verified
 */
export async function integrate(page, name, kubeconfig, verified) {
  await open(page, "/clusters");
  await page.getByRole("link", { name: "Integrate cluster" }).first().click();
  await page.getByLabel(/^Cluster name/).fill(name);
  await page.getByLabel(/^Kubeconfig/).fill(kubeconfig);
  const verify = page.getByRole("button", { name: "Verify" });
  await expect(verify).not.toHaveAttribute("aria-disabled", "true");
  await verify.click();
  await expect(page.getByText("The cluster answers and can be integrated")).toBeVisible();
  await expect(page.getByText(/v1\.\d+\.\d+/).first()).toBeVisible();
  await verified?.();
  await page.getByRole("button", { name: "OK", exact: true }).click();
  await page.waitForURL(/\/clusters$/);
  await expect(row(page, name)).toContainText("Running");
}

/**
 * Creates a StatefulSet with two containers in the wizard.
 * @param {Page} page
 * @param {string} cluster
 * @param {string} name
 */
export async function createByImage(page, cluster, name) {
  await open(page, `/clusters/${cluster}/statefulsets`);
  await page.getByRole("link", { name: "Create by image" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Create StatefulSet");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.locator("#f-replicas").fill("2");
  await page.locator("#f-description").fill("Made by a test");
  await page.getByRole("button", { name: "Next", exact: true }).click();

  await page.getByLabel(/^Image/).first().fill("nginx:1.29");
  await page.getByRole("button", { name: "Add container" }).click();
  await page.getByLabel(/^Container name/).last().fill("sidecar");
  await page.getByLabel(/^Image/).last().fill("busybox:1.37");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByRole("button", { name: "Next", exact: true }).click();

  await expect(page.getByText("The cluster would accept this")).toBeVisible();
  await page.getByRole("button", { name: "OK", exact: true }).click();
  await page.waitForURL(/\/statefulsets\?/);
  await expect(row(page, name)).toContainText("Running", { timeout: 60_000 });
  await expect(row(page, name)).toContainText("2/2");
}

/**
 * Types text into the YAML editor, whichever of its two faces is shown.
 * @param {Page} page
 * @param {string} text
 */
export async function fillEditor(page, text) {
  const editor = page.locator(".cm-content");
  await expect(editor).toBeVisible();
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  // A paste, as a person would: one input event, no auto-indent.
  await editor.evaluate((element, data) => {
    const clipboard = new DataTransfer();
    clipboard.setData("text/plain", data);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
  }, text);
}

/**
 * Pastes the seed's sample as printed, repairs it, and creates it with a claim class that exists.
 * @param {Page} page
 * @param {string} cluster
 * @param {string} namespace
 */
export async function createFromSeed(page, cluster, namespace) {
  await open(page, `/clusters/${cluster}/create-yaml?namespace=${namespace}`);
  await fillEditor(page, seedSample);
  await expect(page.getByText("5 problems")).toBeVisible();
  for (const line of [41, 53, 68, 202]) {
    await expect(page.getByRole("button", { name: new RegExp(`^Line ${line}, column`) })).toBeVisible();
  }
  await page.getByRole("button", { name: "Repair all" }).click();
  await expect(page.getByText("No problems found in the text")).toBeVisible();
  await expect(page.getByText("metadata.ownerReferences").first()).toBeVisible();
  await page.getByRole("button", { name: "Check with the cluster" }).click();
  await expect(page.getByText("Accepted")).toBeVisible();
  await page.getByRole("button", { name: "OK", exact: true }).click();
  await expect(page.getByText("The object was created").first()).toBeVisible();
}

/**
 * Deletes a StatefulSet from its row.
 * @param {Page} page
 * @param {string} cluster
 * @param {string} name
 */
export async function deleteFromList(page, cluster, name) {
  await open(page, `/clusters/${cluster}/statefulsets?q=${name}`);
  await row(page, name).getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete StatefulSet" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(`Delete StatefulSet ${name}?`);
  await dialog.getByRole("button", { name: "Delete StatefulSet" }).click();
  await expect(row(page, name)).toHaveCount(0, { timeout: 30_000 });
}
