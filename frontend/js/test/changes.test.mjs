import assert from "node:assert/strict";
import { test } from "node:test";

import { changesBetween, smallestChange } from "../src/changes.js";

/**
 * @param {string} text
 * @param {import("../src/changes.js").Change[]} changes all counted in the text as it was
 */
function apply(text, changes) {
  let out = "";
  let at = 0;
  for (const { from, to, insert } of changes) {
    assert.ok(from >= at && to >= from, "in order, never overlapping");
    out += text.slice(at, from) + insert;
    at = to;
  }
  return out + text.slice(at);
}

const pairs = /** @type {const} */ ([
  ["", ""],
  ["a: 1\n", "a: 1\n"],
  ["a: 1\n", "a: 2\n"],
  ["a: 1\n", "a: 11\n"],
  ["aaaa", "aa"],
  ["aa", "aaaa"],
  ["one\ntwo\nthree\n", "one\nthree\n"],
  ["x", ""],
  ["", "x"],
  ["\nx", "y\nx"],
  ["\n\n", "\n"],
  ["a\nb\nc\nd\n", "z\na\nc\nd\ne"],
  ["a\nb", "b\na"],
  ["a\na\na\n", "a\nb\na\n"],
]);

for (const [before, after] of pairs) {
  test(`changes from ${JSON.stringify(before)} to ${JSON.stringify(after)}`, () => {
    assert.equal(apply(before, [smallestChange(before, after)]), after);
    assert.equal(apply(before, changesBetween(before, after)), after);
    assert.ok(changesBetween(before, after).every(({ from, to, insert }) => from < to || insert !== ""));
  });
}

test("what stays is not touched", () => {
  assert.deepEqual(smallestChange("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 5\nc: 3\n"), { from: 8, to: 9, insert: "5" });
  const changes = changesBetween("a: 1\nb: 2\nc: 3\nd: 4\n", "a: 9\nb: 2\nx: 0\nc: 3\nd: 5\n");
  assert.deepEqual(changes, [
    { from: 3, to: 4, insert: "9" },
    { from: 10, to: 10, insert: "x: 0\n" },
    { from: 18, to: 19, insert: "5" },
  ]);
});

test("any text becomes any other", () => {
  // A generator of its own, so that a failure comes back: numbers by Park and Miller.
  let seed = 20_261_125;
  const next = (/** @type {number} */ below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const text = () => Array.from({ length: next(12) }, () => ["a", "b", "\n", "\n", "cc\n"][next(5)]).join("");
  for (let round = 0; round < 2_000; round += 1) {
    const [before, after] = [text(), text()];
    assert.equal(apply(before, changesBetween(before, after)), after, JSON.stringify([before, after]));
  }
});

test("long texts that share nothing are compared in little time", () => {
  const long = (/** @type {string} */ letter) => Array.from({ length: 20_000 }, (_, at) => `${letter}${at}\n`).join("");
  assert.equal(changesBetween(long("a"), long("b")).length, 1);
});
