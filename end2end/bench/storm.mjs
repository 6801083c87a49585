// A hundred changes a second (design §7): nothing is lost, and the browser is never busy for long.
import { say, table } from "./measure.mjs";

/** Changes that are made in a second. */
const rate = 100;
/** How long the last change may take to the page, in ms. */
const settling = 5_000;

/**
 * Changes the rows of a small namespace in turn while its list is open.
 * @param {import("@playwright/test").BrowserContext} context
 * @param {ReturnType<typeof import("./kube.mjs").connect>} kube
 * @param {{ cluster: string, namespace: string, sets: string[], seconds: number }} options
 */
export async function storm(context, kube, { cluster, namespace, sets, seconds }) {
  const page = await context.newPage();
  await page.goto(`/clusters/${cluster}/statefulsets?namespace=${namespace}`);
  await page.waitForFunction(() => document.documentElement.dataset.live === "true");
  await page.evaluate(watchRows);

  const begun = performance.now();
  /** The last number that was given to each set. @type {Map<string, number>} */
  const last = new Map();
  /** Changes of one set wait for each other, so that the last one sent is the last one made. @type {Map<string, Promise<void>>} */
  const queues = new Map();
  let refused = 0;
  const total = rate * seconds;
  for (let number = 1; number <= total; number += 1) {
    const due = begun + (number * 1_000) / rate;
    if (due > performance.now()) {
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    }
    const set = sets[number % sets.length] ?? "";
    await queues.get(set);
    last.set(set, number);
    queues.set(
      set,
      kube
        .patch(`/apis/apps/v1/namespaces/${namespace}/statefulsets/${set}`, {
          spec: { template: { spec: { containers: [{ name: "app", image: `registry.example.org/team/app:s${number}` }] } } },
        })
        .catch(() => {
          refused += 1;
        }),
    );
  }
  await Promise.all(queues.values());
  const took = (performance.now() - begun) / 1_000;

  const wanted = Object.fromEntries(last);
  await page
    .waitForFunction((rows) => Object.entries(rows).every(([name, number]) => /** @type {any} */ (window).storm.rows[name] === number), wanted, { timeout: settling })
    .catch(() => undefined);
  const seen = await page.evaluate(() => /** @type {any} */ (window).storm);
  await page.close();
  const lost = Object.entries(wanted).filter(([name, number]) => seen.rows[name] !== number).length;
  say(`${total} changes in ${took.toFixed(0)} s, each of a row in view\n`);
  table([
    ["changes per second", (total / took).toFixed(0), `≥ ${rate}`],
    ["changes refused by the API server", refused, 0],
    ["rows without their last change", lost, 0],
    ["rows that went back", seen.back, 0],
    ["longest task in the browser, ms", seen.longest.toFixed(0), "< 50"],
  ]);
}

/** Runs in the page: notes the newest change of each row, steps back, and the longest task. */
function watchRows() {
  const storm = { rows: /** @type {Record<string, number>} */ ({}), back: 0, longest: 0 };
  Object.assign(window, { storm });
  const read = () => {
    for (const row of document.querySelectorAll("tr:has(.row-link)")) {
      const name = row.querySelector(".row-link")?.textContent ?? "";
      const number = Number(/:s(\d+)$/.exec(row.querySelector(".image-tail")?.textContent ?? "")?.[1] ?? 0);
      if (number < (storm.rows[name] ?? 0)) {
        storm.back += 1;
      }
      storm.rows[name] = number;
    }
  };
  read();
  new MutationObserver(read).observe(document.body, { childList: true, subtree: true, characterData: true });
  // The browser reports tasks of 50 ms and more.
  new PerformanceObserver((list) => {
    storm.longest = Math.max(storm.longest, ...list.getEntries().map((entry) => entry.duration));
  }).observe({ entryTypes: ["longtask"] });
}
