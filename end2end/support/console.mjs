// The fixtures of all tests: a console, a signed-in page, and a guard that fails a test on any
// console error, CSP report or uncaught exception.
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect } from "@playwright/test";
import { startServer } from "./server.mjs";

export { expect };

/**
 * @typedef {{ server: import("./server.mjs").Server, storage: { cookies: any[], origins: any[] } }} WorkerFixtures
 * @typedef {{ problems: string[] }} TestFixtures
 */

/** @type {import("@playwright/test").Fixtures<TestFixtures, WorkerFixtures, import("@playwright/test").PlaywrightTestArgs & import("@playwright/test").PlaywrightTestOptions, import("@playwright/test").PlaywrightWorkerArgs & import("@playwright/test").PlaywrightWorkerOptions>} */
const fixtures = {
  server: [
    async ({}, use, info) => {
      const flags = info.project.name === "sandbox" ? ["--sandbox"] : [];
      const server = await startServer(flags);
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  // Signing in once a worker: the link works once.
  storage: [
    async ({ server, browser }, use) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(server.link);
      await page.getByRole("button", { name: /sign in/i }).click();
      await page.waitForURL(/\/clusters$/);
      const state = await context.storageState();
      await context.close();
      await use(state);
    },
    { scope: "worker" },
  ],
  context: async ({ browser, server, storage, viewport, colorScheme, locale }, use) => {
    const context = await browser.newContext({
      baseURL: server.origin,
      storageState: storage,
      viewport,
      colorScheme,
      locale,
      acceptDownloads: true,
    });
    await use(context);
    await context.close();
  },
  problems: [
    async ({ page }, use) => {
      /** @type {string[]} */
      const problems = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") {
          problems.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
        }
      });
      page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
      await use(problems);
      expect(problems, "a page must not complain").toEqual([]);
    },
    { auto: true },
  ],
};

export const test = base.extend(fixtures);

/**
 * Waits until the page is live: the wasm has taken over.
 * @param {import("@playwright/test").Page} page
 */
export async function live(page) {
  await page.waitForFunction(() => document.documentElement.dataset.live === "true");
}

/**
 * Fails on any accessibility violation, in both themes.
 * @param {import("@playwright/test").Page} page
 */
export async function accessible(page) {
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map((node) => node.html).slice(0, 3) }));
    expect(found, `${page.url()} in ${scheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
