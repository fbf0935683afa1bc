import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type Answer, helpers as ask } from "../support/claude/answer.ts";
import { runClaude } from "../support/claude/run.ts";
import { createDemoProject } from "../support/demo/project.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { differences, type Told } from "../support/sweep/compare.ts";
import type { Counted } from "../support/sweep/counted.ts";
import { sweep } from "../support/sweep/sweep.ts";

vi.setConfig({ testTimeout: 180_000 });

interface Place {
  readonly home: string;
  readonly cwd: string;
}

/** One prompt, and what the model answers to each request of the main agent; its subagents read a file each. */
async function say(
  place: Place,
  prompt: string,
  answers: readonly Answer[],
  args: readonly string[] = [],
): Promise<void> {
  let asked = 0;
  await runClaude({
    ...place,
    prompt,
    args: ["--allowedTools", "Bash", ...args],
    script: ({ agentId, kind, toolResults }) => {
      if (kind === "aux") return "title";
      if (agentId !== null)
        return toolResults.length > 0
          ? "It divides."
          : [ask.tool("Read", { file_path: join(place.cwd, "src/calc.js") })];
      asked += 1;
      return answers[asked - 1] ?? "Done.";
    },
  });
}

test("summaries of sessions that Claude Code writes say what a count of their lines says", async () => {
  const place = { home: temporaryFolder("home"), cwd: createDemoProject() };
  const calc = join(place.cwd, "src/calc.js");
  const read = (path: string) => ask.tool("Read", { file_path: path });
  await say(place, "Why does the test fail?", [
    ["I look at it.", read(calc), read(join(place.cwd, "missing.js"))],
    [ask.tool("Bash", { command: "exit 3" }), ask.tool("Bash", { command: "echo fine" })],
    [ask.agent("Explore", "Find who divides."), ask.agent("nobody-knows", "Find who adds.")],
    "It divides by zero. Shall I mend it?",
  ]);
  await say(
    place,
    "Yes, <b>mend</b> it.",
    [
      [ask.tool("Edit", { file_path: calc, old_string: "nowhere", new_string: "x" })],
      [ask.tool("Write", { file_path: calc, content: "x" })],
    ],
    ["--continue"],
  );
  await say(place, "Tell me the time.", [[ask.tool("Bash", { command: "date" })], ask.refuse("Nothing can be said.")]);
  await say(place, "/cost", []);
  const swept = await sweep(join(place.home, ".claude"));
  expect(swept.differences).toEqual([]);
  // Two of the calls are those of subagents: one was started, and the other is not known.
  expect(swept).toMatchObject({ turns: 3, calls: 10 });
  expect(readdirSync(join(place.home, ".claude", "projects"))).toHaveLength(1);
});

test("a summary that differs in any of them is told", () => {
  const counted: Counted = {
    id: "one",
    tools: { bash: 1 },
    subagentCalls: 0,
    subagents: [],
    failed: 0,
    goal: "mendit",
    end: "answered",
    duration: 10,
  };
  const told: Told = {
    trace_id: "one",
    goal: "Mend it!",
    duration_ms: 10,
    subagents: [],
    tool_usage: { bash: 1 },
    outcome: "success",
    completed: true,
    errors: [],
    metrics: { subagent_tool_calls: 0 },
  };
  expect(differences(counted, told)).toEqual([]);
  const wrong: readonly (readonly [string, Partial<Told>])[] = [
    ["tools", { tool_usage: { bash: 2 } }],
    ["subagent calls", { metrics: { subagent_tool_calls: null } }],
    ["subagents", { subagents: ["Explore"] }],
    ["failed calls", { errors: [{ tool: "bash", kind: "nonzero_exit", count: 1 }] }],
    ["goal", { goal: "Mend that" }],
    ["end", { completed: false, outcome: "failure" }],
    ["duration", { duration_ms: null }],
  ];
  for (const [what, change] of wrong)
    expect(differences(counted, { ...told, ...change })).toEqual([expect.stringContaining(`one: ${what}: `)]);
  expect(differences(counted, null)).toEqual(["one: no summary"]);
});
