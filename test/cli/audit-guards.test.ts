import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exported, interjectBefore, newFiles, runAudit, seenByModels } from "../support/replay/session.ts";
import { type Answer, helpers, type ToolCall } from "../support/claude/answer.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { createDemoProject } from "../support/demo/project.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { recentTraces } from "../support/demo/traces.ts";
import type { Script } from "../support/claude/stand-in.ts";
import { type FakeLangfuse, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import { PLAN, WRITE } from "../support/replay/audit.ts";
import { type RunOutcome, runClaude } from "../support/claude/run.ts";

let langfuse: FakeLangfuse;
beforeAll(async () => {
  langfuse = await startFakeLangfuse({ generation: "v4-dual", traces: recentTraces(["native-otel/rich-content"]) });
});
afterAll(() => langfuse.close());

const HISTORY = /^docs\/audit\/\d{4}-\d\d-\d\d-[\w-]+\.md$/u;
const tool = (name: string, input: Record<string, unknown>) => ({ type: "tool_use", name, input }) as const;
/** What came back for the calls of a tool, in their order. */
const results = ({ requests }: RunOutcome, name: string) =>
  requests.flatMap(({ toolResults }) => toolResults).filter((result) => result.name === name);

/** A script in which the two agents say something else for as long as `replace` gives it. */
function asAgents(script: Script, replace: (answer: string, time: number) => string | null): Script {
  const times = new Map<string, number>();
  return async (request, ask) => {
    const answer: Answer = await script(request, ask);
    if (request.agentId === null || typeof answer !== "string") return answer;
    const time = (times.get(request.agentId) ?? 0) + 1;
    times.set(request.agentId, time);
    return replace(answer, time) ?? answer;
  };
}

test("agents that talk around their JSON are sent back, and the audit ends with plan, history and index", async () => {
  const outcome = await runAudit("/audit last", {
    env: exported(langfuse.url),
    wrap: (script) => asAgents(script, (answer, time) => (time === 1 ? `Gladly! Here it is:\n${answer}` : null)),
  });
  const feedback = outcome.requests.filter(({ userText }) => userText.includes("Before the JSON object stands"));
  expect(feedback).toHaveLength(2);
  const files = newFiles(outcome.cwd).filter((path) => !path.includes("/summaries/"));
  expect(files).toEqual([expect.stringMatching(HISTORY), PLAN, "docs/audit/README.md"]);
  const plan = readFileSync(join(outcome.cwd, PLAN), "utf8");
  expect(readFileSync(join(outcome.cwd, files[0] ?? ""), "utf8")).toBe(plan);
  expect(readFileSync(join(outcome.cwd, "docs/audit/README.md"), "utf8")).toContain(files[0]?.slice(11));
});

test("invented evidence that is insisted on comes through after eight refusals, and no plan is made of it", async () => {
  const invented = (answer: string) => answer.replaceAll("repeated_file_reads", "agent_laziness");
  const outcome = await runAudit("/audit last", {
    env: exported(langfuse.url),
    wrap: (script) => asAgents(script, invented),
  });
  const refusals = outcome.requests.filter(({ userText }) => userText.includes('"agent_laziness", which no summary'));
  expect(refusals).toHaveLength(8);
  expect(results(outcome, "Agent")).toHaveLength(1);
  for (const text of ["prompt-engineer ended without an answer that the audit can use", '"agent_laziness", which no'])
    expect(outcome.result?.result).toContain(text);
  expect(existsSync(join(outcome.cwd, PLAN))).toBe(false);
});

test("agents that are called before the summaries are refused with the next step, and the audit goes on", async () => {
  const calls = ["prompt-engineer", "refactoring-specialist"].map((name) =>
    helpers.agent(`trace-audit:${name}`, "Do it."),
  );
  const outcome = await runAudit("/audit last", {
    env: exported(langfuse.url),
    wrap: (script) => interjectBefore(script, WRITE, calls),
  });
  expect(results(outcome, "Agent").map(({ isError, text }) => (isError ? text : "done"))).toEqual([
    expect.stringContaining("Call write_summary first"),
    expect.stringContaining("Call write_summary first"),
    "done",
    "done",
  ]);
  expect(newFiles(outcome.cwd)).toContain(PLAN);
});

/** A script in which the first agent makes some calls before it answers. */
function firstTrying(script: Script, calls: readonly ToolCall[]): Script {
  let isDone = false;
  return async (request, ask) => {
    if (request.agentId === null || isDone) return script(request, ask);
    isDone = true;
    return [...calls];
  };
}

test("an agent cannot read anything but the summaries, whatever it tries", async () => {
  const cwd = createDemoProject();
  const secret = join(temporaryFolder("outside"), "secret.md");
  for (const file of [secret, join(cwd, "notes.md"), join(cwd, ".env")]) writeFileSync(file, "the heron is blue");
  symlinkSync(secret, join(cwd, "docs-link.md"));
  const paths = [
    secret,
    join(cwd, "notes.md"),
    join(cwd, "docs/audit/summaries/../../../.env"),
    join(cwd, "docs-link.md"),
  ];
  const tries = [
    ...paths.map((file_path) => tool("Read", { file_path })),
    tool("Read", { file_path: "/etc/passwd" }),
    tool("Glob", { pattern: "../**" }),
    tool("Bash", { command: `cat ${secret}` }),
  ];
  const outcome = await runAudit("/audit last", {
    cwd,
    env: exported(langfuse.url),
    args: ["--permission-mode", "acceptEdits"],
    wrap: (script) => firstTrying(script, tries),
  });
  expect(
    results(outcome, "Read")
      .slice(0, 5)
      .map(({ isError }) => isError),
  ).toEqual([true, true, true, true, true]);
  expect(seenByModels(outcome.traffic)).not.toContain("the heron is blue");
  expect(newFiles(cwd)).toContain(PLAN);
});

test("an agent that a human asks directly gets the newest summaries, is held to them, and answers in prose", async () => {
  const { cwd } = await runAudit("/audit last", { env: exported(langfuse.url) });
  writeFileSync(join(cwd, "notes.md"), "the heron is blue");
  const outcome = await runClaude({
    prompt: "ask the prompt-engineer what was the weakest part of that run",
    cwd,
    pluginDirs: [PLUGIN_ROOT],
    script: ({ agentId, toolResults }, ask) => {
      if (agentId !== null)
        return toolResults.length === 0
          ? [ask.tool("Read", { file_path: join(cwd, "notes.md") })]
          : "It read a file four times.";
      return toolResults.length === 0 ? [ask.agent("trace-audit:prompt-engineer", "what was weakest?")] : "it told me";
    },
  });
  const asked = outcome.requests.find(({ agentId }) => agentId !== null)?.firstUserText ?? "";
  expect(asked).toMatch(/^what was weakest\?/u);
  expect(asked).toMatch(/\/docs\/audit\/summaries\/\w+\.json\n/u);
  expect(asked).toContain('"turn":1');
  expect(results(outcome, "Read")).toMatchObject([{ isError: true }]);
  expect(results(outcome, "Agent")).toMatchObject([{ text: expect.stringContaining("It read a file four times.") }]);
  expect(outcome.result?.result).toBe("it told me");
});

test("a plan that a human has changed is refused with its reasons when it is malformed, and kept when it is not", async () => {
  const { cwd } = await runAudit("/audit last", { env: exported(langfuse.url) });
  const good = readFileSync(join(cwd, PLAN), "utf8");
  const bad: readonly (readonly [string, string])[] = [
    [good.replace("- No package upgrades or installs.\n", ""), "No package upgrades or installs."],
    [good.replaceAll("CLAUDE.md", "src/calc.js"), "it is no prompt file"],
    [good.replace("## Files to Modify", "## Files"), 'The heading "## Files to Modify" is missing'],
  ];
  const goal = /^Goal: .*$/mu.exec(good)?.[0] ?? "";
  const steps = [
    ...bad.map(([content]) => helpers.tool("Write", { file_path: PLAN, content })),
    helpers.tool("Read", { file_path: join(cwd, PLAN) }),
    helpers.tool("Edit", {
      file_path: PLAN,
      old_string: "- Stop and ask if scope is unclear.",
      new_string: "- Go on.",
    }),
    helpers.tool("Edit", { file_path: PLAN, old_string: goal, new_string: "Goal: Mind the heron." }),
    helpers.tool("Write", { file_path: "docs/audit/summaries/x.json", content: "{}" }),
    helpers.tool("Bash", { command: `echo x > ${PLAN}` }),
  ];
  const outcome = await runClaude({
    prompt: "change the plan as I say",
    cwd,
    pluginDirs: [PLUGIN_ROOT],
    args: ["--permission-mode", "acceptEdits"],
    script: ({ toolResults, messages }) => {
      const step = steps[messages.filter(({ role }) => role === "assistant").length];
      return step === undefined || (toolResults.length === 0 && messages.length > 4) ? "done" : [step];
    },
  });
  const writes = results(outcome, "Write");
  for (const [at, [, reason]] of bad.entries())
    expect(writes[at]).toMatchObject({ isError: true, text: expect.stringContaining(reason) });
  expect(writes.at(-1)).toMatchObject({ isError: true });
  expect(results(outcome, "Edit").map(({ isError }) => isError)).toEqual([true, false]);
  expect(results(outcome, "Bash")).toMatchObject([{ isError: true }]);
  expect(readFileSync(join(cwd, PLAN), "utf8")).toBe(good.replace(goal, "Goal: Mind the heron."));
});
