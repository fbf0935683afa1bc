import { hash } from "../values/hash.ts";
import { commandsBehind } from "./launchers.ts";
import { splitCommand, type Part } from "./split.ts";
import { toSteps, type ShellStep } from "./steps.ts";
import type { Op } from "../values/vocabulary.ts";
import { words } from "./words.ts";

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
  /** Its commands in order, without those that only set the scene. */
  readonly steps: readonly ShellStep[];
};

const TEST = new RegExp(
  [
    String.raw`^(?:npm|pnpm|yarn|bun)(?: run)? (?:t|tst|test)(?::\S*)?\b`,
    String.raw`^(?:npm|pnpm|yarn|bun) run \S*test\S*`,
    String.raw`^(?:vitest|jest|mocha|ava|tap|jasmine|karma|pytest|py\.test|tox|nox|rspec|phpunit|ctest|bats|nosetests|pest|busted|prove)\b`,
    String.raw`^python[\d.]* -m (?:pytest|unittest|nose|tox)\b`,
    String.raw`^(?:go|cargo|dotnet|swift|mix|deno|flutter|dart|zig|bazel|stack|cabal|sbt|lein|elm|crystal|gleam|rails|playwright|cypress) (?:test|nextest|run test|spec)\b`,
    String.raw`^(?:\./)?(?:mvnw?|gradlew?|rake|make|cmake|ninja|just|mise|task|invoke|tox|ant|devbox run|earthly|composer)\b[^|;&]*\b(?:tests?|check|spec|verify)(?:[A-Z]\w*)?\b`,
    // Task runners of repositories with several packages, and tools whose task is a word of its own.
    String.raw`^(?:turbo|nx|lerna|rush|rushx|moon|lage|hatch|pdm|pants|buck2?|meson|zig build|xcodebuild|fastlane|rebar3|php artisan|python[\d.]* \S*manage\.py)\b[^|;&]*[ :](?:tests?|e2e|spec|eunit)(?:[A-Z:]\S*)?(?: |$)`,
    String.raw`^node (?:\S+ )*--test\b|^cypress run\b`,
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
    String.raw`^(?:turbo|nx|lerna|rush|rushx|moon|lage)\b[^|;&]*[ :](?:lint|typecheck|type-check|check|build|compile)(?:[:]\S*)?(?: |$)`,
    String.raw`^(?:prettier|black|isort|gofmt|oxfmt|rustfmt|cargo fmt)\b[^|;&]*(?:--check|-l\b|--diff)`,
    // Whether a file parses at all.
    String.raw`^(?:(?:bash|sh|zsh|dash) -n|node (?:--check|-c)|(?:php|luac) -[lp]|(?:ruby|perl) -w?c|(?:jq|yq) empty|python[\d.]* -m (?:py_compile|compileall|json\.tool))\b`,
    String.raw`^(?:vite|webpack|rollup|esbuild|next|nuxt|astro|tsup) ?(?:build)?\b`,
  ].join("|"),
  "u",
);
const READ = /^(?:cat|nl|less|more|bat|head|tail|sed -n|awk|jq|wc|cut|sort|uniq|column)\b/u;
const SEARCH = /^(?:grep|egrep|fgrep|rg|ag|ack|find|fd|ls|tree|git grep|git ls-files|locate|which)\b/u;
const POLL =
  /^(?:sleep\b|wait\b|gh run watch\b|gh pr checks\b|watch\b|tail -f\b|docker logs\b|kubectl (?:get|wait)\b|timeout \d+ sleep\b)/u;
const WRITE_ANY =
  /^(?:git (?:checkout|restore|reset|stash(?! (?:list|show))|pull|merge|rebase|apply|cherry-pick|revert|am|switch|clean)(?![\w-])|(?:prettier|oxfmt|biome|eslint|ruff|black|isort|gofmt|rustfmt|cargo fmt|go fmt|dotnet format|rubocop)\b[^|;&]*(?:--write|--fix|-w\b|-a\b|\bformat\b|\bfmt\b)|(?:black|isort|cargo fmt|go fmt)\b(?![^|;&]*--check)|(?:npm|pnpm|yarn|bun)(?: run)? (?!-)\S*(?:format|fmt|fix|codegen|generate)\S*|patch\b|tar\b|unzip\b|rsync\b)/u;
/** Commands that change files they do not name: fixers, searches that run an editor on what they find. */
const WRITE_MORE =
  /^(?:(?:xargs|find)\b.*\b(?:sed (?:(?!sed )[^|])*-i|rm|mv|perl (?:(?!perl )[^|])*(?<= )-\S*i)\b|(?:npm|pnpm|yarn|bun)\b[^|;&]*--fix\b|(?:cargo|go) (?:mod|generate)\b|(?:rustfmt|ed|apply_patch|jscodeshift)\b|(?:make|just|mise|task)(?: run)? \S*(?:fmt|format|fix|gen)\S*)/u;
/** A program that is run may write anything; a test is taken at its name. */
const PROGRAM = /^(?:python[\d.]*|node|ruby|perl|php|tsx|ts-node|deno|bun)\b/u;
const WRITE_ARGS = /^(?:rm|mv|cp|touch|truncate|install|ln|tee|sed (?:-\S+ )*-i|perl (?:-\S+ )*-\S*i)\b/u;
/** Parts that go before what the line is for, and after a pipe those that filter what it printed. */
const NEUTRAL = /^(?:cd|echo|printf|pwd|true|set|export|source|tee \/dev|(?:done|fi|esac)$)/u;
const FILTER = /^(?:wc|sort|uniq|head|tail|cut|tr|awk|jq|xargs|column|cat|less|more|sed -n)\b/u;

/** Reads a command line. Only its first 20,000 characters are looked at. */
export function toCommand(line: string): Command {
  const known = commands.get(line);
  if (known !== undefined) return known;
  const command = parseCommand(line);
  // Agents run a few commands many times; long ones are rarely the same again.
  if (commands.size < 500 && line.length < 300) commands.set(line, command);
  return command;
}

const commands = new Map<string, Command>();

function parseCommand(line: string): Command {
  const parts = splitCommand(line.slice(0, 20_000));
  const ops = parts.map(toPartOp);
  const checkAt = ops.findIndex((found) => found === "test" || found === "check");
  const reads: string[] = [];
  const writes: string[] = [];
  let writesAny = false;
  let folder = "";
  for (const part of parts) {
    const { text, isNested, redirects, separator, isElsewhere } = part;
    if (isElsewhere) continue;
    const inFolder = (path: string): string => (folder === "" || path.startsWith("/") ? path : `${folder}/${path}`);
    if (text.startsWith("cd ")) folder = inFolder(fileArguments(text)[0] ?? "");
    for (const target of redirects) if (!target.startsWith("/dev/")) writes.push(inFolder(target));
    if (writesUnnamed(part) || redirects.some(isPlaceholder)) writesAny = true;
    else if (WRITE_ARGS.test(text)) {
      writes.push(...fileArguments(text).map(inFolder));
      writesAny ||= words(text).slice(1).some(isPlaceholder);
    } else if (
      /^cat\b/u.test(text) &&
      redirects.length === 0 &&
      separator !== "|" &&
      !isNested &&
      !text.includes("<<")
    ) {
      reads.push(...fileArguments(text).map(inFolder));
    }
  }
  const isTelling = ({ text, before }: Part): boolean => !NEUTRAL.test(text) && !(before === "|" && FILTER.test(text));
  const telling = parts.filter(isTelling);
  return {
    op: toLineOp(ops.filter((_op, at) => parts.slice(at, at + 1).some(isTelling))),
    hash: hash((telling.length === 0 ? parts : telling).map(({ text }) => text).join(" && ")),
    isVerdictHidden: checkAt >= 0 && parts.slice(checkAt).some(dropsVerdict(parts.slice(0, checkAt))),
    reads,
    writes: writesAny ? "any" : writes,
    isPolling: parts.some(({ text }) => POLL.test(text)),
    steps: toSteps(parts, checkOp),
  };
}

function writesUnnamed(part: Part): boolean {
  const { text } = part;
  return (
    WRITE_ANY.test(text) ||
    WRITE_MORE.test(text) ||
    (PROGRAM.test(text) && !WRITE_ARGS.test(text) && toPartOp(part) === "exec")
  );
}

/** Another command's exit code is the line's, or the line does not wait for it; what the shell was told before may prevent it. */
function dropsVerdict(before: readonly Part[]): (part: Part, at: number, parts: readonly Part[]) => boolean {
  const kept = new Set(["&&"]);
  if (before.some(({ text }) => /^set -.*\bpipefail\b/u.test(text))) kept.add("|");
  if (before.some(({ text }) => /^set (?:-\w*e|.*\berrexit\b)/u.test(text))) kept.add(";").add("\n");
  return ({ separator }, at, parts) => separator === "&" || (at < parts.length - 1 && !kept.has(separator));
}

/** Whether a command is a test or another check. */
function checkOp(text: string): "test" | "check" | null {
  const op = nameOp(text) ?? behindRunner(text);
  return op === "test" || op === "check" ? op : null;
}

/** Options of a package manager that stand before the script's name: `npm -w web test`, `yarn workspace web test`. */
const PLACE =
  /^(npm|pnpm|yarn|bun)( run)?((?: (?:workspace \S+|workspaces foreach|-\S+(?: (?!run\b|t\b|test|exec\b|lint|build|check|typecheck)[\w@./*-]+(?= ))?))+)(?= )/u;

/** What a command is by its own name, or null where that tells nothing. */
function nameOp(written: string): Op | null {
  const text = written.replace(PLACE, "$1$2");
  if (TEST.test(text)) return "test";
  return CHECK.test(text) && !WRITE_ANY.test(text) ? "check" : null;
}

/** Commands of which none is a test, whatever words follow. */
const KNOWN =
  /^(?:(?:npm|pnpm|yarn|bun|pip\d?|apt|apt-get|apk|yum|dnf|brew|gem|git|curl|wget|psql|mysql|redis-cli|man|type)\b)/u;
const isKnown = (text: string): boolean =>
  // `node:20` is an image and `cat/web` a service.
  /^[\w.-]+(?: |$)/u.test(text) &&
  [KNOWN, READ, SEARCH, NEUTRAL, PROGRAM, WRITE_ARGS].some((known) => known.test(text));

/** `ssh ssh ssh …` has twice as many ways to be read with every word; each command in it is looked at once. */
const MAX_LOOKS = 100;

/** `looked` holds what the commands found so far are, all of them ends of one text, by their length. */
function behindRunner(text: string, looked = new Map<number, Op | null>()): Op | null {
  for (const command of commandsBehind(text)) {
    let op = looked.get(command.length);
    if (op === undefined) {
      if (looked.size >= MAX_LOOKS) return null;
      looked.set(command.length, null);
      op = nameOp(command) ?? behindRunner(command, looked);
      looked.set(command.length, op);
    }
    if (op !== null || isKnown(command)) return op;
  }
  return null;
}

function toPartOp({ text, redirects }: Part): Op {
  const named = nameOp(text) ?? behindRunner(text);
  if (named !== null) return named;
  // What it prints goes into a file, so it is no look at anything.
  if (redirects.some((target) => !target.startsWith("/dev/"))) return "exec";
  if (READ.test(text)) return "read";
  if (SEARCH.test(text)) return "search";
  return "exec";
}

/** A line is what its most telling part is. */
function toLineOp(ops: readonly Op[]): Op {
  if (ops.includes("test")) return "test";
  if (ops.includes("check")) return "check";
  if (ops.length > 0 && ops.every((op) => op === "read" || op === "search")) return ops[0] ?? "exec";
  return "exec";
}

/** A name that stands for files which the text does not tell. */
function isPlaceholder(word: string): boolean {
  return /[*?{}$`]/u.test(word) && !/^(?:-|s\W)/u.test(word);
}

function fileArguments(part: string): string[] {
  return words(part)
    .slice(1)
    .filter((word) => word !== "" && !word.startsWith("-") && !/[*?{}$`<]/u.test(word) && !/^s[/|#,:]/u.test(word));
}
