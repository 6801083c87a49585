import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["node_modules/", "test-results/"] },
  js.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: { curly: "error", eqeqeq: "error", "no-var": "error", "prefer-const": "error", "no-empty-pattern": "off" }, // Playwright reads fixtures by their pattern
  },
];
