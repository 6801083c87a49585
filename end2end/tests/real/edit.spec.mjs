// Edit YAML on a real cluster, with kubectl as the other person.
import { writeFile } from "node:fs/promises";
import { getObject, kubeconfig, kubectl } from "../../support/clusters.mjs";
import { accessible, expect, test } from "../../support/console.mjs";
import { editPath, live, quiet, set } from "../../support/edit.mjs";
import { fillEditor, integrate, open } from "../../support/tour.mjs";

test.describe.configure({ mode: "serial" });

/** The cluster's name in the console, beside the tour's own. */
const cluster = "edit";

/** @typedef {import("@playwright/test").Page} Page */

/** @param {Page} page */
const editor = (page) => page.locator(".cm-content");

/** @param {Page} page */
const review = (page) => page.getByRole("button", { name: /^Review( again)?$/ }).click();

/** @param {Page} page */
const save = (page) => page.getByRole("button", { name: "Save", exact: true });

/**
 * A StatefulSet made with kubectl, and its page in the console.
 * @param {Page} page
 * @param {string} name
 */
async function edit(page, name) {
  const target = set(cluster, name);
  const file = test.info().outputPath(`${name}.json`);
  await writeFile(file, JSON.stringify(quiet(target)));
  await kubectl("newest", "create", "-f", file);
  await open(page, editPath(target));
  await expect(editor(page)).toContainText("kind: StatefulSet");
  return { target, text: (await live(page, target)).text };
}

/**
 * @param {string} name
 * @param {object} patch
 */
const patch = (name, patch) =>
  kubectl("newest", "patch", "statefulset", name, "-n", "default", "--type=merge", "-p", JSON.stringify(patch));

/** @param {string} name */
const read = (name) => getObject("newest", "statefulset", name, "-n", "default");

/** @param {string} text */
const mine = (text) => `# mine\n${text.replace("image: nginx:1.29", "image: nginx:1.30 # newer")}`;

test("the cluster is integrated", async ({ page }) => {
  await integrate(page, cluster, kubeconfig("newest"));
});

test("kubectl changes another field: both changes are saved, once, and the comments stay", async ({ page }) => {
  const { target, text } = await edit(page, "edit-merged");
  await fillEditor(page, mine(text));
  await patch(target.name, { metadata: { labels: { team: "theirs" } } });
  await expect(page.getByText("Changed by others since you opened it")).toBeVisible();
  await review(page);
  await expect(page.getByRole("table", { name: "Merged into your text" })).toContainText("metadata.labels.team");
  for (const part of ["# mine", "nginx:1.30 # newer", "team: theirs"]) {
    await expect(editor(page)).toContainText(part);
  }
  await expect(page.getByText("One field changes").first()).toBeVisible();
  await accessible(page);
  const before = await read(target.name);
  await save(page).click();
  await page.waitForURL(new RegExp(`/statefulsets/default/${target.name}$`));
  const after = await read(target.name);
  expect(after.metadata.labels).toEqual({ app: target.name, team: "theirs" });
  expect(after.spec.template.spec.containers[0].image).toBe("nginx:1.30");
  expect(after.metadata.generation).toBe(before.metadata.generation + 1);
});

for (const [side, button, image] of [
  ["mine", "Keep mine", "nginx:1.30"],
  ["theirs", "Take theirs", "nginx:theirs"],
]) {
  test(`kubectl changes the same field: it is shown, ${side} is chosen and saved`, async ({ page }) => {
    const { target, text } = await edit(page, `edit-both-${side}`);
    await fillEditor(page, mine(text).replace("replicas: 0", "replicas: 0\n  minReadySeconds: 7"));
    await patch(target.name, { spec: { template: { spec: { containers: [{ name: "web", image: "nginx:theirs" }] } } } });
    await review(page);
    const conflict = page.getByRole("group", { name: "spec.template.spec.containers[name=web].image" });
    for (const value of ["nginx:1.29", "nginx:theirs", "nginx:1.30"]) {
      await expect(conflict).toContainText(value);
    }
    await expect(save(page)).toHaveAttribute("aria-disabled", "true");
    await conflict.getByRole("radio", { name: String(button) }).check();
    await save(page).click();
    await page.waitForURL(new RegExp(`/statefulsets/default/${target.name}$`));
    const { spec } = await read(target.name);
    expect(spec.template.spec.containers[0].image).toBe(image);
    expect(spec.minReadySeconds).toBe(7);
  });
}

test("kubectl changes it between review and save: nothing is overwritten", async ({ page }) => {
  const { target, text } = await edit(page, "edit-faster");
  await fillEditor(page, mine(text));
  await review(page);
  await expect(save(page)).toBeVisible();
  await patch(target.name, { spec: { template: { spec: { containers: [{ name: "web", image: "nginx:theirs" }] } } } });
  await save(page).click();
  await expect(page.getByText("Nothing was written, because others changed the same fields.")).toBeVisible();
  expect((await read(target.name)).spec.template.spec.containers[0].image).toBe("nginx:theirs");
});

test("the API server's own refusal stands at its place", async ({ page }) => {
  const { text } = await edit(page, "edit-refused");
  await fillEditor(page, text.replace("replicas: 0", "replicas: -1"));
  await review(page);
  await expect(page.getByText(/spec\.replicas/).first()).toBeVisible();
  await expect(page.locator(".cm-lintRange-error").first()).toBeVisible();
  await expect(save(page)).not.toBeEnabled();
});

test("kubectl deletes it meanwhile, and makes another of its name", async ({ page }) => {
  const { target, text } = await edit(page, "edit-deleted");
  await fillEditor(page, mine(text));
  await kubectl("newest", "delete", "statefulset", target.name, "-n", "default");
  await expect(page.getByText(`StatefulSet ${target.name} was deleted meanwhile`)).toBeVisible();
  await review(page);
  await expect(page.getByText(`StatefulSet ${target.name} was deleted meanwhile`)).toBeVisible();
  await expect(editor(page)).toContainText("nginx:1.30 # newer");
  await kubectl("newest", "create", "-f", test.info().outputPath(`${target.name}.json`));
  await expect(page.getByText("another object has its name now")).toBeVisible();
  await review(page);
  await expect(page.getByText("another object has its name now")).toBeVisible();
  await expect(editor(page)).toContainText("nginx:1.30 # newer");
  expect((await read(target.name)).spec.template.spec.containers[0].image).toBe("nginx:1.29");
});
