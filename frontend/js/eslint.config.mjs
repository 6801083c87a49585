import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["node_modules/"] },
  js.configs.recommended,
  {
    rules: {
      curly: "error",
      eqeqeq: "error",
      "no-console": ["error", { allow: ["error"] }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["src/**/*.js"], languageOptions: { globals: globals.browser } },
  {
    files: ["*.mjs", "test/**/*.mjs"],
    languageOptions: { globals: globals.node },
    // These run in a terminal.
    rules: { "no-console": "off" },
  },
];
