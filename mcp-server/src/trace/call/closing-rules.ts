import type { CheckKind, Closing } from "./closing-lines.ts";

type Found = Partial<Pick<Closing, "failed" | "passed" | "isCached" | "isEmpty">> & { readonly isGood: boolean };
/** How a line of one runner looks, as a whole line without colours and white space around it, and what it says. */
export type ClosingRule = {
  readonly runner: string;
  readonly kind: CheckKind;
  readonly line: RegExp;
  readonly read: (match: RegExpExecArray) => Found | null;
};

/** The first number before or after a word, such as 2 in `2 failed`; null without one. */
function countOf(text: string, word: string): number | null {
  const found = new RegExp(String.raw`(\d{1,9}) ${word}|\b${word}:?\s{1,8}(\d{1,9})\b`, "iu").exec(text);
  const digits = found?.[1] ?? found?.[2];
  return digits === undefined ? null : Number(digits);
}

const good = (): Found => ({ isGood: true });
const bad = (): Found => ({ isGood: false });
const empty = (): Found => ({ isGood: false, isEmpty: true });

/** `2 failed, 10 passed` in whatever order; null where the line counts neither. */
function byCounts({ input }: RegExpExecArray): Found | null {
  const [failed, errors, passed] = [countOf(input, "failed"), countOf(input, "errors?"), countOf(input, "passed")];
  if (failed === null && passed === null && errors === null) return null;
  const sum = (failed ?? 0) + (errors ?? 0);
  return { isGood: sum === 0, failed: sum, passed };
}

/** `Found 3 errors`: the first number counts what is wrong. */
function byFirstNumber(match: RegExpExecArray): Found {
  const failed = Number(match[1] ?? "0");
  return { isGood: failed === 0, failed };
}

// The words are the runners' own, from their sources and documentation (2026). Each line is matched as a whole line,
// without colours and white space around it. The order within a runner is that of its rules.
export const CLOSING_RULES: readonly ClosingRule[] = [
  // go test, one line a package, and FAIL alone at the end.
  {
    runner: "go",
    kind: "test",
    line: /^ok\s+\S+\s+(?:\(cached\)|[\d.]+s)/u,
    read: ({ input }) => ({
      isGood: true,
      isCached: input.includes("(cached)"),
      isEmpty: input.endsWith("[no tests to run]"),
    }),
  },
  {
    runner: "go",
    kind: "test",
    line: /^(?:FAIL(?:\s+\S+\s+(?:[\d.]+s|\[.{1,60}\]))?|--- FAIL: .{1,200}|panic: .{1,200})$/u,
    read: bad,
  },
  {
    runner: "cargo",
    kind: "test",
    line: /^test result: (ok|FAILED)\./u,
    read: ({ input }) => ({
      isGood: input.startsWith("test result: ok"),
      failed: countOf(input, "failed"),
      passed: countOf(input, "passed"),
    }),
  },
  { runner: "cargo", kind: "build", line: /^error(?:\[E\d+\])?: (?:could not compile|aborting due to)/u, read: bad },
  { runner: "cargo", kind: "build", line: /^Finished (?:`\w+` profile|\w+) \[/u, read: good },
  { runner: "jest", kind: "test", line: /^Tests:\s+(?:\d+ \w+, )*\d+ total$/u, read: byCounts },
  { runner: "vitest", kind: "test", line: /^Tests\s+\d+ \w+(?: \| \d+ \w+)* \(\d+\)$/u, read: byCounts },
  { runner: "vitest", kind: "test", line: /^No test files found, exiting with code 1$/u, read: empty },
  { runner: "jest", kind: "test", line: /^No tests found, exiting with code 1$/u, read: empty },
  {
    runner: "pytest",
    kind: "test",
    line: /^=* ?\d+ \w+(?:, \d+ \w+)* in [\d.]+s(?: \([\d:]+\))? ?=*$/u,
    read: byCounts,
  },
  { runner: "pytest", kind: "test", line: /^=* ?no tests ran in [\d.]+s ?=*$/u, read: empty },
  { runner: "unittest", kind: "test", line: /^FAILED \((?:failures|errors)=\d+.{0,60}\)$/u, read: byUnittest },
  { runner: "unittest", kind: "test", line: /^OK(?: \(skipped=\d+\))?$/u, read: good },
  { runner: "mocha", kind: "test", line: /^(\d+) failing$/u, read: byFirstNumber },
  {
    runner: "mocha",
    kind: "test",
    line: /^(\d+) passing(?: \([\w. ]+\))?$/u,
    read: (match) => ({ isGood: true, passed: Number(match[1]) }),
  },
  { runner: "bun", kind: "test", line: /^(\d+) fail$/u, read: byFirstNumber },
  { runner: "bun", kind: "test", line: /^(\d+) pass$/u, read: (match) => ({ isGood: true, passed: Number(match[1]) }) },
  { runner: "node", kind: "test", line: /^(?:#|ℹ) fail (\d+)$/u, read: byFirstNumber },
  { runner: "deno", kind: "test", line: /^(?:ok|FAILED) \| \d+ passed.{0,60}\| \d+ failed/u, read: byCounts },
  { runner: "playwright", kind: "test", line: /^(\d+) failed$/u, read: byFirstNumber },
  {
    runner: "playwright",
    kind: "test",
    line: /^(\d+) passed \([\d.]+m?s\)$/u,
    read: (match) => ({ isGood: true, passed: Number(match[1]) }),
  },
  {
    runner: "maven",
    kind: "test",
    line: /^(?:\[\w+\] )?Tests run: \d+, Failures: \d+, Errors: \d+(?:, Skipped: \d+)?$/u,
    read: ({ input }) => {
      const failed = (countOf(input, "Failures") ?? 0) + (countOf(input, "Errors") ?? 0);
      return { isGood: failed === 0, failed, passed: (countOf(input, "Tests run") ?? 0) - failed };
    },
  },
  {
    runner: "maven",
    kind: "build",
    line: /^(?:\[\w+\] )?BUILD (SUCCESS|FAILURE)$/u,
    read: ({ 1: word }) => ({ isGood: word === "SUCCESS" }),
  },
  {
    runner: "gradle",
    kind: "build",
    line: /^BUILD (SUCCESSFUL|FAILED) in /u,
    read: ({ 1: word }) => ({ isGood: word === "SUCCESSFUL" }),
  },
  { runner: "gradle", kind: "test", line: /^\d+ tests? completed, (\d+) failed/u, read: byFirstNumber },
  { runner: "rspec", kind: "test", line: /^\d+ examples?, (\d+) failures?/u, read: byFirstNumber },
  {
    runner: "minitest",
    kind: "test",
    line: /^\d+ (?:runs|tests), \d+ assertions, (\d+) failures, \d+ errors/u,
    read: byMinitest,
  },
  { runner: "phpunit", kind: "test", line: /^OK \(\d+ tests?, \d+ assertions?\)$/u, read: good },
  {
    runner: "phpunit",
    kind: "test",
    line: /^Tests: \d+, Assertions: \d+.{0,80}(?:Failures|Errors): (\d+)/u,
    read: byFirstNumber,
  },
  {
    runner: "dotnet",
    kind: "test",
    line: /^(?:Passed|Failed)!\s+- Failed:\s+(\d+), Passed:\s+\d+/u,
    read: byFirstNumber,
  },
  { runner: "ctest", kind: "test", line: /^\d+% tests passed, (\d+) tests failed out of \d+$/u, read: byFirstNumber },
  { runner: "swift", kind: "test", line: /^Executed \d+ tests?, with (\d+) failures?/u, read: byFirstNumber },
  { runner: "tap", kind: "test", line: /^# (?:fail|failed)\s+(\d+)$/u, read: byFirstNumber },
  { runner: "tsc", kind: "lint", line: /^Found (\d+) errors?(?: in .{1,200})?\.?$/u, read: byFirstNumber },
  { runner: "tsc", kind: "lint", line: /^\S.{0,200}\(\d+,\d+\): error TS\d+: /u, read: bad },
  { runner: "eslint", kind: "lint", line: /^✖ \d+ problems? \((\d+) errors?, \d+ warnings?\)$/u, read: byFirstNumber },
  { runner: "golangci-lint", kind: "lint", line: /^(\d+) issues[.:]$/u, read: byFirstNumber },
  { runner: "oxlint", kind: "lint", line: /^Found \d+ warnings? and (\d+) errors?\.$/u, read: byFirstNumber },
  {
    runner: "biome",
    kind: "lint",
    line: /^Checked \d+ files? in .{1,30}\. (?:No fixes applied|Fixed \d+ files?)\.$/u,
    read: good,
  },
  { runner: "ruff", kind: "lint", line: /^All checks passed!$/u, read: good },
  { runner: "mypy", kind: "lint", line: /^Success: no issues found in \d+ source files?$/u, read: good },
  { runner: "pyright", kind: "lint", line: /^(\d+) errors?, \d+ warnings?, \d+ informations?$/u, read: byFirstNumber },
  {
    runner: "rubocop",
    kind: "lint",
    line: /^\d+ files? inspected, (no|\d+) offenses? detected/u,
    read: ({ 1: word }) => ({ isGood: word === "no", failed: Number(word) || 0 }),
  },
  { runner: "prettier", kind: "format", line: /^All matched files use Prettier code style!$/u, read: good },
  { runner: "prettier", kind: "format", line: /^\[warn\] Code style issues found in .{1,60}$/u, read: bad },
];

function byUnittest({ input }: RegExpExecArray): Found {
  const counts = [...input.matchAll(/(?:failures|errors)=(\d{1,9})/gu)].map((match) => Number(match[1]));
  return { isGood: false, failed: counts.reduce((sum, count) => sum + count, 0) };
}

function byMinitest({ input }: RegExpExecArray): Found {
  const failed = (countOf(input, "failures") ?? 0) + (countOf(input, "errors") ?? 0);
  return { isGood: failed === 0, failed };
}
