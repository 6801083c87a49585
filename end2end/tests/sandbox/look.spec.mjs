import { accessible, expect, test } from "../../support/console.mjs";
import { fillEditor, open } from "../../support/tour.mjs";

test("theme and language can be set and are kept", async ({ page }) => {
  await open(page, "/clusters");
  await page.getByRole("button", { name: /^User menu/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: /^User menu/ }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("集群");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("集群");
});

test("at 400 px everything is reachable and nothing scrolls sideways", async ({ page }) => {
  await page.setViewportSize({ width: 400, height: 800 });
  for (const path of [
    "/clusters",
    "/clusters/integrate",
    "/clusters/harbor-prod",
    "/clusters/harbor-prod/statefulsets",
    "/clusters/harbor-prod/statefulsets/create",
    "/clusters/harbor-prod/create-yaml",
  ]) {
    await open(page, path);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(sideways, path).toBeLessThanOrEqual(0);
    await accessible(page);
    // The head of a stacked table is there to sort by; without that it would be an empty strip.
    for (const head of await page.locator(".table-stacked thead").all()) {
      await expect(head).toBeVisible({ visible: (await head.locator(".sort-button").count()) > 0 });
    }
  }
  await page.getByRole("button", { name: "Open navigation" }).click();
  await expect(page.getByRole("navigation", { name: "Navigation" }).getByRole("link", { name: "StatefulSets" })).toBeVisible();
});

test("an address that names nothing says so with status 404", async ({ page }) => {
  const answer = await page.request.get("/nowhere");
  expect(answer.status()).toBe(404);
  expect(await answer.text()).toContain("This page does not exist");
});

test("signed out, everything leads to sign-in and back", async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.origin });
  const page = await context.newPage();
  await page.goto("/clusters/harbor-prod");
  await expect(page).toHaveURL(/\/login\?next=/);
  await accessible(page);
  await context.close();
});

test("a part of the console that does not come can be asked for again", async ({ page, problems }) => {
  await open(page, "/clusters");
  const parts = /\/assets\/(split|chunk)_/;
  await page.route(parts, (route) => route.abort());
  await page.getByRole("link", { name: "Integrate cluster" }).first().click();
  await expect(page.getByText("This part of the console could not be fetched")).toBeVisible();
  await accessible(page);
  // The browser itself notes each fetch that failed, and the loader why; nothing else may stand there.
  const noted = problems.splice(0);
  expect(noted.filter((problem) => !/net::ERR_FAILED|Failed to fetch/.test(problem))).toEqual([]);
  await page.unroute(parts);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByLabel(/^Cluster name/)).toBeVisible();
});

test("what a removed container was can be brought back", async ({ page }) => {
  await open(page, "/clusters/harbor-staging/statefulsets/create");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("undo");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByRole("button", { name: "Add container" }).click();
  await page.getByLabel(/^Container name/).last().fill("second");
  await page.getByRole("button", { name: "Remove container second" }).click();
  // The note stands above the foot: what comes next can be pressed.
  const note = await page.locator(".toast").boundingBox();
  const foot = await page.locator(".wizard-foot").boundingBox();
  expect((note?.y ?? Infinity) + (note?.height ?? 0)).toBeLessThanOrEqual(foot?.y ?? 0);
  await expect(page.getByLabel(/^Container name/)).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByLabel(/^Container name/).last()).toHaveValue("second");
});

test("a note goes by itself though the pointer rests where it appears", async ({ page }) => {
  await page.clock.install();
  await open(page, "/clusters/harbor-staging/statefulsets/create");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("rest");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByRole("button", { name: "Add container" }).click();
  await page.getByLabel(/^Container name/).last().fill("second");
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  await page.mouse.move(width - 100, height - 110);
  await page.getByRole("button", { name: "Remove container second" }).press("Enter");
  const note = page.locator(".toast");
  await expect(note).toBeVisible();
  await page.clock.runFor(11_000);
  await expect(note).toHaveCount(0);
});

test("what is focused in a form is seen whole, with its label", async ({ page }) => {
  await page.setViewportSize({ width: 1000, height: 560 });
  await open(page, "/clusters/harbor-staging/statefulsets/create");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("seen");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByRole("button", { name: "Add container" }).click();
  const field = page.getByLabel(/^Container name/).last();
  await expect(field).toBeFocused();
  const box = await field.boundingBox();
  const foot = await page.locator(".wizard-foot").boundingBox();
  expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(foot?.y ?? 0);
});

test("the editor's search can be read, and follows the language", async ({ page }) => {
  await open(page, "/clusters/harbor-prod/create-yaml");
  await page.locator(".cm-content").click();
  await page.keyboard.press("ControlOrMeta+f");
  const find = page.getByRole("textbox", { name: "Find" });
  await expect(find).toHaveCSS("font-size", "12px");
  await expect(page.locator(".cm-search").getByRole("button", { name: "next" })).toHaveCSS("font-size", "12px");
  const before = await page.locator(".cm-content").getAttribute("aria-label");
  await page.getByRole("button", { name: /^User menu/ }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await expect(page.getByRole("textbox", { name: "查找" })).toBeVisible();
  await expect(page.locator(".cm-content")).not.toHaveAttribute("aria-label", before ?? "");
});

test("a reason of any length moves nothing below it, and unfolds", async ({ page }) => {
  await open(page, "/clusters/harbor-prod/statefulsets?q=fraud-scorer");
  await page.locator("tbody .row-link").first().click();
  const reason = page.locator(".page-reason");
  await expect(reason).toBeVisible();
  const heights = await reason.evaluate((element) => {
    const kept = element.textContent;
    const heights = ["short", "long ".repeat(200)].map((text) => {
      element.textContent = text;
      return element.getBoundingClientRect().height;
    });
    element.focus();
    heights.push(element.getBoundingClientRect().height);
    element.textContent = kept;
    return heights;
  });
  expect(heights[0]).toBe(heights[1]);
  expect(heights[2]).toBeGreaterThan(heights[1] ?? Infinity);
});

test("how many fields are not sent is read whole", async ({ page }) => {
  await open(page, "/clusters/harbor-prod/create-yaml?namespace=default");
  const owned = ["uid: a", 'resourceVersion: "1"', "generation: 1", "selfLink: /a", "managedFields: []"];
  await fillEditor(page, `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: owned\n  ${owned.join("\n  ")}\n`);
  const count = page.locator(".not-sent .disclosure-summary");
  await expect(count).toHaveText(/\d/);
  expect(await count.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
});
