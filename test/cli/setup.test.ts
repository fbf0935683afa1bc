import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AuditOptions, exported, newFiles, runAudit } from "../support/replay/session.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { recentTraces } from "../support/demo/traces.ts";
import { type FakeLangfuse, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import { FETCH, Fetched, PLAN } from "../support/replay/audit.ts";
import { runClaudeCommand } from "../support/claude/run.ts";

const traces = recentTraces(["native-otel/rich-content"]);
let langfuse: FakeLangfuse;
beforeAll(async () => {
  langfuse = await startFakeLangfuse({ generation: "v4-dual", traces });
});
afterAll(() => langfuse.close());

/** What a user's plugin folder may take after an install from a clone that was worked in. */
const MOST_BYTES = 2_000_000;

/** The bytes of all files below a folder. Links are not followed. */
function sizeBelow(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + lstatSync(join(parentPath, name)).size, 0);
}

/** The plugin's own options in settings, as a user who configured it has them. */
const withOptions = (options: Readonly<Record<string, string>>): readonly string[] => [
  "--settings",
  JSON.stringify({ pluginConfigs: { "trace-audit@inline": { options } } }),
];

/** An audit reads the trace; what comes after it does not depend on where the settings come from. */
async function expectRead(options: AuditOptions): Promise<void> {
  const { requests } = await runAudit("/audit last", {
    ...options,
    wrap: (script) => async (request, ask) =>
      request.toolResults.some(({ name }) => name === FETCH) ? "That is enough." : script(request, ask),
  });
  const [read, ...others] = requests.flatMap(({ toolResults }) => toolResults).filter(({ name }) => name === FETCH);
  expect(others).toEqual([]);
  const { summaries } = Fetched.parse(JSON.parse(read?.text ?? ""));
  expect(summaries.map(({ trace_id }) => trace_id)).toEqual(traces.map(({ id }) => id));
}

test("the plugin's options are enough, with nothing exported", async () => {
  await expectRead({ args: withOptions(exported(langfuse.url)) });
});

test("exported variables win over the plugin's options", async () => {
  const options = { LANGFUSE_PUBLIC_KEY: "pk-lf-old", LANGFUSE_SECRET_KEY: "sk-lf-old", LANGFUSE_BASE_URL: "http://x" };
  await expectRead({ args: withOptions(options), env: exported(langfuse.url) });
});

test("a variable that is not exported leaves the option in place", async () => {
  const { LANGFUSE_BASE_URL = "", ...keys } = exported(langfuse.url);
  await expectRead({ args: withOptions({ LANGFUSE_BASE_URL }), env: keys });
});

test("a stored key goes to no address that a variable names", async () => {
  const { LANGFUSE_BASE_URL = "", ...keys } = exported(langfuse.url);
  const before = langfuse.requests.length;
  const outcome = await runAudit("/audit last", { args: withOptions(keys), env: { LANGFUSE_BASE_URL } });
  expect(newFiles(outcome.cwd)).toEqual([]);
  expect(langfuse.requests.length).toBe(before);
});

test("the plugin installs from a marketplace made of this repository, configured on the way", async () => {
  const home = temporaryFolder("claude-home");
  const options = { home, cwd: temporaryFolder("elsewhere") };
  const config = Object.entries(exported(langfuse.url)).flatMap(([name, value]) => ["--config", `${name}=${value}`]);
  const added = await runClaudeCommand(["plugin", "marketplace", "add", PLUGIN_ROOT], options);
  expect(added).toMatchObject({ exitCode: 0 });
  const installed = await runClaudeCommand(["plugin", "install", "trace-audit@trace-audit", ...config], options);
  expect(installed).toMatchObject({ exitCode: 0 });
  // The clone has its tests and node_modules; what Claude Code copies of it stays below two megabytes.
  expect(sizeBelow(join(PLUGIN_ROOT, "test"))).toBeGreaterThan(MOST_BYTES);
  const copied = sizeBelow(join(home, ".claude/plugins"));
  expect(copied).toBeGreaterThan(500_000);
  expect(copied).toBeLessThan(MOST_BYTES);
  const outcome = await runAudit("/audit last", { home, pluginDirs: [] });
  expect(outcome.result?.result).toContain(PLAN);
  expect(newFiles(outcome.cwd)).toContain(PLAN);
});

test("the plugin adds at most 200 tokens to every session", async () => {
  const { stdout } = await runClaudeCommand(["--plugin-dir", PLUGIN_ROOT, "plugin", "details", "trace-audit"]);
  const tokens = /always[- ]on[^\d]*~?\s*([\d,]+)/iu.exec(stdout)?.[1]?.replaceAll(",", "");
  expect(tokens, stdout).toBeDefined();
  expect(Number(tokens)).toBeGreaterThan(0);
  expect(Number(tokens)).toBeLessThanOrEqual(200);
});
