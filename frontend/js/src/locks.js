// Lines that may be read and not changed: a lock in the gutter, and a quiet edge along the whole field.

import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, gutter } from "@codemirror/view";

/**
 * @typedef {object} Lock
 * @property {number} from an offset in the field's first line
 * @property {string} title why it is locked
 */

const SVG = "http://www.w3.org/2000/svg";

/** Lucide's "lock", as in the console's other icons. */
const SHAPES = /** @type {const} */ ([
  ["rect", { width: "18", height: "11", x: "3", y: "11", rx: "2", ry: "2" }],
  ["path", { d: "M7 11V7a5 5 0 0 1 10 0v4" }],
]);

class LockMarker extends GutterMarker {
  // Before the line's text: what is typed in front of the field moves the lock with it.
  startSide = 1;

  /** @param {string} title */
  constructor(title) {
    super();
    this.title = title;
  }

  /** @param {GutterMarker} other */
  eq(other) {
    return other instanceof LockMarker && other.title === this.title;
  }

  toDOM() {
    const mark = document.createElement("span");
    mark.className = "cm-lock";
    mark.title = this.title;
    const icon = mark.appendChild(document.createElementNS(SVG, "svg"));
    const look = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2" };
    for (const [name, value] of Object.entries(look)) {
      icon.setAttribute(name, value);
    }
    for (const [tag, attributes] of SHAPES) {
      const shape = icon.appendChild(document.createElementNS(SVG, tag));
      for (const [name, value] of Object.entries(attributes)) {
        shape.setAttribute(name, value);
      }
    }
    return mark;
  }
}

/** Replaces all locks. */
export const setLocks = /** @type {import("@codemirror/state").StateEffectType<Lock[]>} */ (StateEffect.define());

/** @type {StateField<RangeSet<LockMarker>>} */
const locks = StateField.define({
  create: () => RangeSet.empty,
  update(before, { changes, effects, state }) {
    let now = before.map(changes);
    for (const effect of effects) {
      if (effect.is(setLocks)) {
        const marks = effect.value.map(({ from, title }) =>
          new LockMarker(title).range(state.doc.lineAt(Math.min(from, state.doc.length)).from),
        );
        now = RangeSet.of(marks, true);
      }
    }
    return now;
  },
});

/**
 * The lines of the field that begins in a line: those that are indented further, and a list's items,
 * which may stand below its key without indentation.
 * @param {import("@codemirror/state").Text} doc
 * @param {number} first number of the field's first line
 * @returns {number[]} where its lines begin
 */
export function fieldLines(doc, first) {
  /** @param {string} text */
  const indentOf = (text) => text.length - text.trimStart().length;
  const head = doc.line(first);
  const indent = indentOf(head.text);
  const isItem = head.text.trimStart().startsWith("- ");
  const found = [head.from];
  /** @type {number[]} */
  let blank = [];
  for (let number = first + 1; number <= doc.lines; number += 1) {
    const { text, from } = doc.line(number);
    if (text.trim() === "") {
      blank.push(from);
      continue;
    }
    const isOwnItem = !isItem && indentOf(text) === indent && text.trimStart().startsWith("-");
    if (indentOf(text) <= indent && !isOwnItem) {
      break;
    }
    found.push(...blank, from);
    blank = [];
  }
  return found;
}

const lockedLine = Decoration.line({ class: "cm-locked" });

/** Shows locks. */
export const lockedFields = [
  locks,
  gutter({ class: "cm-lockGutter", markers: (view) => view.state.field(locks) }),
  EditorView.decorations.compute([locks, "doc"], (state) => {
    const lines = new Set();
    for (let cursor = state.field(locks).iter(); cursor.value; cursor.next()) {
      for (const from of fieldLines(state.doc, state.doc.lineAt(cursor.from).number)) {
        lines.add(from);
      }
    }
    return Decoration.set(
      [...lines].map((from) => lockedLine.range(from)),
      true,
    );
  }),
];
