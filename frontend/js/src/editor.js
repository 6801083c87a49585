// The YAML editor: CodeMirror 6 behind a handful of functions.
//
// The Rust side (app/src/interop/editor.rs) loads this module once and finds its functions in
// `globalThis.binnacle.editor`. Offsets are UTF-16, as JavaScript counts. The parser, the checks
// and the sentences are Rust's; this file only shows them.
//
// Keys beside CodeMirror's usual ones: Tab indents; Escape, then Tab, leaves the editor.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics as markDiagnostics } from "@codemirror/lint";
import {
  closeSearchPanel,
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap,
  searchPanelOpen,
} from "@codemirror/search";
import { Annotation, Compartment, EditorState } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";

import { changesBetween } from "./changes.js";
import { lockedFields, setLocks } from "./locks.js";
import { zh } from "./phrases.js";
import { highlight, theme } from "./theme.js";

/**
 * @typedef {object} Options
 * @property {string} doc the text
 * @property {boolean} [readOnly] shown but not editable
 * @property {boolean} [dark] dark colours
 * @property {string} lang the language of the page
 * @property {string} label the accessible name
 * @property {string} [describedBy] the id of the element that describes it
 * @property {string} [nonce] the page's CSP nonce, for the editor's style elements
 * @property {(text: string) => void} [onChange] after a change by the user
 * @property {(line: number, column: number) => void} [onCursor] line and column of the caret, from 1
 * @property {(index: number) => void} [onRepair] the repair of that finding was asked for
 * @property {(file: File) => void} [onDrop] a file was dropped
 */

/**
 * @typedef {object} Finding
 * @property {number} from
 * @property {number} to
 * @property {"error" | "warning" | "info"} severity
 * @property {string} message
 * @property {string} [repair] the words of its one-click repair
 */

/**
 * @typedef {object} Handle
 * @property {EditorView} view
 * @property {Compartment} look
 * @property {Compartment} access
 * @property {Compartment} words
 * @property {Options} options
 */

/** Marks a change that came from outside, which is not told back. */
const fromOutside = Annotation.define();

/** @param {boolean} readOnly */
function access(readOnly) {
  return EditorState.readOnly.of(readOnly);
}

/**
 * All that is said in a language.
 * @param {{ lang: string, label: string, describedBy?: string }} options
 */
function words({ lang, label, describedBy }) {
  return [
    lang.startsWith("zh") ? EditorState.phrases.of(zh) : [],
    EditorView.contentAttributes.of({
      "aria-label": label,
      ...(describedBy === undefined ? {} : { "aria-describedby": describedBy }),
    }),
  ];
}

/**
 * Puts an editor into an empty element.
 * @param {Element} host
 * @param {Options} options
 * @returns {Handle}
 */
export function create(host, options) {
  const look = new Compartment();
  const readOnly = new Compartment();
  const said = new Compartment();
  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: options.doc,
      extensions: [
        options.nonce === undefined ? [] : EditorView.cspNonce.of(options.nonce),
        said.of(words(options)),
        look.of(theme(options.dark ?? false)),
        readOnly.of(access(options.readOnly ?? false)),
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        lockedFields,
        highlightSpecialChars(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        history(),
        drawSelection(),
        dropCursor(),
        indentOnInput(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        bracketMatching(),
        search({ top: true }),
        yaml(),
        syntaxHighlighting(highlight),
        keymap.of([
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...lintKeymap,
          ...defaultKeymap,
          // Tab leaves after Escape; CodeMirror itself sees to that.
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          autocapitalize: "off",
          spellcheck: "false",
          // As it is by itself, said for those who go by the attribute.
          tabindex: "0",
        }),
        EditorView.domEventHandlers({
          beforeinput: typeOver,
          drop(event) {
            const file = event.dataTransfer?.files[0];
            if (file === undefined || options.onDrop === undefined) {
              return false;
            }
            event.preventDefault();
            options.onDrop(file);
            return true;
          },
        }),
        EditorView.updateListener.of((update) => {
          const outside = update.transactions.some((transaction) => transaction.annotation(fromOutside));
          if (update.docChanged && !outside) {
            options.onChange?.(update.state.doc.toString());
          }
          if (update.docChanged || update.selectionSet) {
            tellCursor(update.state, options);
          }
        }),
      ],
    }),
  });
  tellCursor(view.state, options);
  return { view, look, access: readOnly, words: said, options };
}

/**
 * Types over a selection by a change of the text. Left to itself, Chrome carries the colours of what is
 * replaced over to what is typed, in a `style` attribute, which the page's policy refuses and reports.
 * What an input method composes is left alone: it cannot be taken from it.
 * @param {InputEvent} event
 * @param {EditorView} view
 * @returns {boolean} whether it was typed
 */
function typeOver({ inputType, data, isComposing }, view) {
  const isOver = view.state.selection.ranges.some((range) => !range.empty);
  if (inputType !== "insertText" || !data || !isOver || isComposing || view.composing || view.state.readOnly) {
    return false;
  }
  view.dispatch(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}

/**
 * @param {EditorState} state
 * @param {Options} options
 */
function tellCursor(state, options) {
  const head = state.selection.main.head;
  const line = state.doc.lineAt(head);
  options.onCursor?.(line.number, head - line.from + 1);
}

/**
 * Replaces the text where it differs, in one step; the user can undo it, and is not told.
 * @param {Handle} handle
 * @param {string} text
 */
export function set({ view }, text) {
  // The editor's lines end in one character; a lone return would be one more line.
  const changes = changesBetween(view.state.doc.toString(), text.replace(/\r\n?/g, "\n"));
  if (changes.length > 0) {
    view.dispatch({ changes, annotations: fromOutside.of(true), userEvent: "input.set" });
  }
}

/**
 * Shows findings.
 * @param {Handle} handle
 * @param {Finding[]} findings
 */
export function setDiagnostics({ view, options }, findings) {
  const end = view.state.doc.length;
  const marks = findings.map((finding, index) => {
    const from = Math.min(finding.from, end);
    return {
      from,
      to: Math.min(Math.max(finding.to, from), end),
      severity: finding.severity,
      message: finding.message,
      actions:
        finding.repair === undefined
          ? []
          : [{ name: finding.repair, apply: () => options.onRepair?.(index) }],
    };
  });
  view.dispatch(markDiagnostics(view.state, marks));
}

/**
 * Marks fields that cannot be changed; they move with the text.
 * @param {Handle} handle
 * @param {import("./locks.js").Lock[]} locked
 */
export function setLocked({ view }, locked) {
  view.dispatch({ effects: setLocks.of(locked) });
}

/**
 * Brings an offset into view, puts the caret there and moves the focus.
 * @param {Handle} handle
 * @param {number} offset
 */
export function reveal({ view }, offset) {
  const anchor = Math.min(offset, view.state.doc.length);
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
  view.focus();
}

/**
 * Changes colours, access and language.
 * @param {Handle} handle
 * @param {{ dark?: boolean, readOnly?: boolean, lang?: string, label?: string }} changed
 */
export function configure({ view, look, access: readOnly, words: said, options }, changed) {
  const effects = [];
  if (changed.dark !== undefined) {
    effects.push(look.reconfigure(theme(changed.dark)));
  }
  if (changed.readOnly !== undefined) {
    effects.push(readOnly.reconfigure(access(changed.readOnly)));
  }
  const { lang = options.lang, label = options.label } = changed;
  const spoken = lang !== options.lang || label !== options.label;
  if (spoken) {
    Object.assign(options, { lang, label });
    effects.push(said.reconfigure(words(options)));
  }
  view.dispatch({ effects });
  if (spoken && searchPanelOpen(view.state)) {
    // A panel keeps the words that it was made with; the new one would take the focus.
    const focused = document.activeElement;
    closeSearchPanel(view);
    openSearchPanel(view);
    if (focused instanceof HTMLElement) {
      focused.focus();
    }
  }
}

/**
 * Moves the focus into the editor.
 * @param {Handle} handle
 */
export function focus({ view }) {
  view.focus();
}

/**
 * Takes the editor out of the page.
 * @param {Handle} handle
 */
export function destroy({ view }) {
  view.destroy();
}

globalThis.binnacle = {
  ...globalThis.binnacle,
  editor: { create, set, setDiagnostics, setLocked, reveal, configure, focus, destroy },
};
