import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changeCalls, exported, newFiles, runAudit, seenByModels } from "../support/replay/session.ts";
import { createDemoProject } from "../support/demo/project.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { recentTraces } from "../support/demo/traces.ts";
import { type FakeLangfuse, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import { PLAN } from "../support/replay/audit.ts";
import { runClaude } from "../support/claude/run.ts";

let langfuse: FakeLangfuse;
beforeAll(async () => {
  langfuse = await startFakeLangfuse({ generation: "v4-dual", traces: recentTraces(["native-otel/rich-content"]) });
});
afterAll(() => langfuse.close());

test.each([
  ["asks for the background", { run_in_background: true }],
  ["does not say where", {}],
])("subagents run in the foreground even when the model %s", async (_, wish) => {
  const outcome = await runAudit("/audit last", {
    env: exported(langfuse.url),
    wrap: (script) => changeCalls(script, "Agent", ({ run_in_background: __, ...input }) => ({ ...input, ...wish })),
  });
  const started = outcome.events.filter(({ subtype }) => subtype === "task_started");
  expect(started).toMatchObject([{ is_backgrounded: false }, { is_backgrounded: false }]);
  const reports = outcome.requests.flatMap(({ toolResults }) => toolResults).filter(({ name }) => name === "Agent");
  expect(reports).toHaveLength(2);
  for (const { text } of reports) expect(text).not.toContain("Async agent launched");
  expect(outcome.events.filter(({ type }) => type === "result")).toHaveLength(1);
  expect(newFiles(outcome.cwd)).toContain(PLAN);
});

/** What the model is sent for a prompt. */
async function sentFor(prompt: string, cwd = createDemoProject()): Promise<string> {
  const { traffic } = await runClaude({ prompt, cwd, pluginDirs: [PLUGIN_ROOT], script: () => "noted" });
  return seenByModels(traffic);
}
const MEANS = "means the subagent trace-audit:";

test("bare mentions of the agents get the full names' meaning", async () => {
  const sent = await sentFor("@prompt-engineer and @refactoring-specialist, what went wrong in that run?");
  expect(sent).toContain(`@prompt-engineer ${MEANS}prompt-engineer`);
  expect(sent).toContain(`@refactoring-specialist ${MEANS}refactoring-specialist`);
});

test.each([
  ["as the picker inserts it", '@"trace-audit:prompt-engineer (agent)" what went wrong?'],
  ["with the full name", "@agent-trace-audit:prompt-engineer what went wrong?"],
])("a mention %s is resolved by Claude Code and needs nothing added", async (_, prompt) => {
  const sent = await sentFor(prompt);
  expect(sent).toMatch(/invoke the agent \\?"trace-audit:prompt-engineer|trace-audit:prompt-engineer/u);
  expect(sent).not.toContain(MEANS);
});

test("a project's own agent of that name keeps it", async () => {
  const cwd = createDemoProject();
  const folder = join(cwd, ".claude", "agents");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "prompt-engineer.md"),
    "---\nname: prompt-engineer\ndescription: Writes prompts\n---\nWrite prompts.\n",
  );
  const sent = await sentFor("@prompt-engineer and @refactoring-specialist, what went wrong?", cwd);
  expect(sent).not.toContain(`${MEANS}prompt-engineer`);
  expect(sent).toContain(`${MEANS}refactoring-specialist`);
});
