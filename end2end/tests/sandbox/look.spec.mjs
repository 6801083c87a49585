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
