import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { bundle, usedFont } from "../esbuild.mjs";

/** @type {string} */
let dir;
/** @type {Record<string, string>} */
let manifest;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "binnacle-js-"));
  manifest = await bundle(dir);
});

after(() => rm(dir, { recursive: true }));

test("the manifest names what the console asks for, hashed", () => {
  for (const name of ["boot.js", "editor.js", "style.css", "icons.svg", "favicon.svg"]) {
    const [stem, extension] = name.split(".");
    assert.match(manifest[name] ?? "", new RegExp(`^${stem}-[A-Z0-9]{8}\\.${extension}$`), name);
  }
});

test("the stylesheet asks for its font under /assets", async () => {
  const css = await readFile(join(dir, String(manifest["style.css"])), "utf8");
  const font = /url\("?(\/assets\/inter-latin[\w-]+\.woff2)"?\)/.exec(css)?.[1];
  assert.ok(font !== undefined && Object.values(manifest).includes(font.replace("/assets/", "")), font);
});

test("the font has lost what the console does not use", async () => {
  const name = Object.values(manifest).find((file) => file.endsWith(".woff2"));
  const font = await readFile(join(dir, String(name)));
  assert.equal(font.subarray(0, 4).toString("latin1"), "wOF2");
  const whole = new URL(
    "../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    import.meta.url,
  );
  assert.ok(font.length * 2 < (await readFile(whole)).length, `${font.length} bytes`);
});

test("a font without a range of letters is refused", async () => {
  await assert.rejects(usedFont(new Uint8Array(), "@font-face {}"), /unicode-range/);
});

test("the sprite holds every listed icon once", async () => {
  const listed = JSON.parse(await readFile(new URL("../../../app/src/ui/icons.json", import.meta.url), "utf8"));
  const sprite = await readFile(join(dir, String(manifest["icons.svg"])), "utf8");
  for (const symbol of Object.values(listed)) {
    assert.equal(sprite.split(`id="${symbol}"`).length, 2, symbol);
  }
});
