// The benchmarks of design §7 against a real API server with 10,000 StatefulSets. Run by
// `cargo xtask bench`, which starts the cluster, seeds it and sets the environment of the browser tests.
// Ratios are what counts: milliseconds are this machine's, and both sides of a ratio are measured in turn.
import { chromium } from "@playwright/test";
import { kubeconfig } from "../support/clusters.mjs";
import { startServer } from "../support/server.mjs";
import { connect } from "./kube.mjs";
import { median, memory, p95, say, table, time } from "./measure.mjs";
import { storm } from "./storm.mjs";

const rounds = Number(process.env.BINNACLE_BENCH_ROUNDS ?? 30);
/** How long a hundred changes a second are made, in seconds. */
const stormSeconds = Number(process.env.BINNACLE_BENCH_STORM ?? 60);
/** The namespace with 50 rows that a page over 10,000 is held against. */
const small = "fifty";
const cluster = "newest";

const kube = connect(kubeconfig(cluster));
await seedSmall();
const server = await startServer([]);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--js-flags=--expose-gc"],
});
try {
  const idle = memory(server.pid);
  const context = await browser.newContext({ baseURL: server.origin });
  const page = await context.newPage();
  await signIn(page);
  const firstLoad = await measureFirstLoad(page);
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  await integrate(page);
  const rows = await untilListed(cookie);
  const full = memory(server.pid);

  say(`\nStatefulSets in the cluster: ${rows}; rounds: ${rounds}\n`);
  await overHttp(cookie);
  await inBrowser(context);
  await changes(context);
  await storm(context, kube, { cluster, namespace: small, sets: Array.from({ length: 50 }, (_, number) => smallName(number)), seconds: stormSeconds });

  say("Server memory (RSS, kB)\n");
  table([
    ["idle", idle.rss],
    [`${rows} rows watched`, full.rss],
    ["peak", full.peak],
    ["per row, bytes", Math.round(((full.rss - idle.rss) * 1024) / rows)],
  ]);
  say("First load, bytes on the wire by file\n");
  table([...firstLoad, ["total", firstLoad.reduce((sum, [, bytes]) => sum + Number(bytes), 0)]]);
} finally {
  await browser.close();
  await server.stop();
}

/** Makes the namespace of 50 rows, once. */
async function seedSmall() {
  await kube.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: small } });
  for (let number = 0; number < 50; number += 1) {
    await kube.post(`/apis/apps/v1/namespaces/${small}/statefulsets`, {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: smallName(number) },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: "small" } },
        template: {
          metadata: { labels: { app: "small" } },
          spec: { containers: [{ name: "app", image: "registry.example.org/team/app:v0" }] },
        },
      },
    });
  }
}

/** @param {number} number */
function smallName(number) {
  return `small-${String(number).padStart(2, "0")}`;
}

/** @param {import("@playwright/test").Page} page */
async function signIn(page) {
  await page.goto(server.link);
  await page.getByRole("button", { name: /sign in/i }).click();
  await page.waitForURL(/\/clusters$/);
}

/**
 * What a browser with an empty cache fetches for the first route.
 * @param {import("@playwright/test").Page} page
 * @returns {Promise<[string, number][]>}
 */
async function measureFirstLoad(page) {
  // Signing in has filled this context's cache already.
  const empty = await browser.newContext({ baseURL: server.origin, storageState: await page.context().storageState() });
  const first = await empty.newPage();
  /** @type {import("@playwright/test").Request[]} */
  const requests = [];
  first.on("requestfinished", (request) => requests.push(request));
  await first.goto("/clusters");
  await first.waitForFunction(() => document.documentElement.dataset.live === "true");
  first.removeAllListeners("requestfinished");
  /** @type {[string, number][]} */
  const files = [];
  for (const request of requests) {
    const { responseBodySize } = await request.sizes();
    files.push([new URL(request.url()).pathname, responseBodySize]);
  }
  await empty.close();
  return files;
}

/** @param {import("@playwright/test").Page} page */
async function integrate(page) {
  await page.goto("/clusters/integrate");
  await page.waitForFunction(() => document.documentElement.dataset.live === "true");
  await page.getByLabel(/^Cluster name/).fill(cluster);
  await page.getByLabel(/^Kubeconfig/).fill(kubeconfig(cluster));
  await page.getByRole("button", { name: "Verify" }).and(page.locator(":not([aria-disabled])")).click();
  await page.getByText("The cluster answers and can be integrated").waitFor();
  await page.getByRole("button", { name: "OK", exact: true }).click();
  await page.waitForURL(/\/clusters$/);
}

/**
 * @param {string} cookie
 * @param {string | null} namespace
 * @param {number} page
 */
function list(cookie, namespace = null, page = 1) {
  const query = { cluster, kind: "statefulsets", namespace, search: "", states: [], sort: "name", descending: false, page, pageSize: 50 };
  return fetch(`${server.origin}/api/workloads/list`, {
    method: "POST",
    headers: { cookie, origin: server.origin, "content-type": "application/json", "accept-encoding": "br" },
    body: JSON.stringify({ query }),
  });
}

/**
 * Waits until the first list has been read whole.
 * @param {string} cookie
 * @returns {Promise<number>} rows
 */
async function untilListed(cookie) {
  const expected = Number((await kube.count("/apis/apps/v1/statefulsets")).total);
  for (;;) {
    const answer = await list(cookie);
    const page = await answer.json();
    if (answer.ok && page.total >= expected) {
      return page.total;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** @param {string} cookie */
async function overHttp(cookie) {
  const html = (/** @type {string} */ query) =>
    fetch(`${server.origin}/clusters/${cluster}/statefulsets${query}`, { headers: { cookie, "accept-encoding": "br" } });
  /** @type {Record<string, number[]>} */
  const times = { raw: [], query: [], last: [], page: [], base: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.raw.push(await time(() => kube.get("/apis/apps/v1/statefulsets?limit=50")));
    times.query.push(await time(async () => (await list(cookie)).arrayBuffer()));
    times.last.push(await time(async () => (await list(cookie, null, 200)).arrayBuffer()));
    times.page.push(await time(async () => (await html("")).arrayBuffer()));
    times.base.push(await time(async () => (await html(`?namespace=${small}`)).arrayBuffer()));
  }
  const bytes = await kube.wire(server.origin, `/clusters/${cluster}/statefulsets`, { cookie, "accept-encoding": "br" });
  const json = await kube.wire(server.origin, "/api/workloads/list", {
    cookie,
    origin: server.origin,
    "content-type": "application/json",
    "accept-encoding": "br",
  }, JSON.stringify({ query: { cluster, kind: "statefulsets", namespace: null, search: "", states: [], sort: "name", descending: false, page: 1, pageSize: 50 } }));
  say("Over HTTP, ms (median / p95), and held against the raw list of 50\n");
  const raw = median(times.raw);
  table([
    ["raw API server, limit=50", `${raw.toFixed(1)} / ${p95(times.raw).toFixed(1)}`, 1],
    ["list query, first page", `${median(times.query).toFixed(1)} / ${p95(times.query).toFixed(1)}`, (median(times.query) / raw).toFixed(2)],
    ["list query, last page", `${median(times.last).toFixed(1)} / ${p95(times.last).toFixed(1)}`, (median(times.last) / raw).toFixed(2)],
    ["HTML page over all rows", `${median(times.page).toFixed(1)} / ${p95(times.page).toFixed(1)}`, (median(times.page) / raw).toFixed(2)],
    ["HTML page over 50 rows", `${median(times.base).toFixed(1)} / ${p95(times.base).toFixed(1)}`, (median(times.base) / raw).toFixed(2)],
    ["ratio all / 50", (median(times.page) / median(times.base)).toFixed(2), "≤ 1.2"],
    ["list query, bytes (brotli)", json, "≤ 8192"],
    ["HTML page, bytes (brotli)", bytes, ""],
  ]);
}

/** @param {import("@playwright/test").BrowserContext} context */
async function inBrowser(context) {
  /** @type {Record<string, number[]>} */
  const first = { all: [], fifty: [] };
  /** @type {Record<string, number>} */
  const heap = {};
  const visits = Math.min(rounds, 15);
  for (let round = 0; round < visits; round += 1) {
    for (const [name, query] of [["all", ""], ["fifty", `?namespace=${small}`]]) {
      const page = await context.newPage();
      await page.addInitScript(() => {
        const seen = new MutationObserver(() => {
          if (document.querySelector(".row-link")) {
            Object.assign(window, { firstRow: performance.now() });
            seen.disconnect();
          }
        });
        seen.observe(document, { childList: true, subtree: true });
      });
      await page.goto(`/clusters/${cluster}/statefulsets${query}`);
      await page.waitForFunction(() => document.documentElement.dataset.live === "true");
      first[name].push(await page.evaluate(() => /** @type {any} */ (window).firstRow));
      if (round === visits - 1) {
        const session = await context.newCDPSession(page);
        await session.send("HeapProfiler.collectGarbage");
        heap[name] = (await session.send("Runtime.getHeapUsage")).usedSize;
      }
      await page.close();
    }
  }
  say("In Chromium: request to first row, ms (median / p95), and JS heap\n");
  table([
    ["all rows", `${median(first.all).toFixed(0)} / ${p95(first.all).toFixed(0)}`, `${(heap.all / 1e6).toFixed(1)} MB`],
    ["50 rows", `${median(first.fifty).toFixed(0)} / ${p95(first.fifty).toFixed(0)}`, `${(heap.fifty / 1e6).toFixed(1)} MB`],
    ["ratio", (median(first.all) / median(first.fifty)).toFixed(2), "≤ 1.2"],
  ]);
}

/**
 * Change accepted by the API server to change in the DOM.
 * @param {import("@playwright/test").BrowserContext} context
 */
async function changes(context) {
  const page = await context.newPage();
  await page.goto(`/clusters/${cluster}/statefulsets?namespace=${small}`);
  await page.waitForFunction(() => document.documentElement.dataset.live === "true");
  await page.evaluate(() => {
    const shown = /** @type {Record<string, number>} */ ({});
    Object.assign(window, { shown });
    new MutationObserver(() => {
      for (const tail of document.querySelectorAll(".image-tail")) {
        shown[tail.textContent ?? ""] ??= Date.now();
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  /** @type {number[]} */
  const delays = [];
  for (let round = 0; round < rounds; round += 1) {
    const image = `app:v${round + 1}`;
    await kube.patch(`/apis/apps/v1/namespaces/${small}/statefulsets/${smallName(round % 50)}`, {
      spec: { template: { spec: { containers: [{ name: "app", image: `registry.example.org/team/${image}` }] } } },
    });
    const accepted = Date.now();
    await page.waitForFunction((wanted) => wanted in /** @type {any} */ (window).shown, image);
    delays.push((await page.evaluate((wanted) => /** @type {any} */ (window).shown[wanted], image)) - accepted);
  }
  await page.close();
  say("Change accepted by the API server to change in the DOM, ms\n");
  table([
    ["median", median(delays).toFixed(0), "≤ 60"],
    ["p95", p95(delays).toFixed(0), "≤ 150"],
  ]);
}

