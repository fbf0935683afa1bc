import { hash } from "../values/hash.ts";
import { isTestFile } from "../values/test-file.ts";
import { own, scalarText, text, type JsonRecord } from "../values/json.ts";

/**
 * Hashes of what an edit took out and put in; `weakensTest`: it takes out checks or adds a skip. `touches`: what differs
 * between the two, comments and white space only, lines that print something for debugging only, or code.
 */
export type EditFacts = {
  readonly oldHash: string | null;
  readonly newHash: string | null;
  readonly weakensTest: boolean;
  readonly touches: "comments" | "output" | "code";
};

/** A check as code writes it; the words alone occur in comments and messages. */
const ASSERT =
  /\b(?:assert\w*!?\s*\(|assert(?:\.\w+\s*\(|\s+\S)|expect\w*\s*\(|should[.(]|require\.\w+\s*\(|t\.(?:Error|Fatal)f?\s*\()/u;
const SKIP =
  /\b(?:it|test|describe)\.(?:skip|only|todo)\b|\bx(?:it|describe)\(|@(?:pytest\.mark\.)?(?:skip|ignore|Disabled)|\bt\.Skip\b/u;
const COMMENT = /^(?:\/\/|#(?!\[)|\/?\*|--|<!--)/u;

/** What an edit took out and put in, by its arguments; `path` is the file's. Texts stay here, hashes and flags leave. */
export function toEdit(input: JsonRecord, path: string | null): EditFacts {
  const before = text(own(input, "old_string"));
  const after = scalarText(own(input, "new_string")) ?? (before === null ? null : "");
  return {
    oldHash: before === null ? null : hash(before),
    newHash: after === null ? null : hash(after),
    weakensTest:
      path !== null && isTestFile(path) && before !== null && after !== null && weakens(toCode(before), toCode(after)),
    touches: before === null || after === null ? "code" : toTouched(before, after, path ?? ""),
  };
}

/**
 * A skip is put in, or checks are taken out and nothing is put in their place. A check that is written anew may be as
 * strict as the old one, or stricter, which no count of words tells.
 */
function weakens(before: readonly string[], after: readonly string[]): boolean {
  const count = (lines: readonly string[], pattern: RegExp): number =>
    lines.filter((line) => pattern.test(line)).length;
  if (count(after, SKIP) > count(before, SKIP)) return true;
  const known = new Set(before);
  return after.every((line) => known.has(line)) && count(after, ASSERT) < count(before, ASSERT);
}

/** In these a line that begins like a comment is one of the text, or comments are directives. */
const NO_COMMENTS = /\.(?:md|mdx|txt|json|html?|css|s[ac]ss|ya?ml)$/iu;
const DEBUG =
  /^(?:console\.(?:log|debug|info|dir|trace)|print(?:ln|f)?!?\(|eprintln!|dbg!|fmt\.(?:Print|Fprint)\w*\(|log\.(?:Print|Debug)\w*\(|debugger\b|var_dump\(|pp? |puts |echo |System\.(?:out|err)\.print)/u;

/** What a compiler or a reader of the text alone passes over; `#include`, `#[test]` and `//go:build` are code. */
const ONLY_COMMENT = /^(?:\/\/(?!go:)|#(?:\s|$)|\/\*|\*(?:\s|\/|$)|--(?:\s|$)|<!--)/u;

function toTouched(before: string, after: string, path: string): EditFacts["touches"] {
  const [from, to] = [linesOf(before), linesOf(after)].map((lines) => lines.filter((line) => !ONLY_COMMENT.test(line)));
  if (from === undefined || to === undefined) return "code";
  const [known, kept] = [new Set(from), new Set(to)];
  const changed = [...from.filter((line) => !kept.has(line)), ...to.filter((line) => !known.has(line))];
  if (changed.length > 0) return changed.every((line) => DEBUG.test(line)) ? "output" : "code";
  const isSame = from.length === to.length && from.every((line, at) => line === to[at]);
  return isSame && !NO_COMMENTS.test(path) ? "comments" : "code";
}

/** The lines of a text without blank ones, indentation and comments. */
function toCode(written: string): readonly string[] {
  return linesOf(written).filter((line) => !COMMENT.test(line));
}

function linesOf(written: string): readonly string[] {
  return written
    .slice(0, 20_000)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
