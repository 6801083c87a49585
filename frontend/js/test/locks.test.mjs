import assert from "node:assert/strict";
import { test } from "node:test";

import { Text } from "@codemirror/state";

import { fieldLines } from "../src/locks.js";

/** @type {[string, string, number, number[]][]} */
const rows = [
  ["a scalar is one line", "a: 1\nb: 2\n", 1, [1]],
  ["a map holds what is indented", "a:\n  b: 1\n  c:\n    d: 2\ne: 3\n", 1, [1, 2, 3, 4]],
  ["a list may stand below its key", "a:\n- b\n- c:\n  d\ne: 3\n", 1, [1, 2, 3, 4]],
  ["a key within an item ends with it", "a:\n- b: 1\n  c: 2\n- d: 3\n", 2, [2, 3]],
  ["blank lines within belong to it, those after do not", "a:\n  b: |\n    x\n\n    y\n\nc: 1\n", 1, [1, 2, 3, 4, 5]],
  ["at the end", "a: 1\nb:\n  c: 1", 2, [2, 3]],
];

for (const [name, text, first, expected] of rows) {
  test(name, () => {
    const doc = Text.of(text.split("\n"));
    assert.deepEqual(
      fieldLines(doc, first).map((from) => doc.lineAt(from).number),
      expected,
    );
  });
}
