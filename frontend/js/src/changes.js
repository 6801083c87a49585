// What differs between two texts, as changes of the first.

/**
 * @typedef {object} Change
 * @property {number} from
 * @property {number} to
 * @property {string} insert
 */

/** Most pairs of lines that are compared; beyond, the texts differ in one place. */
const MOST_PAIRS = 1_000_000;

/**
 * The smallest change that makes one text of another: what stands before and after stays, and
 * with it the caret.
 * @param {string} before
 * @param {string} after
 * @returns {Change}
 */
export function smallestChange(before, after) {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) {
    from += 1;
  }
  let tail = 0;
  while (tail < shorter - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) {
    tail += 1;
  }
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

/** @param {string} text */
const linesOf = (text) => text.split(/(?<=\n)/);

/**
 * How many lines two lists of lines have in common from each pair of places on, row by row.
 * @param {string[]} before
 * @param {string[]} after
 */
function common(before, after) {
  const width = after.length + 1;
  const table = new Uint32Array((before.length + 1) * width);
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const at = row * width + column;
      table[at] =
        before[row] === after[column]
          ? (table[at + width + 1] ?? 0) + 1
          : Math.max(table[at + width] ?? 0, table[at + 1] ?? 0);
    }
  }
  return (/** @type {number} */ row, /** @type {number} */ column) => table[row * width + column] ?? 0;
}

/**
 * The changes that make one text of another, by lines: what stands between them stays, and with it the
 * caret, folds and marks.
 * @param {string} before
 * @param {string} after
 * @returns {Change[]} in order, none of them empty
 */
export function changesBetween(before, after) {
  const whole = smallestChange(before, after);
  if (whole.from === whole.to && whole.insert === "") {
    return [];
  }
  const start = whole.from === 0 ? 0 : before.lastIndexOf("\n", whole.from - 1) + 1;
  const newline = before.indexOf("\n", whole.to);
  const end = newline < 0 ? before.length : newline + 1;
  const old = linesOf(before.slice(start, end));
  const now = linesOf(after.slice(start, after.length - (before.length - end)));
  if (old.length * now.length > MOST_PAIRS) {
    return [whole];
  }
  const shared = common(old, now);
  /** @type {Change[]} */
  const changes = [];
  let [row, column, at] = [0, 0, start];
  while (row < old.length || column < now.length) {
    const from = at;
    let [removed, added] = ["", ""];
    while ((row < old.length || column < now.length) && old[row] !== now[column]) {
      const drops = column >= now.length || (row < old.length && shared(row + 1, column) >= shared(row, column + 1));
      if (drops) {
        removed += old[row];
        row += 1;
      } else {
        added += now[column];
        column += 1;
      }
    }
    if (removed !== "" || added !== "") {
      const change = smallestChange(removed, added);
      changes.push({ from: from + change.from, to: from + change.to, insert: change.insert });
      at = from + removed.length;
    }
    while (row < old.length && column < now.length && old[row] === now[column]) {
      at += old[row]?.length ?? 0;
      row += 1;
      column += 1;
    }
  }
  return changes;
}
