// Runs the front-door tests against several versions of Claude Code: `npm run versions -- 2.1.310 2.1.332 latest`. Each is installed
// into a temporary folder from the npm registry; this project's own is left alone. Arguments that are no version are test
// files or folders to run instead of test/cli.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";

const PACKAGE = "@anthropic-ai/claude-code";
const VERSION = /^(?:\d+\.\d+\.\d+(?:-[\w.-]+)?|latest|next|stable)$/u;

const Manifest = z.object({ version: z.string(), bin: z.object({ claude: z.string() }) });
const Report = z.object({
  success: z.boolean(),
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(
    z.object({
      message: z.string(),
      name: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

const args = process.argv.slice(2);
const versions = args.filter((arg) => VERSION.test(arg));
const files = args.filter((arg) => !VERSION.test(arg));
if (versions.length === 0) {
  console.error("Say which versions of Claude Code: `npm run versions -- 2.1.310 latest`.");
  process.exit(2);
}
let bad = 0;
for (const version of versions) {
  const folder = mkdtempSync(join(tmpdir(), "trace-audit-versions-"));
  try {
    if (!(await tell(version, folder))) bad += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(`\n${versions.length - bad} passed, ${bad} failed`);
process.exitCode = bad === 0 ? 0 : 1;

/** Tests one version and prints its line; whether all is well with it. */
async function tell(asked: string, folder: string): Promise<boolean> {
  const installed = await run("npm", [
    "install",
    "--prefix",
    folder,
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    `${PACKAGE}@${asked}`,
  ]);
  const path = join(folder, "node_modules", PACKAGE, "package.json");
  if (installed.exitCode !== 0 || !existsSync(path)) {
    const why = installed.output.trim().split("\n").slice(0, 3).join("\n        ");
    console.log(`FAILED  Claude Code ${asked}: it could not be installed.\n        ${why}`);
    return false;
  }
  const { version, bin } = Manifest.parse(JSON.parse(readFileSync(path, "utf8")));
  const name = asked === version ? version : `${version} (${asked})`;
  const report = join(folder, "report.json");
  const vitest = ["run", "--reporter=json", `--outputFile=${report}`, ...(files.length === 0 ? ["test/cli"] : files)];
  const { output } = await run("vitest", vitest, { CLAUDE_BIN: resolve(dirname(path), bin.claude) });
  if (!existsSync(report)) {
    console.log(`FAILED  Claude Code ${name}: the tests did not run.\n${output.trimEnd()}`);
    return false;
  }
  const { success, numPassedTests, numFailedTests, testResults } = Report.parse(
    JSON.parse(readFileSync(report, "utf8")),
  );
  const isGood = success && numPassedTests > 0;
  console.log(
    `${isGood ? "ok    " : "FAILED"}  Claude Code ${name}: ${numPassedTests} passed, ${numFailedTests} failed`,
  );
  for (const { name: file, message, assertionResults } of testResults) {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    // A file that does not load fails without a test.
    if (failed.length === 0 && message !== "") console.log(`        ${file}: ${message.split("\n")[0]}`);
    for (const { fullName } of failed) console.log(`        ${fullName}`);
  }
  return isGood;
}

async function run(
  name: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const path = [join(PLUGIN_ROOT, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
  const child = spawn(name, parameters, {
    cwd: PLUGIN_ROOT,
    env: { ...process.env, PATH: path, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { exitCode: child.exitCode, output: stdout + stderr };
}
