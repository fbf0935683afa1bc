// `npm test`: every check, one line each, and the full output of what failed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { staleFiles } from "../../mcp-server/scripts/bundle.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { runClaudeCommand } from "../support/claude/run.ts";

type Result = { readonly passed: number; readonly failed: number; readonly output: string };
type Step = { readonly name: string; readonly run: () => Promise<Result> };

const TestReport = z.object({
  success: z.boolean(),
  numPassedTests: z.int(),
  numFailedTests: z.int(),
});

/** All run at the same time, so that no core waits for the slowest; the tests, which take longest, are told of last. */
const steps: readonly Step[] = [
  { name: "types (tsc)", run: () => command("tsc") },
  { name: "lint (oxlint)", run: () => command("oxlint", "--type-aware") },
  { name: "format (oxfmt)", run: () => command("oxfmt", "--check") },
  { name: "dead code (knip)", run: () => command("knip") },
  { name: "committed bundles are current", run: bundlesAreCurrent },
  { name: "plugin (claude plugin validate)", run: pluginIsValid },
  { name: "tests (vitest)", run: tests },
];

let passed = 0;
let failed = 0;
for (const step of steps.map(start)) await report(step);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function start({ name, run }: Step): { readonly name: string; readonly result: Promise<Result> } {
  const told = (error: unknown) => outcome(false, error instanceof Error ? error.stack : error);
  return { name, result: run().catch(told) };
}

async function report(step: ReturnType<typeof start>): Promise<void> {
  const result = await step.result;
  passed += result.passed;
  failed += result.failed;
  const count = result.passed + result.failed > 1 ? `, ${result.passed} of ${result.passed + result.failed} tests` : "";
  console.log(`${result.failed === 0 ? "ok    " : "FAILED"}  ${step.name}${count}`);
  // Not every tool heeds NO_COLOR.
  if (result.failed > 0) console.log(`\n${stripVTControlCharacters(result.output).trimEnd()}\n`);
}

function outcome(isGood: boolean, output: unknown): Result {
  return { passed: isGood ? 1 : 0, failed: isGood ? 0 : 1, output: String(output) };
}

async function command(name: string, ...args: readonly string[]): Promise<Result> {
  const { exitCode, output } = await run(name, args);
  return outcome(exitCode === 0, output);
}

async function bundlesAreCurrent(): Promise<Result> {
  const stale = await staleFiles();
  return outcome(stale.length === 0, `Differ from a fresh build: ${stale.join(", ")}. Run npm run build.`);
}

async function pluginIsValid(): Promise<Result> {
  const args = ["plugin", "validate", "--strict", "--profile", "directory", "."];
  const { exitCode, stdout, stderr } = await runClaudeCommand(args, { cwd: PLUGIN_ROOT });
  return outcome(exitCode === 0, stdout + stderr);
}

async function tests(): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "trace-audit-check-"));
  const report = join(folder, "report.json");
  try {
    const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const { exitCode, output } = await run("vitest", args, tellProgress());
    const { numPassedTests, numFailedTests, success } = existsSync(report)
      ? TestReport.parse(JSON.parse(readFileSync(report, "utf8")))
      : { numPassedTests: 0, numFailedTests: 0, success: false };
    // A file that does not load or an error outside of a test fails the run without failing a test.
    const isGood = exitCode === 0 && success;
    return { passed: numPassedTests, failed: isGood ? numFailedTests : Math.max(numFailedTests, 1), output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says every half minute how many test files are done, as vitest tells of each. */
function tellProgress(): (chunk: string) => void {
  let files = 0;
  let last = Date.now();
  return (chunk) => {
    files += [...stripVTControlCharacters(chunk).matchAll(/^ [✓❯×] .*\.test\.ts/gmu)].length;
    if (Date.now() - last < 30_000) return;
    last = Date.now();
    console.log(`  …     ${files} test files done`);
  };
}

async function run(
  name: string,
  args: readonly string[],
  onOutput: (chunk: string) => void = () => undefined,
): Promise<{ exitCode: number | null; output: string }> {
  const bin = join(PLUGIN_ROOT, "node_modules", ".bin");
  const child = spawn(join(bin, name), args, {
    cwd: PLUGIN_ROOT,
    env: { ...process.env, PATH: [bin, process.env["PATH"]].join(delimiter), NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  child.stdout.on("data", (chunk: Buffer) => onOutput(chunk.toString("utf8")));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { exitCode: child.exitCode, output: stdout + stderr };
}
