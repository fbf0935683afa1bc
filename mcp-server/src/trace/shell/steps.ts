import { GIT_LOOK, toGit, type GitStep } from "./git-step.ts";
import { isKnownProgram, nameOf } from "./naming.ts";
import type { Part } from "./split.ts";
import { toFolders } from "./folders.ts";
import { words } from "./words.ts";

/** What a step of a command line is for. `look` only reads; `wait` does nothing. */
export type StepKind = "test" | "lint" | "format" | "build" | "git" | "gh" | "look" | "run" | "wait";

/** Why a step's own exit code is not the line's, so that the line's says nothing of it. */
export type Hidden = "pipe" | "or" | "background" | "later";

/** A tier that a test's command names. */
export type Tier = "unit" | "integration" | "e2e";

/** One command of a line, as far as a reader of the run wants to know it. Nothing of the text leaves but names and paths. */
export type ShellStep = {
  readonly kind: StepKind;
  /** Program, subcommand and task, see naming.ts; "" where none may be shown. */
  readonly name: string;
  readonly hidden: Hidden | null;
  /** What stands behind its pipe shows only its beginning, or chosen lines. */
  readonly isCut: boolean;
  /** Whether the line ends with it when it fails: what stands behind it then never ran. */
  readonly isChained: boolean;
  /** Of a test: it runs chosen tests only. */
  readonly isFiltered: boolean;
  readonly tier: Tier | null;
  /** What its options make of a check: it changes files, only reports, or only compiles. */
  readonly mode: "--fix" | "--check" | "-c" | null;
  /** Files and folders that it names, as written. */
  readonly paths: readonly string[];
  readonly git: GitStep | null;
  /** It works in a repository that the line itself made. */
  readonly isElsewhere: boolean;
};

const MAX_STEPS = 40;
const MAX_PATHS = 40;

const FORMAT =
  /^(?:(?:prettier|black|isort|gofmt|goimports|oxfmt|rustfmt|shfmt|biome format|cargo fmt|go fmt|ruff format|dotnet format|dprint fmt)\b|(?:npm|pnpm|yarn|bun|mise|make|just|task)(?: run)? \S*(?:fmt|format)\S*)/u;
const BUILD =
  /^(?:(?:go|cargo|dotnet|swift|zig|stack|cabal|mix|bazel|next|nuxt|astro|vite|docker) (?:build|compile)\b|(?:webpack|rollup|esbuild|tsup|vite|ninja|cmake)\b|(?:npm|pnpm|yarn|bun|mise|make|just|task|turbo|nx)(?: run)? \S*(?:build|compile|bundle)\S*|(?:mvnw?|\.?\/?gradlew?)\b.*\b(?:package|assemble|compile|build)\b|make$)/u;
/** Where git is to work, and with which settings: options that take a value and stand before the subcommand. */
const GIT_PLACE = /^git(?: -[Cc] \S+| --(?:git-dir|work-tree)[= ]\S+| --no-pager)+ /u;
const MAKES_REPOSITORY = /^git (?:-\S+ )*(?:init|clone)\b/u;
const WAIT = /^(?:sleep|wait)\b/u;
/** What only sets the scene for what follows. */
const SCENE =
  /^(?:\w+=(?:"[^"]*"|'[^']*'|\S*)$|(?:for|case|select|do|then|else|test|\[\[?|break|continue|exit|return|read|shift|trap|local|cd|pushd|popd|export|set|source|\.|unset|alias|true|:|echo|printf|mkdir|done|fi|esac)(?: |$))/u;
const LOOK =
  /^(?:ls|cat|head|tail|grep|egrep|fgrep|rg|ag|ack|find|fd|wc|tree|file|stat|which|type|awk|jq|yq|pwd|nl|less|more|bat|cut|sort|uniq|column|diff|du|df|env|printenv|date|whoami|hostname|ps|lsof|sed -n)(?: |$)/u;
const GH_LOOK =
  /^gh (?:(?:pr|issue|run|release|repo|workflow) (?:view|list|diff|checks|status|watch)|api|auth status|search)\b/u;
/** `gh api` writes as soon as it is given fields, or a method that says so. */
const GH_WRITE =
  /^gh api\b.*(?: -[fF]\b| --(?:field|raw-field|input)\b| (?:-X|--method)[ =]?(?:POST|PUT|PATCH|DELETE)\b)/iu;
const FILTER =
  / (?:-(?:run|t|k|g)(?:[ =]|$)|--(?:grep|testNamePattern|test-name-pattern|filter|tests|only|match|name)(?:[ =]|$)|-Dtest=|-Dit\.test=)|::\w| -- (?:-run|-t|-k)\b/u;
const TIERS: readonly (readonly [Tier, RegExp])[] = [
  ["e2e", /\be2e\b|end-to-end|playwright|cypress|_e2e\b|e2e_/iu],
  ["integration", /integration|\bfunctional\b/iu],
  ["unit", /\bunit\b|[:_-]unit/iu],
];

/** What `toKind` cannot tell from the text alone: whether a command is a test or a check, by command.ts' word lists. */
export type OpOf = (text: string) => "test" | "check" | null;

/** The steps of a line's parts in order, without those that only set the scene. */
export function toSteps(all: readonly Part[], opOf: OpOf): readonly ShellStep[] {
  const parts = all.slice(0, MAX_STEPS);
  const folders = toFolders(parts);
  return parts.flatMap((part, at) => {
    const step = toStep(part, parts, at, opOf);
    return step === null ? [] : [inFolder(step, folders[at] ?? "")];
  });
}

function toStep(part: Part, parts: readonly Part[], at: number, opOf: OpOf): ShellStep | null {
  const written = part.text.replace(GIT_PLACE, "git ");
  if (written === "" || SCENE.test(written)) return null;
  const { before, text } = behindUnknown(written, opOf);
  const kind = toKind(text, opOf);
  // What stands behind a pipe filters what came through it, unless it is a check of its own.
  if (part.before === "|" && (kind === "look" || kind === "run")) return null;
  const isTest = kind === "test";
  const isGit = text.startsWith("git ");
  // What a line does in a repository that it made itself, an experiment, is nothing that the project's history sees.
  const isElsewhere = isGit && parts.slice(0, at).some(({ text: earlier }) => MAKES_REPOSITORY.test(earlier));
  return {
    kind,
    name: `${before} ${nameOf(text)}`.trim(),
    mode: toMode(kind, text),
    hidden: toHidden(parts, at),
    isCut: isCut(parts, at),
    isChained: part.separator === "&&",
    isFiltered: isTest && FILTER.test(` ${text}`),
    tier: isTest ? (TIERS.find(([, pattern]) => pattern.test(text))?.[0] ?? null) : null,
    paths: [...scriptOf(part), ...toPaths(text)],
    git: isGit && !isElsewhere ? toGit(text) : null,
    isElsewhere,
  };
}

/** A check that names no files looks at the folder that it runs in. */
function inFolder(step: ShellStep, folder: string): ShellStep {
  if (folder === "") return step;
  const isCheck = ["test", "lint", "format", "build"].includes(step.kind);
  const paths = step.paths.map((path) => (/^[/~]/u.test(path) ? path : `${folder}/${path}`));
  return { ...step, paths: isCheck && paths.length === 0 ? [folder] : paths };
}

function toKind(text: string, opOf: OpOf): StepKind {
  if (WAIT.test(text)) return "wait";
  if (text.startsWith("git ")) return GIT_LOOK.test(text) ? "look" : "git";
  if (text.startsWith("gh ")) return GH_LOOK.test(text) && !GH_WRITE.test(text) ? "look" : "gh";
  const op = opOf(text);
  if (COMPILES.test(text)) return "build";
  if (op === "test") return "test";
  if (/^\S+(?: run)? \S*lint/u.test(text)) return "lint";
  if (FORMAT.test(text)) return "format";
  if (LINTERS.test(text)) return "lint";
  if (op === "check") return BUILD.test(text) ? "build" : "lint";
  if (BUILD.test(text)) return "build";
  return LOOK.test(text) ? "look" : "run";
}

/** Linters that fix are no checks by command.ts, because they change files; they check all the same. */
const LINTERS = /^(?:eslint|oxlint|biome|ruff|rubocop|stylelint|golangci-lint|standard|xo|clippy)\b/u;
/** The tests are compiled and not run. */
const COMPILES = /^(?:go test\b.* -c\b|cargo (?:test|nextest)\b.* --no-run\b)/u;

function toMode(kind: StepKind, text: string): ShellStep["mode"] {
  if (kind === "build" && COMPILES.test(text)) return "-c";
  const isReport = / (?:--check\b|--list-different\b|--diff\b|-l\b)/u.test(text);
  if (kind === "format") return isReport ? "--check" : null;
  return kind === "lint" && !isReport && / --(?:fix|write|apply)\b| -w\b/u.test(text) ? "--fix" : null;
}

/** Second words of such a program that are no argument of a human's. */
const WRAPS = /^(?:test|run|exec|err|lint|build|proxy|summary)$/u;

/** A program that nobody knows in front of one that everybody knows runs it: `rtk bun run test`, `rtk git status`. */
function behindUnknown(text: string, opOf: OpOf): { readonly before: string; readonly text: string } {
  if (isKnown(text, opOf)) return { before: "", text };
  // It may have a subcommand for that: `rtk test bun run test`.
  const [before] = /^[a-z][\w.-]{0,29}(?= )/u.exec(text) ?? [];
  const [longer] = /^[a-z][\w.-]{0,29} [a-z][\w-]{0,19}(?= )/u.exec(text) ?? [];
  for (const words of [before, longer]) {
    const rest = words === undefined ? "" : text.slice(words.length + 1);
    // Of a program that nobody knows, a second word may be an argument and is not shown.
    if (words === undefined || SCENE.test(rest) || !isKnown(rest, opOf)) continue;
    const second = words.slice((before ?? "").length + 1);
    return { before: WRAPS.test(second) ? words : (before ?? ""), text: rest };
  }
  return { before: "", text };
}

function isKnown(text: string, opOf: OpOf): boolean {
  return isKnownProgram(text) || LOOK.test(text) || SCENE.test(text) || opOf(text) !== null;
}

/** In `fmt && lint | head` only lint is hidden: the line ends when fmt fails, and then its exit code is the line's. */
function toHidden(parts: readonly Part[], at: number): Hidden | null {
  const before = parts.slice(0, at);
  const isPipefail = before.some(({ text }) => /^set -.*\bpipefail\b/u.test(text));
  const isErrexit = before.some(({ text }) => /^set (?:-\w*e|.*\berrexit\b)/u.test(text));
  if (parts[at]?.separator === "|" && !isPipefail) return "pipe";
  for (const { separator } of parts.slice(at, -1)) {
    if (separator === "&") return "background";
    if (separator === "||") return "or";
    if ((separator === ";" || separator === "\n") && !isErrexit) return "later";
  }
  return parts.at(-1)?.separator === "&" ? "background" : null;
}

/** `tail` keeps the end, where runners say what came of it; a search that takes failures keeps those. */
function isCut(parts: readonly Part[], at: number): boolean {
  if (parts[at]?.separator !== "|") return false;
  const [filter] = parts.slice(at + 1);
  if (filter === undefined || filter.before !== "|") return false;
  if (/^(?:head|sed)\b/u.test(filter.text)) return true;
  return (
    /^(?:grep|egrep|rg)\b/u.test(filter.text) && (/ -\w*v/u.test(filter.text) || !/fail|error/iu.test(filter.text))
  );
}

/** A script that is run by its path; a program of the system is found by its name. */
function scriptOf({ raw }: Part): readonly string[] {
  const [, script] = /^\s*((?:\.\/)?[\w.-]+(?:\/[\w.-]+)*)(?=\s|$)/u.exec(raw) ?? [];
  return script?.includes("/") === true ? [script] : [];
}

function toPaths(text: string): readonly string[] {
  return words(text)
    .slice(1)
    .filter((word) => !word.startsWith("-") && /[./]/u.test(word) && /^[\w@./+~-]{1,200}$/u.test(word))
    .slice(0, MAX_PATHS);
}
