// A shell line taken apart, as far as it is needed to tell what it does; no attempt at a full grammar.
import { scriptOf, withoutWrappers } from "./launchers.ts";

/** Where a project or system keeps its programs: `./node_modules/.bin/vitest` is `vitest`. */
const BIN = /^\S*?(?:^|\/)\.?bin\/(?=\S)/u;

/** A shell inside a shell inside a shell is as deep as anybody goes. */
const MAX_DEPTH = 3;

/** One command of a line. */
export type Part = {
  readonly text: string;
  /** As it was written, with what `text` leaves out: variables, keywords, brackets and redirections. */
  readonly raw: string;
  /** It holds another command (`$(…)`, `<(…)`), so its words are no files. */
  readonly isNested: boolean;
  readonly redirects: readonly string[];
  /** It runs in a container or on another host: the files it names are not the project's. */
  readonly isElsewhere: boolean;
  /** What stands before and after it: "&&", "||", ";", "|", "&", a line break, or "" at the ends. */
  readonly before: string;
  readonly separator: string;
  /** In how many shells it stands: 1 for a command in `bash -c '…'`. */
  readonly depth: number;
};

/**
 * The line without the bodies of here-documents, which are text and no commands. `rename` may give a delimiter another
 * name in what is left; it is called with each body.
 */
export function withoutHeredocs(line: string, rename?: (body: string) => string): string {
  if (!line.includes("<<")) return line;
  let delimiter: string | null = null;
  let body: string[] = [];
  const kept: string[] = [];
  const close = (): void => {
    const opening = kept.pop() ?? "";
    kept.push(rename === undefined ? opening : opening.replace(HEREDOC, `<<${rename(body.join("\n"))}`));
    delimiter = null;
    body = [];
  };
  for (const one of line.split("\n")) {
    if (delimiter === null) {
      kept.push(one);
      delimiter = HEREDOC.exec(one)?.[2] ?? null;
    } else if (one.trim() === delimiter) close();
    else body.push(one);
  }
  if (delimiter !== null) close();
  return kept.join("\n");
}

const HEREDOC = /(?<!<)<<-?\s*\\?(["']?)([\w.-]+)\1/u;

/** The commands of a line, split at `&&`, `||`, `;`, `|`, `&` and line breaks outside quotes, without wrappers and redirects. */
export function splitCommand(written: string): readonly Part[] {
  return splitLine(withoutHeredocs(written));
}

/** The same for a line whose here-documents were taken out before. */
export function splitLine(line: string, depth = 0): readonly Part[] {
  const parts: Part[] = [];
  let quote = "";
  let start = 0;
  let before = "";
  const push = (end: number, separator: string): void => {
    parts.push(...toParts(line.slice(start, end), before, separator, depth));
    before = separator;
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? "";
    if (quote !== "") {
      if (char === "\\" && quote === '"') at += 1;
      else if (char === quote) quote = "";
    } else if (char === "\\") at += 1;
    else if (char === "#" && /^$|[\s;&|(]/u.test(line[at - 1] ?? "")) {
      // A comment ends with its line, whatever quotes it holds.
      const end = line.indexOf("\n", at);
      push(at, end === -1 ? "" : "\n");
      at = end === -1 ? line.length : end;
      start = at + 1;
    } else if (char === '"' || char === "'") quote = char;
    else if (
      char === ";" ||
      char === "\n" ||
      (char === "|" && line[at - 1] !== ">") ||
      (char === "&" && !isOfRedirect(line, at))
    ) {
      const isDouble = line[at + 1] === char && (char === "|" || char === "&");
      push(at, isDouble ? char + char : char);
      if (isDouble) at += 1;
      start = at + 1;
    }
  }
  if (start < line.length) push(line.length, "");
  return parts;
}

/** Whether the `&` at a place belongs to `2>&1`, `&>` or `|&`. */
function isOfRedirect(line: string, at: number): boolean {
  const [before, after] = [line[at - 1], line[at + 1]];
  return before === ">" || before === "<" || before === "|" || after === ">";
}

function toParts(raw: string, before: string, separator: string, depth: number): readonly Part[] {
  const { rest, redirects } = takeRedirects(raw);
  const inner = depth < MAX_DEPTH ? scriptOf(withoutWrappers(rest.replace(/^[\s({]+/u, ""))) : null;
  if (inner !== null) {
    const parts = splitLine(inner.script, depth + 1);
    return parts.map((part, at) => ({
      ...part,
      isElsewhere: part.isElsewhere || inner.isElsewhere,
      before: at === 0 ? before : part.before,
      separator: at === parts.length - 1 ? separator : part.separator,
      redirects: at === parts.length - 1 ? [...part.redirects, ...redirects] : part.redirects,
    }));
  }
  const written = rest
    .replace(/(?:\\\n|[\s()])+/gu, " ")
    .trim()
    .replace(/^& ?/u, "");
  const text = withoutWrappers(written).replace(BIN, "");
  if (text === "" && redirects.length === 0) return [];
  return [{ text, raw, isNested: /[<>$]\(|`/u.test(raw), redirects, isElsewhere: false, before, separator, depth }];
}

const TARGET_END = /[\s;|&<>()]/u;

/** A command without `> file`, `2>&1` and the like outside quotes, and the files they name. One pass. */
function takeRedirects(raw: string): { readonly rest: string; readonly redirects: readonly string[] } {
  const redirects: string[] = [];
  let rest = "";
  let quote = "";
  let at = 0;
  while (at < raw.length) {
    const char = raw[at] ?? "";
    if (quote !== "" ? char === quote : char === '"' || char === "'") quote = quote === "" ? char : "";
    if (quote !== "" || char !== ">") {
      const length = char === "\\" && quote !== "'" ? 2 : 1;
      rest += raw.slice(at, at + length);
      at += length;
      continue;
    }
    rest = `${rest.replace(/[\d&]$/u, "")} `;
    at += /[>|]/u.test(raw[at + 1] ?? "") ? 2 : 1;
    while (raw[at] === " ") at += 1;
    const start = at;
    const opening = raw[at];
    if (opening === '"' || opening === "'") at = (raw.indexOf(opening, at + 1) + 1 || raw.length + 1) - 1;
    if (opening === "&") at += 1;
    while (at < raw.length && !TARGET_END.test(raw[at] ?? "")) at += 1;
    const target = raw.slice(start, at).replace(/^["']|["']$/gu, "");
    if (target !== "" && opening !== "&") redirects.push(target);
  }
  return { rest, redirects };
}
