// The editor's colours and sizes: the tokens of style/tokens.css, in both themes.

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const rules = {
  "&": { backgroundColor: "var(--panel)", color: "var(--text)", fontSize: "var(--text-13)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "var(--line)" },
  ".cm-content": { caretColor: "var(--text)", padding: "var(--space-2) 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--code-selection)",
  },
  ".cm-activeLine": { backgroundColor: "var(--code-active)" },
  ".cm-gutters": {
    backgroundColor: "var(--panel)",
    color: "var(--text-muted)",
    borderRight: "1px solid var(--border)",
    fontVariantNumeric: "tabular-nums",
  },
  ".cm-activeLineGutter": { backgroundColor: "var(--code-active)", color: "var(--text)" },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer" },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--raised)",
    border: "1px solid var(--border)",
    color: "var(--text-muted)",
    padding: "0 var(--space-1)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--selected)" },
  ".cm-searchMatch": { backgroundColor: "var(--code-match)", outline: "none" },
  ".cm-searchMatch.cm-searchMatch-selected": { outline: "1px solid var(--focus)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selected)", outline: "none" },
  ".cm-panels": {
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    fontFamily: "var(--font)",
    fontSize: "var(--text-12)",
  },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--border)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--border)" },
  ".cm-panel.cm-search": { padding: "var(--space-2)" },
  ".cm-panel.cm-search label": { fontSize: "var(--text-12)" },
  ".cm-textfield": {
    backgroundColor: "var(--control)",
    border: "1px solid var(--control-border)",
    borderRadius: "var(--radius)",
    color: "var(--text)",
    fontSize: "var(--text-12)",
    padding: "var(--space-half) var(--space-1)",
  },
  ".cm-button": {
    background: "var(--control)",
    border: "1px solid var(--border-strong)",
    borderRadius: "var(--radius)",
    color: "var(--text)",
    fontSize: "var(--text-12)",
    padding: "var(--space-half) var(--space-2)",
  },
  ".cm-button:active": { background: "var(--active)" },
  ".cm-panel.cm-search [name=close], .cm-panel.cm-panel-lint [name=close]": { color: "var(--text-muted)" },
  ".cm-tooltip": {
    backgroundColor: "var(--overlay)",
    border: "1px solid var(--border)",
    borderRadius: "var(--radius)",
    boxShadow: "var(--shadow)",
    color: "var(--text)",
    fontFamily: "var(--font)",
    fontSize: "var(--text-12)",
    maxWidth: "var(--size-dialog-small)",
  },
  ".cm-diagnostic": { padding: "var(--space-1) var(--space-2)", whiteSpace: "normal" },
  ".cm-diagnostic-error": { borderLeft: "var(--ring) solid var(--failing-icon)" },
  ".cm-diagnostic-warning": { borderLeft: "var(--ring) solid var(--waiting-icon)" },
  ".cm-diagnostic-info": { borderLeft: "var(--ring) solid var(--progressing-icon)" },
  ".cm-diagnosticAction": {
    backgroundColor: "var(--accent)",
    color: "var(--accent-ink)",
    borderRadius: "var(--radius)",
    padding: "var(--space-half) var(--space-2)",
    margin: "0 0 0 var(--space-2)",
  },
  // The underline follows the tokens where CodeMirror would draw a picture of fixed colour.
  ".cm-lintRange": { backgroundImage: "none", textUnderlineOffset: "0.25em" },
  ".cm-lintRange-error": { textDecoration: "wavy underline var(--failing-icon)" },
  ".cm-lintRange-warning": { textDecoration: "wavy underline var(--waiting-icon)" },
  ".cm-lintRange-info": { textDecoration: "dotted underline var(--progressing-icon)" },
  ".cm-lintRange-active": { backgroundColor: "var(--code-match)" },
  ".cm-lintPoint:after": { borderBottomColor: "var(--failing-icon)" },
  ".cm-locked": { boxShadow: "inset var(--ring) 0 0 var(--border-strong)" },
  ".cm-lock": { display: "flex", alignItems: "center", height: "100%", paddingInline: "var(--space-half)" },
  ".cm-lock svg": { width: "1em", height: "1em" },
  ".cm-panel.cm-panel-lint ul [aria-selected]": { backgroundColor: "var(--active)", color: "var(--text)" },
};

/**
 * The theme, with CodeMirror's own defaults for light or dark beneath.
 * @param {boolean} dark
 */
export function theme(dark) {
  return EditorView.theme(rules, { dark });
}

/** The colours of YAML. */
export const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--code-number)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.meta, tags.labelName, tags.typeName], color: "var(--code-number)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--text-muted)" },
]);
