import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

// The module itself needs a document; the pure rule in it is read out and run alone.
const source = await readFile(new URL("../src/editor.js", import.meta.url), "utf8");
const start = source.indexOf("export function smallestChange");
const body = source.slice(start + "export ".length, source.indexOf("\n}\n", start) + 2);
/** @type {(before: string, after: string) => { from: number, to: number, insert: string }} */
const smallestChange = new Function(`${body}; return smallestChange;`)();

for (const [before, after] of [
  ["", ""],
  ["a: 1\n", "a: 1\n"],
  ["a: 1\n", "a: 2\n"],
  ["a: 1\n", "a: 11\n"],
  ["aaaa", "aa"],
  ["aa", "aaaa"],
  ["one\ntwo\nthree\n", "one\nthree\n"],
  ["x", ""],
  ["", "x"],
]) {
  test(`a change from ${JSON.stringify(before)} to ${JSON.stringify(after)}`, () => {
    const { from, to, insert } = smallestChange(String(before), String(after));
    assert.equal(String(before).slice(0, from) + insert + String(before).slice(to), after);
    assert.ok(from <= to);
  });
}

test("what stays is not touched", () => {
  assert.deepEqual(smallestChange("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 5\nc: 3\n"), { from: 8, to: 9, insert: "5" });
});
