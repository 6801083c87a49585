// Edit YAML: nothing of anybody's is lost, whoever is faster.
import { accessible, expect, test } from "../../support/console.mjs";
import { changeElsewhere, create, editPath, live, remove, set } from "../../support/edit.mjs";
import { fillEditor, open, row } from "../../support/tour.mjs";

const cluster = "harbor-staging";

/** @typedef {import("@playwright/test").Page} Page */

/** @param {Page} page */
const editor = (page) => page.locator(".cm-content");

/** @param {Page} page */
const review = (page) => page.getByRole("button", { name: /^Review( again)?$/ }).click();

/** @param {Page} page */
const saveButton = (page) => page.getByRole("button", { name: "Save", exact: true });

/**
 * A new object, its page, and the text that the page opened with.
 * @param {Page} page
 * @param {string} name
 */
async function edit(page, name) {
  const target = set(cluster, name);
  await open(page, "/clusters");
  await create(page, target);
  await open(page, editPath(target));
  await expect(editor(page)).toContainText("kind: StatefulSet");
  return { target, text: (await live(page, target)).text };
}

/**
 * The text with another image, and a comment that nobody else has.
 * @param {string} text
 * @param {string} image
 */
const withImage = (text, image) => `# mine\n${text.replace("image: nginx:1.29", `image: ${image} # newer`)}`;

/** @param {string} text */
const withTeam = (text) => text.replace("replicas: 0", "replicas: 0\n  minReadySeconds: 7");

/** @param {string} text */
const withOtherImage = (text) => text.replace("image: nginx:1.29", "image: nginx:theirs");

test("from a row's menu: edited, reviewed, saved, and the rest is as it was", async ({ page }) => {
  const target = set(cluster, "e2e-edit");
  await open(page, "/clusters");
  await create(page, target);
  const before = await live(page, target);
  await open(page, `/clusters/${cluster}/statefulsets?q=${target.name}`);
  await row(page, target.name).getByRole("button", { name: `Actions for ${target.name}` }).click();
  await page.getByRole("menuitem", { name: "Edit YAML" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Edit YAML");
  await expect(editor(page)).toContainText("kind: StatefulSet");
  await expect(page.locator(".cm-lock").first()).toBeAttached();
  await accessible(page);

  await fillEditor(page, withImage(before.text, "nginx:1.30"));
  await expect(saveButton(page)).toHaveCount(0);
  await review(page);
  await expect(page.getByRole("heading", { name: "Review", exact: true })).toBeFocused();
  await expect(page.getByText("One field changes").first()).toBeVisible();
  await expect(page.getByRole("table", { name: "Difference from the live object" })).toBeInViewport();
  const change = page.getByRole("row").filter({ hasText: "spec.template.spec.containers[name=web].image" });
  await expect(change).toContainText("nginx:1.29");
  await expect(change).toContainText("nginx:1.30");
  await expect(page.locator('.diff-line[data-kind="added"]')).toContainText("nginx:1.30");
  await expect(page.locator('.diff-line[data-kind="removed"]')).toContainText("nginx:1.29");
  await expect(editor(page)).toContainText("# newer");
  await accessible(page);

  // What was not reviewed is not saved.
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.type("#");
  await expect(page.getByText("The text changed after the review").first()).toBeVisible();
  await expect(saveButton(page)).toHaveCount(0);
  await review(page);
  await saveButton(page).click();
  await page.waitForURL(new RegExp(`/statefulsets/default/${target.name}$`));
  await expect(page.getByText(`StatefulSet ${target.name} was saved`)).toBeVisible();
  const { base } = await live(page, target);
  const container = base.spec.template.spec.containers[0];
  expect(container).toEqual({ ...before.base.spec.template.spec.containers[0], image: "nginx:1.30" });
  expect(base.spec.selector).toEqual(before.base.spec.selector);

  await open(page, editPath(target));
  await expect(editor(page)).toContainText("nginx:1.30");
  await expect(page.getByText("was restored")).toHaveCount(0);
});

test("what another changed meanwhile is merged, and the comments stay", async ({ page }) => {
  const { target, text } = await edit(page, "e2e-merged");
  await fillEditor(page, withImage(text, "nginx:1.30"));
  await changeElsewhere(page, target, withTeam);
  await expect(page.getByText("Changed by others since you opened it")).toBeVisible();
  await review(page);
  await expect(page.getByRole("heading", { name: "Merged into your text" })).toBeVisible();
  await expect(page.getByRole("table", { name: "Merged into your text" })).toContainText("spec.minReadySeconds");
  for (const part of ["# mine", "nginx:1.30 # newer", "minReadySeconds: 7"]) {
    await expect(editor(page)).toContainText(part);
  }
  await accessible(page);

  // One undo takes the merge out again, and what is then reviewed says so.
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(editor(page)).not.toContainText("minReadySeconds");
  await review(page);
  await expect(editor(page)).toContainText("minReadySeconds: 7");
  await saveButton(page).click();
  await expect(page.getByText("Merged with what others changed: spec.minReadySeconds")).toBeVisible();
  const { base } = await live(page, target);
  expect(base.spec.minReadySeconds).toBe(7);
  expect(base.spec.template.spec.containers[0].image).toBe("nginx:1.30");
});

for (const [side, button, image] of [
  ["mine", "Keep mine", "nginx:1.30"],
  ["theirs", "Take theirs", "nginx:theirs"],
]) {
  test(`the same field changed by both: ${side} is chosen`, async ({ page }) => {
    const { target, text } = await edit(page, `e2e-both-${side}`);
    await fillEditor(page, withTeam(withImage(text, "nginx:1.30")));
    await changeElsewhere(page, target, withOtherImage);
    await review(page);
    const conflict = page.getByRole("group", { name: "spec.template.spec.containers[name=web].image" });
    for (const value of ["nginx:1.29", "nginx:theirs", "nginx:1.30"]) {
      await expect(conflict).toContainText(value);
    }
    await expect(saveButton(page)).toHaveAttribute("aria-disabled", "true");
    await expect(page.getByText("One conflict is left to decide").first()).toBeVisible();
    await accessible(page);
    await page.setViewportSize({ width: 400, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    await accessible(page);
    await conflict.getByRole("radio", { name: String(button) }).check();
    await expect(page.getByText("All conflicts are decided").first()).toBeVisible();
    await saveButton(page).click();
    await page.waitForURL(new RegExp(`/statefulsets/default/${target.name}$`));
    const { base } = await live(page, target);
    expect(base.spec.template.spec.containers[0].image).toBe(image);
    expect(base.spec.minReadySeconds).toBe(7);
  });
}

test("others were faster than Save: nothing is written, and it is said", async ({ page }) => {
  const { target, text } = await edit(page, "e2e-faster");
  await fillEditor(page, withImage(text, "nginx:1.30"));
  await review(page);
  await expect(saveButton(page)).toBeVisible();
  await changeElsewhere(page, target, withOtherImage);
  await saveButton(page).click();
  await expect(page.getByText("Nothing was written, because others changed the same fields.")).toBeVisible();
  expect((await live(page, target)).base.spec.template.spec.containers[0].image).toBe("nginx:theirs");
  await page.getByRole("button", { name: "Keep all of mine" }).click();
  await saveButton(page).click();
  await page.waitForURL(new RegExp(`/statefulsets/default/${target.name}$`));
  expect((await live(page, target)).base.spec.template.spec.containers[0].image).toBe("nginx:1.30");
});

test("a fixed field that is changed is said at once, and refused at its place", async ({ page }) => {
  const { target, text } = await edit(page, "e2e-fixed");
  await fillEditor(page, text.replace(`serviceName: ${target.name}`, "serviceName: other"));
  await expect(page.getByText(/^spec\.serviceName cannot be changed on a live StatefulSet/)).toBeVisible();
  await expect(page.locator(".cm-lintRange-error").first()).toContainText("serviceName");
  await review(page);
  await expect(page.locator(".cm-lintRange-error").first()).toBeVisible();
  await expect(saveButton(page)).toHaveAttribute("aria-disabled", "true");
  await accessible(page);
});

test("the object deleted meanwhile: said, and the text goes on elsewhere", async ({ page }) => {
  const { target, text } = await edit(page, "e2e-deleted");
  await fillEditor(page, withImage(text, "nginx:1.30"));
  await remove(page, target);
  await expect(page.getByText(`StatefulSet ${target.name} was deleted meanwhile`)).toBeVisible();
  await expect(editor(page)).toContainText("# newer");
  await page.setViewportSize({ width: 400, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  await accessible(page);
  await page.getByRole("button", { name: "Create it anew from this text" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Create from YAML");
  await expect(editor(page)).toContainText("nginx:1.30 # newer");
  await page.getByRole("button", { name: "Check with the cluster" }).click();
  await page.getByRole("button", { name: "OK", exact: true }).click();
  await expect(page.getByText("The object was created").first()).toBeVisible();
});

test("another object with its name: not written to, and the text is offered as what it is", async ({ page }) => {
  const { target, text } = await edit(page, "e2e-recreated");
  await fillEditor(page, withImage(text, "nginx:1.30"));
  await remove(page, target);
  await expect(page.getByText(`StatefulSet ${target.name} was deleted meanwhile`)).toBeVisible();
  await create(page, target);
  await expect(page.getByText("another object has its name now")).toBeVisible();
  await page.getByRole("button", { name: "Open the new object" }).click();
  await expect(page.getByText("about an earlier object of this name")).toBeVisible();
  await expect(editor(page)).not.toContainText("# newer");
  await page.getByRole("button", { name: "Use that text here" }).click();
  await expect(editor(page)).toContainText("nginx:1.30 # newer");
  await review(page);
  await expect(saveButton(page)).toBeVisible();
});

test("the text and what it was made from survive a reload", async ({ page }) => {
  const { target, text } = await edit(page, "e2e-reload");
  await fillEditor(page, withImage(text, "nginx:1.30"));
  await changeElsewhere(page, target, withTeam);
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await expect(editor(page)).toContainText("nginx:1.30 # newer");
  const notice = page.locator(".edit-notices > .notice");
  await expect(notice).toContainText(/^Your text from .* was restored/);
  expect((await notice.boundingBox())?.height, "a notice of one line").toBeLessThan(60);
  await review(page);
  await expect(page.getByRole("table", { name: "Merged into your text" })).toContainText("spec.minReadySeconds");
  await page.getByRole("button", { name: "Start from the live object" }).click();
  await expect(editor(page)).not.toContainText("# newer");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(editor(page)).toContainText("# newer");
});

test("signed out in between: said, and the text is there after signing in again", async ({ page, context, problems }) => {
  const { text } = await edit(page, "e2e-signed-out");
  await fillEditor(page, withImage(text, "nginx:1.30"));
  const cookies = await context.cookies();
  await context.clearCookies();
  await review(page);
  await expect(page.locator(".form-foot").getByRole("link", { name: "Sign in", exact: true })).toBeVisible();
  await expect(editor(page)).toContainText("nginx:1.30 # newer");
  await context.addCookies(cookies);
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await expect(editor(page)).toContainText("nginx:1.30 # newer");
  // The browser tells of the answer that it was signed out.
  problems.splice(0);
  await review(page);
  await expect(saveButton(page)).toBeVisible();
});

test("leaving asks, and says what becomes of the text", async ({ page }) => {
  const { text } = await edit(page, "e2e-leave");
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("tab", { name: /Pods/ })).toBeVisible();
  await page.getByRole("link", { name: "Edit YAML" }).click();
  await expect(editor(page)).toContainText("kind: StatefulSet");
  await fillEditor(page, withImage(text, "nginx:1.30"));
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("dialog", { name: "Leave this form?" })).toContainText("Nothing was saved");
});

test("field owners are listed on demand, and found by field", async ({ page }) => {
  await edit(page, "e2e-owners");
  await page.getByText("Field owners", { exact: true }).click();
  const owners = page.locator(".field-owner");
  await expect(owners.first()).toContainText("binnacle");
  await page.locator("#owners-filter").fill("replicas");
  await expect(owners.locator("code")).toHaveText(["spec.replicas"]);
  await accessible(page);
});
