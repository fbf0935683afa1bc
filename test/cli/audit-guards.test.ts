import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exported, interjectBefore, newFiles, runAudit, seenByModels } from "../support/replay/session.ts";
import type { Answer } from "../support/claude/answer.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { createDemoProject } from "../support/demo/project.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { recentTraces } from "../support/demo/traces.ts";
import type { Script } from "../support/claude/stand-in.ts";
import { type FakeLangfuse, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import { PLAN } from "../support/replay/audit.ts";
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
    wrap: (script) => insist(asAgents(script, invented)),
  });
  const refusals = outcome.requests.filter(({ userText }) => userText.includes('"agent_laziness", which no summary'));
  expect(refusals).toHaveLength(8);
  expect(results(outcome, "Agent").map(({ isError }) => isError)).toEqual([false, true]);
  expect(results(outcome, "Write")).toMatchObject([{ isError: true, text: expect.stringContaining("was accepted") }]);
  expect(existsSync(join(outcome.cwd, PLAN))).toBe(false);

  /** Writes a plan all the same when the second agent is refused. */
  function insist(script: Script): Script {
    return async (request, ask) => {
      const last = request.toolResults.at(-1);
      if (request.agentId !== null || last?.name !== "Agent" || !last.isError) return script(request, ask);
      return [ask.tool("Write", { file_path: PLAN, content: "# Audit Implementation Plan\n" })];
    };
  }
});

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
    wrap: (script) => interjectBefore(script, "Read", tries),
  });
  expect(
    results(outcome, "Read")
      .slice(0, 5)
      .map(({ isError }) => isError),
  ).toEqual([true, true, true, true, true]);
  expect(seenByModels(outcome.traffic)).not.toContain("the heron is blue");
  expect(newFiles(cwd)).toContain(PLAN);
});

test("an agent that a human asks directly is held to the summaries too, and answers in prose", async () => {
  const cwd = createDemoProject();
  writeFileSync(join(cwd, "notes.md"), "the heron is blue");
  const outcome = await runClaude({
    prompt: "ask the prompt-engineer why the run was slow",
    cwd,
    pluginDirs: [PLUGIN_ROOT],
    script: ({ agentId, toolResults }, ask) => {
      if (agentId !== null)
        return toolResults.length === 0
          ? [ask.tool("Read", { file_path: join(cwd, "notes.md") })]
          : "It read a file four times.";
      return toolResults.length === 0 ? [ask.agent("trace-audit:prompt-engineer", "why?")] : "it told me";
    },
  });
  expect(results(outcome, "Read")).toMatchObject([{ isError: true }]);
  expect(results(outcome, "Agent")).toMatchObject([{ text: expect.stringContaining("It read a file four times.") }]);
  expect(outcome.result?.result).toBe("it told me");
});

test("plans that are malformed or untrue are refused with their reasons, by Write and by Edit, and a true one is kept", async () => {
  const bad: readonly (readonly [(plan: string) => string, string])[] = [
    [(plan) => plan.replace("- No package upgrades or installs.\n", ""), "No package upgrades or installs."],
    [(plan) => plan.replace(/(task decrease.*Audited: )[\d.]+(?=\.$)/mu, "$1999"), "metrics.tool_calls_per_task"],
    [
      (plan) => plan.replace(/^1\. A file is read again/mu, "1. Files are read often"),
      "lacks issue 1 of the diagnosis",
    ],
    [(plan) => plan.replaceAll("CLAUDE.md", "AGENTS.md"), '"AGENTS.md" is no file of the translation'],
    [(plan) => plan.replaceAll("CLAUDE.md", "src/calc.js"), "it is no prompt file"],
    [(plan) => plan.replace("## Files to Modify", "## Files"), 'The heading "## Files to Modify" is missing'],
  ];
  let tried = false;
  let edited = false;
  const outcome = await runAudit("/audit last", {
    env: exported(langfuse.url),
    args: ["--permission-mode", "acceptEdits"],
    wrap: (script) => async (request, ask) => {
      const isDone = request.agentId === null && request.toolResults.at(-1)?.name === "Write";
      if (isDone && !tried) {
        tried = true;
        return [ask.tool("Write", { file_path: PLAN, content: good })];
      }
      if (isDone && !edited) {
        edited = true;
        return [
          ask.tool("Edit", {
            file_path: PLAN,
            old_string: "- Stop and ask if scope is unclear.",
            new_string: "- Go on.",
          }),
          ask.tool("Edit", { file_path: PLAN, old_string: "Goal: Let the agent", new_string: "Goal: Make the agent" }),
          ask.tool("Write", { file_path: "docs/audit/summaries/x.json", content: "{}" }),
          ask.tool("Write", { file_path: "docs/audit/2026-01-01-x.md", content: "x" }),
          ask.tool("Write", { file_path: "src/calc.js", content: "x" }),
          ask.tool("Bash", { command: `echo x > ${PLAN}` }),
        ];
      }
      const answer = await script(request, ask);
      const content = contentOf(answer);
      if (content === null) return answer;
      good = content;
      return bad.map(([worsen]) => ask.tool("Write", { file_path: PLAN, content: worsen(content) }));
    },
  });
  const writes = results(outcome, "Write");
  for (const [at, [, reason]] of bad.entries()) {
    expect(writes[at]?.isError, reason).toBe(true);
    expect(writes[at]?.text).toContain(reason);
  }
  expect(writes.slice(bad.length).map(({ isError }) => isError)).toEqual([false, true, true, true]);
  expect(results(outcome, "Edit")).toMatchObject([
    { isError: true, text: expect.stringContaining("Stop and ask") },
    { isError: false },
  ]);
  expect(results(outcome, "Bash")).toMatchObject([
    { isError: true, text: expect.stringContaining("runs no commands") },
  ]);
  const files = newFiles(outcome.cwd).filter((path) => !path.includes("/summaries/"));
  expect(files).toEqual([expect.stringMatching(HISTORY), PLAN, "docs/audit/README.md"]);
  const [kept = "", plan = ""] = files.slice(0, 2).map((file) => readFileSync(join(outcome.cwd, file), "utf8"));
  expect(kept).toBe(plan);
  expect(plan).toBe(good.replace("Goal: Let the agent", "Goal: Make the agent"));
});
let good = "";

/** The plan that an answer writes, or null. */
function contentOf(answer: Answer): string | null {
  if (!Array.isArray(answer)) return null;
  const write = answer.find(
    (block) => typeof block !== "string" && block.type === "tool_use" && block.name === "Write",
  );
  const content = typeof write === "object" && write.type === "tool_use" ? write.input["content"] : null;
  return typeof content === "string" ? content : null;
}
