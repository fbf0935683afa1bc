import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "./support/files/temporary.ts";
import { fencedBlocks, readPrompts } from "./support/docs/prompts.ts";
import { checkDiagnosis } from "../mcp-server/src/audit/answers/prompt-engineer.ts";
import { checkTranslation } from "../mcp-server/src/audit/answers/refactoring-specialist.ts";
import { type Server, startServer } from "./support/mcp/client.ts";

const agents = readPrompts("agents");
const commands = readPrompts("commands");
const MCP_PREFIX = "mcp__plugin_trace-audit_langfuse__";
const GUARDRAILS = `Guardrails:
- No runtime code changes; prompt/config files only.
- No package upgrades or installs.
- No infra changes, secrets, or environment edits.
- Stop and ask if scope is unclear.`;
const CRITERIA = [
  "≥1 post-change run shows a PLAN section emitted before first tool call.",
  "Tool calls per task decrease versus the audited trace.",
  "Task success rate does not drop (binary success flag unchanged or improved).",
];
const SLOTS = ["PLAN_BEFORE_FIRST_TOOL", "TOOL_CALLS_PER_TASK", "SUCCESS"];
const agentNames = agents.map(({ name }) => name);

let server: Server;
beforeAll(async () => {
  server = await startServer({ env: {}, cwd: temporaryFolder("project") });
});
afterAll(() => server.close());

const oneLine = (max: number) => z.string().min(1).max(max).regex(/^.*$/u);
const toList = (value: string | readonly string[]): readonly string[] =>
  (typeof value === "string" ? value.split(",") : value).map((item) => item.trim());
const tools = z.union([z.string(), z.array(z.string())]).transform(toList);

// Claude Code ignores `hooks`, `mcpServers` and `permissionMode` of a plugin's agents; a strict schema refuses them.
const AgentFrontmatter = z.strictObject({
  name: z.string().regex(/^[a-z][a-z-]*$/u),
  description: oneLine(250).startsWith("Use when"),
  // Without this line an agent has nearly every tool.
  tools,
  model: z.literal("inherit"),
  maxTurns: z.int().min(1),
  omitClaudeMd: z.literal(true),
  color: z.string(),
});
const CommandFrontmatter = z.strictObject({
  name: z.string(),
  description: oneLine(120),
  // What has to be typed behind it; a plan is handed over by its command alone.
  "argument-hint": z.string().optional(),
  "allowed-tools": tools.default([]),
  "disable-model-invocation": z.literal(true).optional(),
});

test("the plugin has these agents and commands", () => {
  expect(agentNames).toEqual(["prompt-engineer", "refactoring-specialist"]);
  expect(commands.map(({ name }) => name)).toEqual(["audit", "plop"]);
});

describe.each(agents)("the agent $name", ({ name, frontmatter, words, lines }) => {
  const parsed = AgentFrontmatter.parse(frontmatter);
  test("is named as its file", () => expect(parsed.name).toBe(name));
  test("can only read", () => {
    const readOnly = ["Read", "Glob", "Grep"];
    expect(parsed.tools.filter((tool) => !readOnly.includes(tool))).toEqual([]);
  });
  test("is as long as an agent should be", () => {
    expect(words).toBeGreaterThanOrEqual(300);
    // One reads a table of turns, and what its words mean is most of what it is told.
    expect(words).toBeLessThanOrEqual(name === "prompt-engineer" ? 1600 : 700);
    expect(lines).toBeLessThanOrEqual(90);
  });
});

describe.each(commands)("the command $name", ({ name, frontmatter, body, words }) => {
  const parsed = CommandFrontmatter.parse(frontmatter);
  const mentioned = [...body.matchAll(/mcp__[\w-]+/gu)].map(([tool]) => tool);
  test("answers to its bare name", () => expect(parsed.name).toBe(name));
  test("takes its arguments as they were typed", () => expect(body).toContain("$ARGUMENTS"));
  test("names MCP tools that the running server has", async () => {
    const known = (await server.listTools()).map((tool) => MCP_PREFIX + tool.name);
    const allowed = parsed["allowed-tools"].filter((tool) => tool.startsWith("mcp__"));
    expect([...mentioned, ...allowed].filter((tool) => !known.includes(tool))).toEqual([]);
  });
  test("may use the MCP tools that it names", () => {
    expect(mentioned.filter((tool) => !parsed["allowed-tools"].includes(tool))).toEqual([]);
  });
  test("names agents by the plugin's prefix, and only such that exist", () => {
    const prefixed = [...body.matchAll(/trace-audit:([\w-]+)/gu)].map(([, agent]) => agent);
    expect(prefixed.filter((agent) => ![...agentNames, "audit", "plop"].includes(agent ?? ""))).toEqual([]);
    for (const agent of agentNames) expect(body).not.toMatch(new RegExp(`(?<!trace-audit:)\\b${agent}\\b`, "u"));
  });
  test("is as long as a command should be", () => {
    // The skeleton of the plan is no prose.
    const skeleton = fencedBlocks(body).join("\n").split(/\s+/u).filter(Boolean).length;
    expect(words - skeleton).toBeGreaterThanOrEqual(150);
    expect(words - skeleton).toBeLessThanOrEqual(400);
  });
});

test("only a human can start plop", () => {
  const humanOnly = commands.filter(({ frontmatter }) => frontmatter["disable-model-invocation"] === true);
  expect(humanOnly.map(({ name }) => name)).toEqual(["plop"]);
});

test("audit may write the plan and nothing else", () => {
  const audit = commands.find(({ name }) => name === "audit");
  const { "allowed-tools": allowed } = CommandFrontmatter.parse(audit?.frontmatter);
  const { length } = MCP_PREFIX;
  expect(allowed.map((tool) => (tool.startsWith(MCP_PREFIX) ? tool.slice(length) : tool))).toEqual([
    "fetch_trace",
    "write_summary",
    "Edit(/docs/audit/IMPLEMENTATION_PLAN.md)",
  ]);
});

test("the agents' example answers pass the check that the hooks make, and fit together", () => {
  const exampleOf = (name: string): string => {
    const examples = fencedBlocks(agents.find((agent) => agent.name === name)?.body ?? "", "json");
    expect(examples).toHaveLength(1);
    return examples[0] ?? "";
  };
  const diagnosis = checkDiagnosis(exampleOf("prompt-engineer"), null, null);
  expect(diagnosis.problems).toEqual([]);
  const translation = checkTranslation(
    exampleOf("refactoring-specialist"),
    diagnosis.value ?? { issues: [] },
    () => null,
    null,
  );
  expect(translation.problems).toEqual([]);
});

describe("the plan's skeleton in the command audit", () => {
  const [skeleton = ""] = fencedBlocks(commands.find(({ name }) => name === "audit")?.body ?? "");

  test("has the headings of a plan, in order", () => {
    expect(skeleton.match(/^##? .*$/gmu)).toEqual([
      "# Audit Implementation Plan",
      "## Source Trace",
      "## Observed Issues",
      "## Root Causes (Prompt-Level)",
      "## Proposed Changes",
      "## Files to Modify",
      "## Claude Code Execution Prompt",
    ]);
  });

  test("holds the guardrails, word for word, before the block", () => {
    const [guardrails, block] = skeleton.split("\n/plop\n");
    expect(guardrails?.trimEnd().endsWith(GUARDRAILS)).toBe(true);
    expect(block).toMatch(/^\nGoal: .+\n\nSteps:\n1\. /u);
  });

  test("ends its steps with the one that is always last", () => {
    const steps = /^Steps:\n((?:\d+\. .*\n)+)/mu.exec(skeleton)?.[1]?.trimEnd().split("\n") ?? [];
    expect(steps.at(-1)).toMatch(/^\d+\. Do NOT modify runtime code — prompt changes only\.$/u);
  });

  test("holds the measurable criteria, word for word, each with its audited number", () => {
    const criteria = skeleton.slice(skeleton.indexOf("Acceptance Criteria (measurable):")).trimEnd().split("\n");
    expect(criteria).toEqual([
      "Acceptance Criteria (measurable):",
      ...CRITERIA.map((criterion, at) => `- ${criterion} Audited: ${SLOTS[at]}.`),
    ]);
  });

  test("has the same guardrails as the command plop", () => {
    expect(commands.find(({ name }) => name === "plop")?.body).toContain(GUARDRAILS);
  });
});
