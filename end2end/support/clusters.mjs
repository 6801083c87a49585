// The real clusters that the tests run on, and kubectl as the witness of what the console did.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Names of the clusters, in the order of BINNACLE_KUBECONFIGS. */
export const names = ["newest", "older"];

const paths = (process.env.BINNACLE_KUBECONFIGS ?? "").split(":").filter(Boolean);

/**
 * @param {string} name
 * @returns {string} the text of the cluster's admin kubeconfig
 */
export function kubeconfig(name) {
  return readFileSync(path(name), "utf8");
}

/** @param {string} name */
function path(name) {
  const found = paths[names.indexOf(name)];
  if (!found) {
    throw new Error(`there is no kubeconfig of ${name} in BINNACLE_KUBECONFIGS`);
  }
  return found;
}

/**
 * Runs kubectl against a cluster.
 * @param {string} name
 * @param {...string} args
 * @returns {Promise<string>} its output
 */
export async function kubectl(name, ...args) {
  const { stdout } = await run(process.env.BINNACLE_KUBECTL ?? "kubectl", ["--kubeconfig", path(name), ...args]);
  return stdout;
}

/**
 * @param {string} name
 * @param {...string} args
 * @returns {Promise<any>} the object, or undefined when it is not there
 */
export async function getObject(name, ...args) {
  const text = await kubectl(name, "get", ...args, "--ignore-not-found", "-o", "json");
  return text ? JSON.parse(text) : undefined;
}

/**
 * Holds an API server still, lets it go on, kills it, starts it anew.
 * @param {"pause" | "resume" | "kill" | "restart"} action
 * @param {string} name
 */
export async function apiServer(action, name) {
  const { BINNACLE_CONTROL_PLANE: program, BINNACLE_CONTROL_PLANE_STATE: state } = process.env;
  if (!program || !state) {
    throw new Error("BINNACLE_CONTROL_PLANE is not set; run the tests by `cargo xtask e2e --real`");
  }
  await run(program, ["control-plane", "--state", state, action, name]);
}
