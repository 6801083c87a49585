import { accessible, expect, test } from "../../support/console.mjs";
import { open } from "../../support/tour.mjs";

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
  await expect(page.getByLabel(/^Container name/)).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByLabel(/^Container name/).last()).toHaveValue("second");
});
