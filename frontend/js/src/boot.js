// The first script of every page: loads the console's wasm and hands the page to it.
//
// The addresses come from the page, so that this file's own hash depends on nothing else. If the
// wasm cannot be loaded the page stays readable, and says so to scripts and styles by
// `data-console` on the root: "loading", "ready" or "failed".

const root = document.documentElement;
root.dataset.console = "loading";

/** @type {Record<string, string>} */
const assets = JSON.parse(
  document.querySelector('meta[name="binnacle-assets"]')?.getAttribute("content") ?? "{}",
);

try {
  const glue = await import(assets["frontend.js"] ?? "/assets/frontend.js");
  await glue.default({ module_or_path: assets["frontend_bg.wasm"] ?? "/assets/frontend_bg.wasm" });
  // Without a start function of its own the module is started here.
  await glue.hydrate?.();
  root.dataset.console = "ready";
} catch (error) {
  root.dataset.console = "failed";
  throw error;
}

export {};
