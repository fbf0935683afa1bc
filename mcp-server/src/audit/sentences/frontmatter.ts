/** Keys by which nothing runs, is allowed or takes another's place: what a file is about, and for which files a rule counts. */
const HARMLESS = ["description", "title", "argument-hint", "when_to_use", "paths", "globs", "alwaysApply"];
/** A plain scalar that every reader of YAML takes for the same text: no indicator, comment, key, tag or document end in it. */
const SCALAR = String.raw`[\p{L}\p{N}(](?:(?!---|:[ \t]|[ \t]#)[\p{L}\p{M}\p{N} .,;:!?'"()/_+*–—…-])*(?<![:\s])`;
/** A pattern of paths, bare or quoted. */
const PATTERN = String.raw`(?:"[\p{L}\p{N}_./*{},-]+"|'[\p{L}\p{N}_./*{},-]+'|[\p{L}\p{N}_.][\p{L}\p{N}_./*-]*)`;
const LINE = new RegExp(
  String.raw`^(?:(?:description|title|when_to_use|argument-hint):[ ]${SCALAR}|(?:paths|globs):[ ]${PATTERN}|alwaysApply:[ ](?:true|false))$`,
  "u",
);
const LIST = /^(?:paths|globs):$/u;
const ITEM = new RegExp(String.raw`^[ ]+-[ ]${PATTERN}$`, "u");

/**
 * What a reader could take for the frontmatter of a markdown file, without its first line: up to the first line that is `---`
 * alone, or the whole file where there is none; null where the file begins otherwise. Claude Code 2.1.330 ends it at the first
 * `---` wherever that stands, other readers at a line of its own that is not the second, so the longest reading is taken. Line ends count as `\n`.
 */
function frontmatterOf(text: string): readonly string[] | null {
  const lines = text
    .replace(/^[\s\p{DI}]+/u, "")
    .replaceAll(/\r\n?/gu, "\n")
    .split("\n");
  if (!/^(?:---|\+\+\+|;;;)/u.test(lines[0] ?? "")) return null;
  const end = lines.findIndex((line, at) => at > 1 && /^(?:---|\+\+\+|;;;)\s*$/u.test(line));
  return [`opened ${lines[0] ?? ""}`, ...lines.slice(1, end === -1 ? undefined : end), end === -1 ? "open" : "closed"];
}

/**
 * The lines of the frontmatter of `after` that must not differ from `before`, and do; none when only harmless keys differ.
 * Taking a line away is a difference too: without `tools` an agent has all of them.
 */
export function frontmatterChanges(before: string | null, after: string): readonly string[] {
  const [old, now] = [before === null ? null : frontmatterOf(before), frontmatterOf(after)];
  if (now === null) return old === null ? [] : ["the frontmatter is gone"];
  const [kept, left] = [old === null ? SHELL : rest(old), rest(now)];
  if (kept.join("\n") === left.join("\n") && isOnce(now)) return [];
  const added = left.filter((line) => !kept.includes(line)).map((line) => `+ ${line}`);
  const removed = kept.filter((line) => !left.includes(line)).map((line) => `- ${line}`);
  return added.length + removed.length === 0 ? ["its lines stand in another order"] : [...added, ...removed];
}

/** What is left of a new frontmatter when nothing but harmless keys is in it. */
const SHELL = ["opened ---", "closed"];

/** The lines without harmless entries. A line below a harmless one that does not belong to it stays. */
function rest(lines: readonly string[]): readonly string[] {
  let isInList = false;
  return lines.filter((line) => {
    isInList = LIST.test(line) || (isInList && ITEM.test(line));
    return !isInList && !LINE.test(line);
  });
}

/** A key that stands there twice makes some readers drop the whole frontmatter, restrictions included. */
function isOnce(lines: readonly string[]): boolean {
  return HARMLESS.every((key) => lines.filter((line) => line.startsWith(`${key}:`)).length <= 1);
}
