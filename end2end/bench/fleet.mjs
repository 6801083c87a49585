// Many clusters (design §7): how pages fare when a fifth of them dies, and how the console starts when all
// have. Run by `cargo xtask bench`; the clusters are those of `fleet-server.mjs`.
import { fork, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import http from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, p95, say, table, time } from "./measure.mjs";

const count = Number(process.env.BINNACLE_BENCH_CLUSTERS ?? 500);
const rounds = Number(process.env.BINNACLE_BENCH_ROUNDS ?? 30);
const tls = process.env.BINNACLE_BENCH_TLS ?? "";
/** One in so many dies. */
const share = 5;
/** The longest that anything here may take, in ms. */
const deadline = 120_000;

const certificate = join(tls, "cert.pem");
const fleet = fork(new URL("fleet-server.mjs", import.meta.url), [String(count), certificate, join(tls, "key.pem")]);
const { ports } = await message();
const data = await mkdtemp(join(tmpdir(), "binnacle-bench-"));
const port = await freePort();
const origin = `http://127.0.0.1:${port}`;
let server = start();
try {
  const cookie = await signIn();
  const integration = await time(() => integrateAll(cookie));
  await states(cookie, 0);
  const dead = Math.floor(count / share);
  const before = await pages(cookie);
  await command({ kill: dead });
  await states(cookie, dead);
  const during = await pages(cookie);
  await command({ revive: true });
  await states(cookie, 0);
  const after = await pages(cookie);

  say(`\n${count} clusters, integrated in ${(integration / 1_000).toFixed(0)} s. Pages, ms (median / p95); the ratio is to all alive, before and after\n`);
  table([
    ["", "all alive", `${dead} dead`, "alive again", "ratio", "budget"],
    ...before.map(({ name, times }, at) => {
      const [worse, again] = [during[at]?.times ?? [], after[at]?.times ?? []];
      const ratio = median(worse) / ((median(times) + median(again)) / 2);
      return [name, pair(times), pair(worse), pair(again), ratio.toFixed(2), "≤ 1.1"];
    }),
  ]);

  await stop();
  await command({ kill: count });
  const begun = performance.now();
  server = start();
  await ready();
  const readyAfter = performance.now() - begun;
  const answer = await get("/clusters", cookie);
  const pageAfter = performance.now() - begun;
  if (answer.status !== 200) {
    throw new Error(`/clusters: ${answer.status}`);
  }
  say(`Start with all ${count} clusters dead, ms\n`);
  table([
    ["until /readyz", readyAfter.toFixed(0), "≤ 2000"],
    ["until the cluster list is in the browser's hands", pageAfter.toFixed(0), "≤ 2000"],
  ]);
} finally {
  await stop();
  fleet.kill();
  await rm(data, { recursive: true, force: true });
}

/** @param {number[]} times */
function pair(times) {
  return `${median(times).toFixed(1)} / ${p95(times).toFixed(1)}`;
}

/** @returns {Promise<any>} the fleet's next message */
function message() {
  return new Promise((resolve, reject) => {
    fleet.once("message", resolve);
    fleet.once("exit", (code) => reject(new Error(`the fleet ended with ${code}`)));
  });
}

/** @param {{ kill?: number, revive?: boolean }} what */
async function command(what) {
  const done = message();
  fleet.send(what);
  await done;
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Starts the console; its connections to hundreds of clusters need more files than a shell often allows. */
function start() {
  const bin = process.env.BINNACLE_BIN ?? "";
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BINNACLE_")));
  const flags = ["--listen", `127.0.0.1:${port}`, "--data-dir", data];
  const child = spawn("sh", ["-c", 'ulimit -n "$(ulimit -Hn)"; exec "$@"', "sh", bin, ...flags], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const running = { child, log: "", ended: new Promise((resolve) => child.once("exit", resolve)) };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => (running.log += chunk));
  }
  return running;
}

async function stop() {
  server.child.kill("SIGTERM");
  await server.ended;
}

/**
 * @param {string} path
 * @param {string} cookie
 * @returns {Promise<{ status: number, text: string }>}
 */
function get(path, cookie = "") {
  return new Promise((resolve, reject) => {
    const request = http.get(`${origin}${path}`, { headers: { cookie, "accept-encoding": "br" } }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    request.on("error", reject);
  });
}

/**
 * Tries again and again, quickly, until it is so.
 * @param {string} what
 * @param {() => Promise<boolean>} check
 */
async function until(what, check) {
  const end = performance.now() + deadline;
  while (!(await check())) {
    if (performance.now() > end) {
      throw new Error(`${what}: not within ${deadline} ms\n${server.log.slice(-2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function ready() {
  return until("the console is ready", () => get("/readyz").then(({ status }) => status === 200, () => false));
}

/** @returns {Promise<string>} the session's cookie */
async function signIn() {
  await ready();
  const link = () => /\/welcome\?token=([^\s"]+)/.exec(server.log)?.[1];
  await until("the console prints its link", async () => Boolean(link()));
  const answer = await fetch(`${origin}/welcome`, {
    method: "POST",
    redirect: "manual",
    headers: { origin, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ token: link() ?? "" }),
  });
  const cookie = answer.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  if (!cookie) {
    throw new Error(`the link did not sign in: ${answer.status}`);
  }
  return cookie;
}

/**
 * Calls a server function.
 * @param {string} name
 * @param {unknown} body
 * @param {string} cookie
 */
async function call(name, body, cookie) {
  const answer = await fetch(`${origin}/api/${name}`, {
    method: "POST",
    headers: { cookie, origin, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${name}: ${answer.status} ${text}`);
  }
  return text ? JSON.parse(text) : undefined;
}

/** @param {number} index */
function named(index) {
  return `fleet-${String(index).padStart(3, "0")}`;
}

/** @param {string} cookie */
async function integrateAll(cookie) {
  const authority = (await readFile(certificate)).toString("base64");
  const profile = { alias: "", provider: "Generic", labels: [], annotations: [], description: "", region: "", zone: "" };
  for (const [index, at] of /** @type {number[]} */ (ports).entries()) {
    const kubeconfig = JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "bench",
      contexts: [{ name: "bench", context: { cluster: "bench", user: "bench" } }],
      clusters: [{ name: "bench", cluster: { server: `https://127.0.0.1:${at}`, "certificate-authority-data": authority } }],
      users: [{ name: "bench", user: { token: "bench" } }],
    });
    await call("clusters/integrate", { input: { name: named(index), profile, kubeconfig, context: "bench" } }, cookie);
  }
}

/**
 * Waits until so many clusters do not answer and all others do.
 * @param {string} cookie
 * @param {number} dead
 */
function states(cookie, dead) {
  return until(`${dead} clusters are dead`, async () => {
    /** @type {{ state: string }[]} */
    const rows = await call("clusters/list", {}, cookie);
    return rows.filter(({ state }) => state === "unknown").length === dead && rows.filter(({ state }) => state === "running").length === count - dead;
  });
}

/**
 * Times the pages of a cluster that lives, and the list of all.
 * @param {string} cookie
 */
async function pages(cookie) {
  const lives = named(count - 1);
  const asked = ["/clusters", `/clusters/${lives}`, `/clusters/${lives}/statefulsets`].map((path) => ({ path, name: path.replace(lives, "…"), times: /** @type {number[]} */ ([]) }));
  // The first look starts what a page needs.
  for (const { path } of asked) {
    const { status } = await get(path, cookie);
    if (status !== 200) {
      throw new Error(`${path}: ${status}`);
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { path, times } of asked) {
      times.push(await time(() => get(path, cookie)));
    }
  }
  return asked;
}
