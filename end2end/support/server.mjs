// Starts a console of its own for a worker and ends it with the worker.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Settings that tests may leave to the console; anything else of ours in the environment is not for it. */
const forTests = /^BINNACLE_/;

/**
 * @typedef {object} Server
 * @property {string} origin where it listens
 * @property {string} link signs in as admin, once
 * @property {number} pid
 * @property {() => string} log what it has written so far
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string[]} flags further flags
 * @returns {Promise<Server>}
 */
export async function startServer(flags) {
  const bin = process.env.BINNACLE_BIN;
  if (!bin) {
    throw new Error("BINNACLE_BIN is not set; run the tests by `cargo xtask e2e`");
  }
  const data = await mkdtemp(join(tmpdir(), "binnacle-e2e-"));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !forTests.test(name)));
  const child = spawn(bin, ["--listen", "127.0.0.1:0", "--data-dir", data, ...flags], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  const ended = new Promise((resolve) => child.once("exit", resolve));
  /** @type {Promise<string>} */
  const link = new Promise((resolve, reject) => {
    /** @param {Buffer} chunk */
    const read = (chunk) => {
      log += chunk.toString();
      const found = /https?:\/\/[^\s"]+\/welcome\?token=[^\s"]+/.exec(log);
      if (found) {
        resolve(found[0]);
      }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`the console ended with ${code}:\n${log}`)));
  });
  const address = await link;
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  return { origin: new URL(address).origin, link: address, pid: child.pid ?? 0, log: () => log, stop };
}
