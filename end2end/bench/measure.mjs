// Small statistics and printing.
import { readFileSync } from "node:fs";

/**
 * @param {() => Promise<unknown>} work
 * @returns {Promise<number>} milliseconds
 */
export async function time(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** @param {number[]} values */
export function median(values) {
  return quantile(values, 0.5);
}

/** @param {number[]} values */
export function p95(values) {
  return quantile(values, 0.95);
}

/**
 * @param {number[]} values
 * @param {number} share
 */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/**
 * @param {number} pid
 * @returns {{ rss: number, peak: number }} kB
 */
export function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const read = (/** @type {string} */ name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  return { rss: read("VmRSS"), peak: read("VmHWM") };
}

/** @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** @param {unknown[][]} rows */
export function table(rows) {
  const width = Math.max(...rows.map(([name]) => String(name).length));
  for (const [name, ...cells] of rows) {
    say(`  ${String(name).padEnd(width)}  ${cells.map((cell) => String(cell).padStart(16)).join("")}`);
  }
  say("");
}
