// A cluster whose every text is hostile, in a real browser: markup and script are text, what is hidden is visible,
// nothing runs, nothing complains, and no page grows wider than the window.
import { readFileSync } from "node:fs";
import { expect, live, test as base } from "../../support/console.mjs";
import { startServer } from "../../support/server.mjs";
import { open } from "../../support/tour.mjs";

/** The texts, as the sandbox writes them. */
const texts = /** @type {string[]} */ (
  JSON.parse(readFileSync(new URL("../../../crates/sandbox/src/contents/hostile.json", import.meta.url), "utf8"))
);

/** @typedef {import("@playwright/test").Page} Page */

const test = base.extend({
  server: [
    async ({}, use) => {
      const server = await startServer(["--sandbox", "hostile"]);
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
});

/** Characters that nobody sees, or that turn others, but what texts are made of; `model::hidden` makes them visible. */
const hidden = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** @param {number} number */
const name = (number) => `payload-${String(number).padStart(2, "0")}`;

/**
 * Tells what ran or was asked for that should not have been.
 * @param {Page} page
 */
async function watch(page) {
  /** @type {string[]} */
  const wrong = [];
  page.on("dialog", (dialog) => {
    // The browser's own question at leaving a form, whose words are the browser's.
    if (dialog.type() === "beforeunload") {
      void dialog.accept();
      return;
    }
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.hostname !== "127.0.0.1" && url.protocol !== "data:" && url.protocol !== "blob:") {
      wrong.push(`request: ${request.url()}`);
    }
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return wrong;
}

/**
 * Looks at the page as it stands.
 * @param {Page} page
 * @param {string[]} wrong
 */
async function holds(page, wrong) {
  const found = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    text: document.body.innerText,
    planted: document.querySelectorAll("main script, main iframe, main img[src='x'], main svg[onload], [onfocus], [onerror], [onmouseover]")
      .length,
    links: [...document.querySelectorAll("a[href]")].map((link) => /** @type {HTMLAnchorElement} */ (link).href),
  }));
  expect(found.wide, `${page.url()} is wider than the window`).toBeLessThanOrEqual(0);
  expect(found.planted, `${page.url()} holds markup of the cluster's`).toBe(0);
  expect(hidden.exec(found.text)?.[0], `${page.url()} shows what nobody sees`).toBeUndefined();
  for (const link of found.links) {
    expect(new URL(link).origin, link).toBe(new URL(page.url()).origin);
  }
  expect(wrong).toEqual([]);
}

for (const width of [1440, 400]) {
  test(`hostile texts are text on every page, at ${width} px`, async ({ page, problems }) => {
    test.setTimeout(300_000);
    const wrong = await watch(page);
    await page.setViewportSize({ width, height: 900 });
    await open(page, "/clusters/hostile/statefulsets?size=200");
    await expect(page.getByRole("row").nth(20)).toBeVisible();
    await expect(page.getByText("<script>alert(1)</script>").filter({ visible: true }).first()).toBeVisible();
    await holds(page, wrong);
    for (const path of [
      "/clusters",
      "/clusters/hostile",
      "/clusters/hostile/edit",
      "/clusters/hostile/statefulsets?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
      "/clusters/hostile/statefulsets?namespace=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
      "/clusters/hostile/statefulsets/create",
      "/clusters/hostile/create-yaml",
      "/clusters/%3Cimg%20src=x%20onerror=alert(1)%3E",
      "/clusters/hostile/statefulsets/hostile/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
      "/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    ]) {
      // An unknown or impossible address answers 404 or 422, which the browser notes; that is no complaint of the page's.
      await page.goto(path);
      await live(page);
      await holds(page, wrong);
      problems.splice(0, problems.length, ...problems.filter((problem) => !/status of (404|422)/.test(problem)));
    }
    for (const number of [0, 22, 25]) {
      await open(page, `/clusters/hostile/statefulsets/hostile/${name(number)}/edit-yaml`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await holds(page, wrong);
    }
    for (const number of texts.keys()) {
      await open(page, `/clusters/hostile/statefulsets/hostile/${name(number)}`);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(name(number));
      await holds(page, wrong);
      for (const tab of ["Containers", "Events", "YAML"]) {
        await page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
        await holds(page, wrong);
      }
    }
  });
}

test("markup is read as it is written, and its controls work", async ({ page }) => {
  const wrong = await watch(page);
  const number = texts.indexOf("<script>alert(1)</script>");
  await open(page, `/clusters/hostile/statefulsets/hostile/${name(number)}?tab=events`);
  const event = page.getByRole("row").filter({ hasText: "<script>alert(1)</script>" }).first();
  await expect(event).toBeVisible();
  await page.getByRole("tab", { name: /^YAML/ }).click();
  await expect(page.getByRole("region", { name: "YAML" })).toContainText("<script>alert(1)</script>");
  // An override of the direction is an escape in the YAML, and a visible mark elsewhere.
  const turned = texts.findIndex((text) => text.startsWith("invoice"));
  await open(page, `/clusters/hostile/statefulsets/hostile/${name(turned)}?tab=yaml`);
  await expect(page.getByRole("region", { name: "YAML" })).toContainText("invoice\\u202egnp.exe");
  await expect(page.getByText("invoice‹U+202E›gnp.exe").filter({ visible: true }).first()).toBeVisible();
  await holds(page, wrong);
});

test("a megabyte in a field leaves the page usable", async ({ page }) => {
  const wrong = await watch(page);
  await page.setViewportSize({ width: 400, height: 900 });
  await open(page, "/clusters/hostile/statefulsets/hostile/payload-huge?tab=events");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("payload-huge");
  await holds(page, wrong);
  await page.getByRole("tab", { name: /^Containers/ }).click();
  await holds(page, wrong);
});
