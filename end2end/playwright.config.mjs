// The console in a real browser. `cargo xtask e2e` starts what is needed and sets the environment:
// BINNACLE_BIN (the server), CHROMIUM (the browser), BINNACLE_E2E (`sandbox` or `real`); on real clusters
// BINNACLE_KUBECONFIGS (admin kubeconfigs, ':'-separated, the newest first), BINNACLE_KUBECTL,
// BINNACLE_CONTROL_PLANE (the xtask binary) and BINNACLE_CONTROL_PLANE_STATE.
import { defineConfig } from "@playwright/test";

const real = process.env.BINNACLE_E2E === "real";

/** Flags for a machine without a GPU and without a network . */
const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "./tests",
  outputDir: "./test-results",
  // Two cores: the browser has one, the server and the clusters the other.
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: chromiumFlags },
  },
  projects: [
    real
      ? { name: "real", testMatch: /real\/.*\.spec\.mjs/, timeout: 180_000 }
      : { name: "sandbox", testMatch: /sandbox\/.*\.spec\.mjs/ },
  ],
});
