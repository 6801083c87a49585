import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const style = new URL("../../../style/", import.meta.url);
const files = (await readdir(style, { recursive: true })).filter((name) => name.endsWith(".css"));

/** @param {string} name */
const read = async (name) =>
  (await readFile(new URL(name, style), "utf8")).replace(/\/\*.*?\*\//gs, (comment) =>
    comment.replace(/[^\n]/g, " "),
  );

const tokens = new Set([...(await read("tokens.css")).matchAll(/(--[\w-]+):/g)].map((match) => match[1]));

// fonts.css holds the measures of two typefaces, which are facts and no choice.
for (const name of files.filter((file) => !["tokens.css", "fonts.css"].includes(file))) {
  test(`${name} takes its colours and sizes from the tokens`, async () => {
    const text = await read(name);
    const own = new Set([...text.matchAll(/^\s*(--[\w-]+):/gm)].map((match) => match[1]));
    for (const [at, line] of text.split("\n").entries()) {
      const place = `${name}:${at + 1}: ${line.trim()}`;
      // A media query cannot read a custom property.
      if (line.includes("@media")) {
        continue;
      }
      assert.doesNotMatch(line, /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(/i, place);
      assert.doesNotMatch(line, /(?:^|[\s:,])(?:white|black|gr[ae]y|red|green|blue)\s*[;,)]/i, place);
      for (const [size] of line.matchAll(/-?\b\d*\.?\d+(?:px|rem|pt|ms|s)\b/g)) {
        assert.ok(["1px", "-1px"].includes(size), place);
      }
      for (const [, used] of line.matchAll(/var\((--[\w-]+)/g)) {
        assert.ok(tokens.has(used) || own.has(used), `${place}: ${used} is no token`);
      }
    }
  });
}

test("main.css takes in every file", async () => {
  const main = await read("main.css");
  for (const name of files.filter((file) => file !== "main.css")) {
    assert.ok(main.includes(`"./${name}"`), `${name} is not imported`);
  }
});
