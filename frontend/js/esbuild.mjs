// Builds what the browser loads beside the wasm: `node esbuild.mjs --outdir DIR`.
//
// Writes content-hashed files into DIR, and DIR/manifest-js.json that maps each logical name
// ("editor.js", "style.css", "icons.svg", every file of public/) to its hashed name.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { build } from "esbuild";
import subsetFont from "subset-font";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");

/** Where the server serves these files. */
const PUBLIC_PATH = "/assets";

/**
 * A sprite of the icons that app/src/ui/icons.json names.
 * @returns {Promise<string>}
 */
export async function sprite() {
  const listed = JSON.parse(await readFile(join(root, "app/src/ui/icons.json"), "utf8"));
  const symbols = await Promise.all(
    Object.values(listed).map(async (name) => {
      const svg = await readFile(join(here, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
      const inner = /<svg[^>]*>(.*)<\/svg>/s.exec(svg)?.[1];
      if (inner === undefined) {
        throw new Error(`The icon ${name} is not an <svg>.`);
      }
      return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

/** What the stylesheet asks of the font (style/base.css, `tabular-nums`), beside kerning. */
const FONT_FEATURES = ["cv05", "kern", "ss03", "tnum"];

/** From --weight to --weight-strong (style/tokens.css). */
const FONT_WEIGHTS = { min: 400, max: 600 };

/**
 * A font with only what the console uses of it: half its bytes. Contextual alternates are not among it, on
 * purpose: names from a cluster are shown letter by letter ("a1x2" has no multiplication sign in it).
 * @param {Uint8Array} font
 * @param {string} css the rule that names the font, with its `unicode-range`
 */
export async function usedFont(font, css) {
  const letters = [...css.matchAll(/U\+([0-9A-F]+)(?:-([0-9A-F]+))?/g)].flatMap(([, from, to]) => {
    const first = Number.parseInt(from ?? "", 16);
    const last = to === undefined ? first : Number.parseInt(to, 16);
    return Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at));
  });
  if (letters.length === 0) {
    throw new Error("style/fonts.css says no unicode-range.");
  }
  return subsetFont(Buffer.from(font), letters.join(""), {
    targetFormat: "woff2",
    keepFeatures: FONT_FEATURES,
    noHinting: true,
    variationAxes: { wght: FONT_WEIGHTS },
  });
}

/** @type {import("esbuild").Plugin} */
const fonts = {
  name: "fonts",
  setup(build) {
    build.onLoad({ filter: /\.woff2$/ }, async ({ path }) => ({
      contents: await usedFont(await readFile(path), await readFile(join(root, "style/fonts.css"), "utf8")),
      loader: "file",
    }));
  },
};

/**
 * A name with its content's hash in it.
 * @param {string} name
 * @param {string | Uint8Array} content
 */
function hashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const extension = extname(name);
  return `${basename(name, extension)}-${hash}${extension}`;
}

/**
 * Builds everything into a folder.
 * @param {string} outdir
 * @returns {Promise<Record<string, string>>} logical name -> hashed name
 */
export async function bundle(outdir) {
  await mkdir(outdir, { recursive: true });
  const result = await build({
    absWorkingDir: here,
    entryPoints: {
      boot: "src/boot.js",
      editor: "src/editor.js",
      style: join(root, "style/main.css"),
    },
    outdir,
    bundle: true,
    format: "esm",
    splitting: true,
    minify: true,
    target: ["es2022", "chrome120", "firefox120", "safari17"],
    // The stylesheet stands outside this package and takes the font from it.
    nodePaths: [join(here, "node_modules")],
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    plugins: [fonts],
    publicPath: PUBLIC_PATH,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  /** @type {Record<string, string>} */
  const manifest = {};
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    const name = relative(outdir, join(here, file));
    if (output.entryPoint !== undefined) {
      // "editor-1A2B3C4D.js" is "editor.js" to those who ask for it.
      manifest[name.replace(/-[A-Z0-9]{8}(\.\w+)$/, "$1")] = name;
    } else {
      manifest[name] = name;
    }
  }
  const publicDir = join(root, "public");
  for (const name of await readdir(publicDir)) {
    manifest[name] = await place(outdir, name, await readFile(join(publicDir, name)));
  }
  manifest["icons.svg"] = await place(outdir, "icons.svg", await sprite());
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(join(outdir, "manifest-js.json"), `${JSON.stringify(sorted, null, 2)}\n`);
  return sorted;
}

/**
 * Writes a file under its hashed name.
 * @param {string} outdir
 * @param {string} name
 * @param {string | Uint8Array} content
 */
async function place(outdir, name, content) {
  const target = hashed(name, content);
  await writeFile(join(outdir, target), content);
  return target;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { outdir: { type: "string" } } });
  if (values.outdir === undefined) {
    console.error("Say where to: node esbuild.mjs --outdir DIR");
    process.exit(2);
  }
  const manifest = await bundle(resolve(values.outdir));
  console.log(`    ${Object.keys(manifest).length} files for the browser: scripts, styles, fonts and icons`);
}
