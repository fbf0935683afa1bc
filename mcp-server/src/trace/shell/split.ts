// A shell line taken apart, as far as it is needed to tell what it does; no attempt at a full grammar.
import { scriptOf } from "./launchers.ts";

const WRAPPER =
  /^(?:(?:do|then|else|if|while|until|!|\{|[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)|sudo(?: -[ugpUhCRT] \S+| -\S+)*|time(?: -\w+)*|nice(?: -n \S+| -\S+)*|nohup|command|exec|env(?: -u \S+| -\S+)*|timeout(?: -[ks] \S+| -\S+)* \S+|npx(?: --?\S+)*|bunx|pnpm (?:exec|dlx)|yarn (?:exec|dlx)|uv run(?: --?(?:with|group|extra|python|package|project|directory|env-file|p) \S+| -\S+)*|poetry run|pipenv run|bundle exec|xvfb-run(?: -\S+)*|mise (?:x|exec) --) +)+/u;

/** Where a project or system keeps its programs: `./node_modules/.bin/vitest` is `vitest`. */
const BIN = /^\S*?(?:^|\/)\.?bin\/(?=\S)/u;

/** A shell inside a shell inside a shell is as deep as anybody goes. */
const MAX_DEPTH = 3;

/** One command of a line. */
export type Part = {
  readonly text: string;
  /** It holds another command (`$(…)`, `<(…)`), so its words are no files. */
  readonly isNested: boolean;
  readonly redirects: readonly string[];
  /** It runs in a container or on another host: the files it names are not the project's. */
  readonly isElsewhere: boolean;
  /** What stands before and after it: "&&", "||", ";", "|", "&", a line break, or "" at the ends. */
  readonly before: string;
  readonly separator: string;
};

/** The line without the bodies of here-documents, which are text and no commands. */
function withoutHeredocs(line: string): string {
  if (!line.includes("<<")) return line;
  let delimiter: string | null = null;
  const kept: string[] = [];
  for (const one of line.split("\n")) {
    if (delimiter !== null) {
      if (one.trim() === delimiter) delimiter = null;
      continue;
    }
    kept.push(one);
    delimiter = /(?<!<)<<-?\s*\\?(["']?)([\w.-]+)\1/u.exec(one)?.[2] ?? null;
  }
  return kept.join("\n");
}

/** The commands of a line, split at `&&`, `||`, `;`, `|`, `&` and line breaks outside quotes, without wrappers and redirects. */
export function splitCommand(written: string, depth = 0): readonly Part[] {
  const line = withoutHeredocs(written);
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
    else if (char === ";" || char === "\n" || char === "|" || (char === "&" && !isOfRedirect(line, at))) {
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
  const inner = depth < MAX_DEPTH ? scriptOf(rest.replace(/^[\s({]+/u, "").replace(WRAPPER, "")) : null;
  if (inner !== null) {
    const parts = splitCommand(inner.script, depth + 1);
    return parts.map((part, at) => ({
      ...part,
      isElsewhere: part.isElsewhere || inner.isElsewhere,
      before: at === 0 ? before : part.before,
      separator: at === parts.length - 1 ? separator : part.separator,
      redirects: at === parts.length - 1 ? [...part.redirects, ...redirects] : part.redirects,
    }));
  }
  const text = rest
    .replace(/[\s()]+/gu, " ")
    .trim()
    .replace(/^& ?/u, "")
    .replace(WRAPPER, "")
    .replace(BIN, "");
  if (text === "" && redirects.length === 0) return [];
  return [{ text, isNested: /[<>$]\(|`/u.test(raw), redirects, isElsewhere: false, before, separator }];
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
    at += raw[at + 1] === ">" ? 2 : 1;
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

/** The arguments of a command, quotes removed. */
export function words(part: string): string[] {
  const found = part.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/gu) ?? [];
  return found.slice(1).map((word) => word.replace(/^["']|["']$/gu, ""));
}
