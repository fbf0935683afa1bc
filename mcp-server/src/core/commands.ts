import { hash } from "./hash.ts";
import type { Op } from "./tools.ts";

/** What a shell command does, as far as its text tells. Nothing of the text itself leaves but hashes and paths. */
export type Command = {
  readonly op: Op;
  /** Of the command without `cd`, environment, output plumbing and spacing: equal for the same command run again. */
  readonly hash: string;
  /** The exit code is not the check's own (`npm test | tail`), so a zero says nothing. */
  readonly isVerdictHidden: boolean;
  /** Files printed whole. */
  readonly reads: readonly string[];
  /** Files changed; `"any"` when it may change files that it does not name. */
  readonly writes: readonly string[] | "any";
  readonly isPolling: boolean;
};

const TEST = new RegExp(
  [
    String.raw`^(?:npm|pnpm|yarn|bun)(?: run)? (?:t|tst|test)(?::\S*)?\b`,
    String.raw`^(?:npm|pnpm|yarn|bun) run \S*test\S*`,
    String.raw`^(?:vitest|jest|mocha|ava|tap|jasmine|karma|pytest|py\.test|tox|nox|rspec|phpunit|ctest|bats|nosetests|pest|busted|prove)\b`,
    String.raw`^python[\d.]* -m (?:pytest|unittest|nose|tox)\b`,
    String.raw`^(?:go|cargo|dotnet|swift|mix|deno|flutter|dart|zig|bazel|stack|cabal|sbt|lein|elm|crystal|gleam|rails|playwright|cypress) (?:test|nextest|run test|spec)\b`,
    String.raw`^(?:\./)?(?:mvnw?|gradlew?|rake|make|just|mise|task|invoke|tox|ant)\b[^|;&]*\b(?:test|tests|check|spec|verify)\b`,
    String.raw`^node (?:\S+ )*--test\b`,
    String.raw`^(?:node|tsx|ts-node|bun|deno run|python[\d.]*|ruby|php|bash|sh|perl)(?: -\S+)* \S*(?:\btests?[./_-]|[._/-](?:tests?|spec)\b)\S*`,
    String.raw`^(?:\./)?\S*(?:run[-_]?tests?|test)\.(?:sh|py|rb|js|ts)\b`,
  ].join("|"),
  "u",
);
const CHECK = new RegExp(
  [
    String.raw`^(?:tsc|vue-tsc|eslint|oxlint|biome|standard|xo|stylelint|ruff|mypy|pyright|flake8|pylint|golangci-lint|staticcheck|shellcheck|hadolint|rubocop|phpstan|psalm|checkstyle|clippy-driver|knip|publint)\b`,
    String.raw`^(?:npm|pnpm|yarn|bun)(?: run)? \S*(?:lint|typecheck|type-check|check|build|tsc|compile)\S*`,
    String.raw`^(?:go) (?:vet|build)\b|^cargo (?:check|clippy|build)\b|^(?:dotnet|swift|zig|stack|cabal|sbt|mix) (?:build|compile)\b`,
    String.raw`^(?:\./)?(?:mvnw?|gradlew?|make|just|mise|task|ninja|cmake|bazel)\b`,
    String.raw`^(?:prettier|black|isort|gofmt|oxfmt|rustfmt|cargo fmt)\b[^|;&]*(?:--check|-l\b|--diff)`,
    String.raw`^(?:vite|webpack|rollup|esbuild|next|nuxt|astro|tsup) ?(?:build)?\b`,
  ].join("|"),
  "u",
);
const READ = /^(?:cat|nl|less|more|bat|sed -n)\b/u;
const SEARCH = /^(?:grep|egrep|fgrep|rg|ag|ack|find|fd|ls|tree|git grep|git ls-files|locate|which)\b/u;
const POLL =
  /^(?:sleep\b|wait\b|gh run watch\b|gh pr checks\b|watch\b|tail -f\b|docker logs\b|kubectl (?:get|wait)\b|timeout \d+ sleep\b)/u;
const WRITE_ANY =
  /^(?:git (?:checkout|restore|reset|stash|pull|merge|rebase|apply|cherry-pick|revert|am|switch|clean)\b|(?:prettier|oxfmt|biome|eslint|ruff|black|isort|gofmt|rustfmt|cargo fmt|go fmt|dotnet format|rubocop)\b[^|;&]*(?:--write|--fix|-w\b|-a\b|\bformat\b|\bfmt\b)|(?:black|isort|cargo fmt|go fmt)\b(?![^|;&]*--check)|(?:npm|pnpm|yarn|bun)(?: run)? \S*(?:format|fmt|fix|codegen|generate)\S*|patch\b|tar\b|unzip\b|rsync\b)/u;
const WRITE_ARGS = /^(?:rm|mv|cp|touch|truncate|install|ln|tee|sed (?:-\S+ )*-i|perl (?:-\S+ )*-\S*i)\b/u;
/** Parts that go before or filter after what the line is for. */
const NEUTRAL =
  /^(?:cd|echo|printf|pwd|true|set|export|source|wc|sort|uniq|head|tail|cut|tr|awk|jq|xargs|column|tee \/dev)\b/u;
const WRAPPER =
  /^(?:(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)|sudo(?: -\S+)*|time|nice|nohup|command|exec|env|timeout(?: -\S+)* \S+|npx(?: --?\S+)*|bunx|pnpm (?:exec|dlx)|yarn (?:exec|dlx)|uv run|poetry run|pipenv run|bundle exec|xvfb-run(?: -\S+)*|mise (?:x|exec) --) +)+/u;

/** Reads a command line. Only its first 20,000 characters are looked at. */
export function toCommand(line: string): Command {
  const parts = splitCommand(line.slice(0, 20_000));
  const ops = parts.map(({ text }) => toPartOp(text));
  const checkAt = ops.findIndex((found) => found === "test" || found === "check");
  const reads: string[] = [];
  const writes: string[] = [];
  let writesAny = false;
  let folder = "";
  for (const { text, redirects } of parts) {
    const inFolder = (path: string): string => (folder === "" || path.startsWith("/") ? path : `${folder}/${path}`);
    if (text.startsWith("cd ")) folder = inFolder(fileArguments(text)[0] ?? "");
    for (const target of redirects) if (!target.startsWith("/dev/")) writes.push(inFolder(target));
    if (WRITE_ANY.test(text)) writesAny = true;
    else if (WRITE_ARGS.test(text)) writes.push(...fileArguments(text).map(inFolder));
    else if (/^cat\b/u.test(text) && redirects.length === 0 && !text.includes("<<")) {
      reads.push(...fileArguments(text).map(inFolder));
    }
  }
  const telling = parts.filter(({ text }) => !NEUTRAL.test(text));
  return {
    op: toLineOp(ops.filter((_op, at) => !NEUTRAL.test(parts[at]?.text ?? ""))),
    hash: hash(telling.map(({ text }) => text).join(" && ")),
    isVerdictHidden: checkAt >= 0 && parts.slice(checkAt, -1).some(({ isVerdictDropped }) => isVerdictDropped),
    reads,
    writes: writesAny ? "any" : writes,
    isPolling: parts.some(({ text }) => POLL.test(text)),
  };
}

type Part = { readonly text: string; readonly redirects: readonly string[]; readonly isVerdictDropped: boolean };

/** The commands of a line, split at `&&`, `||`, `;`, `|` and line breaks outside quotes, without wrappers and redirects. */
function splitCommand(line: string): readonly Part[] {
  const parts: Part[] = [];
  let quote = "";
  let start = 0;
  const push = (end: number, separator: string): void => {
    const part = toPart(line.slice(start, end), separator);
    if (part) parts.push(part);
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? "";
    if (quote !== "") {
      if (char === "\\" && quote === '"') at += 1;
      else if (char === quote) quote = "";
    } else if (char === "\\") at += 1;
    else if (char === '"' || char === "'") quote = char;
    else if (char === ";" || char === "\n" || char === "|" || (char === "&" && line[at + 1] === "&")) {
      const isDouble = line[at + 1] === char && (char === "|" || char === "&");
      push(at, isDouble ? char + char : char);
      if (isDouble) at += 1;
      start = at + 1;
    }
  }
  push(line.length, "");
  return parts;
}

function toPart(raw: string, separator: string): Part | null {
  const redirects: string[] = [];
  const text = raw
    .replace(/(?:\d|&)?>{1,2}\s*(&\d|[^\s;|&<>()]+)/gu, (_whole, target: string) => {
      if (!target.startsWith("&")) redirects.push(target.replace(/^["']|["']$/gu, ""));
      return " ";
    })
    .replace(/[\s()]+/gu, " ")
    .trim()
    .replace(WRAPPER, "");
  if (text === "" && redirects.length === 0) return null;
  // After `|`, `||`, `;` or a line break another command's exit code is the line's.
  return {
    text,
    redirects,
    isVerdictDropped: separator === "|" || separator === "||" || separator === ";" || separator === "\n",
  };
}

function toPartOp(part: string): Op {
  if (TEST.test(part)) return "test";
  if (CHECK.test(part) && !WRITE_ANY.test(part)) return "check";
  if (READ.test(part)) return "read";
  if (SEARCH.test(part)) return "search";
  return "exec";
}

/** A line is what its most telling part is. */
function toLineOp(ops: readonly Op[]): Op {
  if (ops.includes("test")) return "test";
  if (ops.includes("check")) return "check";
  if (ops.length > 0 && ops.every((op) => op === "read" || op === "search")) return ops[0] ?? "exec";
  return "exec";
}

function fileArguments(part: string): string[] {
  return part
    .split(" ")
    .slice(1)
    .map((word) => word.replace(/^["']|["']$/gu, ""))
    .filter((word) => word !== "" && !word.startsWith("-") && !/[*?{}$`<]/u.test(word) && !word.startsWith("s/"));
}
