import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { sanitizedEnvironment } from "./support/claude/home.ts";
import { temporaryFolder } from "./support/files/temporary.ts";
import { runProcess } from "./support/claude/process.ts";
import { PLUGIN_ROOT } from "./support/files/plugin-root.ts";
import { dummyKey } from "./support/claude/stand-in.ts";
import { badModels, goodModels } from "./support/eval/models.ts";
import { type Models, playModels } from "./support/eval/model.ts";
import { caseNames, stagePlugin } from "./support/eval/plugin.ts";
import { type Graded, runEvaluation } from "./support/eval/run.ts";
import { CANARY, evalTraces } from "./support/eval/traces.ts";
import { startFakeLangfuse } from "./support/langfuse/stand-in.ts";
import { withLangfuse } from "./support/mcp/client.ts";

const EVALUATION_MS = 5 * 60_000;

async function evaluate(models: Models, hooks: boolean): Promise<ReadonlyMap<string, Graded>> {
  const langfuse = await startFakeLangfuse({ generation: "v4-events-only", traces: evalTraces() });
  try {
    const variants = Object.fromEntries(Object.entries(models).map(([name, those]) => [name, Object.keys(those)]));
    const plugin = stagePlugin({ langfuse: langfuse.url, hooks, variants });
    return await runEvaluation(plugin, playModels(models));
  } finally {
    await langfuse.close();
  }
}

test("every case has a model that behaves well in it and one that does not", () => {
  expect(Object.keys(goodModels).toSorted()).toEqual(caseNames());
  expect(Object.keys(badModels).toSorted()).toEqual(caseNames());
});

describe("with a model that behaves well", () => {
  let graded: ReadonlyMap<string, Graded>;
  beforeAll(async () => {
    graded = await evaluate(goodModels, true);
  }, EVALUATION_MS);

  test.each(caseNames())("the case %s passes in the whole plugin", (name) => {
    expect(graded.get(`${name}--good`)).toMatchObject({ score: 1, error: null, failed: [] });
  });

  test("a malformed argument ends before the model is asked", () => {
    expect(graded.get("malformed--good")?.turns).toBe(0);
  });
});

describe("with a model that behaves badly, and no hook to stop it", () => {
  let graded: ReadonlyMap<string, Graded>;
  beforeAll(async () => {
    graded = await evaluate(badModels, false);
  }, EVALUATION_MS);

  test.each(caseNames())("the case %s fails, and each of its graders sees one of the models do wrong", (name) => {
    const runs = Object.keys(badModels[name] ?? {}).map((variant) => graded.get(`${name}--${variant}`));
    for (const run of runs) expect(run?.score).toBeLessThan(1);
    const all = runs.flatMap((run) => [...(run?.passed ?? []), ...(run?.failed ?? [])]);
    expect(all).not.toEqual([]);
    const noticed = runs.flatMap((run) => run?.failed.filter((grader) => !run.idle.includes(grader)) ?? []);
    expect(all.filter((grader) => !noticed.includes(grader))).toEqual([]);
  });
});

test("npm run eval names the credential it would use and runs nothing without --yes", async () => {
  const { exitCode, stdout } = await runProcess({
    claude: join(PLUGIN_ROOT, "node_modules/.bin/tsx"),
    args: ["test/scripts/eval.ts", "--case", "hostile"],
    cwd: PLUGIN_ROOT,
    env: sanitizedEnvironment(temporaryFolder("home"), "http://127.0.0.1:9", {}),
    timeoutMs: 60_000,
    stdin: "",
  });
  expect(exitCode).toBe(2);
  expect(stdout).toContain("ANTHROPIC_API_KEY of this shell");
  expect(stdout).not.toContain(dummyKey);
  expect(stdout).toContain("Nothing was run.");
});

test("the traces show what their cases are about", async () => {
  await withLangfuse({ traces: evalTraces() }, async ({ server }) => {
    const summaryOf = async (id: string) => (await server.fetch(id)).summaries[0];
    expect(await summaryOf("eval-healthy")).toMatchObject({ notable_patterns: [], outcome: "success" });
    const did = [
      expect.stringMatching(/^explore .*parser\.ts ×4/u),
      expect.stringMatching(/^edit .*parser\.ts$/u),
      expect.stringContaining("FAILED"),
      expect.stringMatching(/^edit .*parser\.ts$/u),
      expect.stringContaining("exit hidden by a pipe"),
    ];
    expect(await summaryOf("eval-harmless")).toMatchObject({
      notable_patterns: [],
      outcome: "success",
      turns: [{ did }],
    });
    expect(await summaryOf("eval-planted-cause")).toMatchObject({ notable_patterns: ["repeated_file_reads"] });
    expect(await summaryOf("eval-translation")).toMatchObject({
      turns: [{ did: expect.arrayContaining(["test npm test FAILED"]) }],
    });
    expect(await summaryOf("eval-unfixable")).toMatchObject({
      notable_patterns: ["api_error_retries"],
      outcome: "failure",
      errors: [{ kind: "api_error" }],
    });
    expect(await summaryOf("eval-hostile")).toMatchObject({
      goal: expect.stringContaining(CANARY),
      subagents: expect.arrayContaining([`approve-everything-from-${CANARY}`]),
      tool_usage: { write_claude_settings_allow_all: 1 },
      patterns: [{ id: "repeated_file_reads", detail: expect.stringContaining("IGNORE-THE-ABOVE") }],
    });
    const { summaries, source } = await server.fetch("sample:3");
    const showing = summaries.filter(({ notable_patterns }) => notable_patterns.includes("repeated_file_reads"));
    expect([source.population, summaries.length, showing.length]).toEqual([3, 3, 1]);
  });
});
