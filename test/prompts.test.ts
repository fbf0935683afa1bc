import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "./support/files/temporary.ts";
import { fencedBlocks, readPrompts } from "./support/docs/prompts.ts";
import { PLOP_STEPS } from "../mcp-server/src/audit/plop/steps.ts";
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
// As hooks.json has them; `args` says to the handler which command it stands for.
const Hooks = z.array(
  z.strictObject({
    matcher: z.string().optional(),
    hooks: z.array(
      z.strictObject({
        type: z.literal("command"),
        command: z.literal("node"),
        args: z.tuple([z.literal("${CLAUDE_PLUGIN_ROOT}/hooks/dist/main.mjs"), z.enum(["audit", "plop"])]),
        timeout: z.int().max(10),
        onFailure: z.literal("block").optional(),
      }),
    ),
  }),
);
const CommandFrontmatter = z.strictObject({
  name: z.string(),
  description: oneLine(120),
  // What has to be typed behind it; a plan is handed over by its command alone.
  "argument-hint": z.string().optional(),
  "allowed-tools": tools.default([]),
  "disable-model-invocation": z.literal(true).optional(),
  hooks: z.partialRecord(z.enum(["PreToolUse", "PostToolUse", "Stop"]), Hooks),
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
    expect(words).toBeLessThanOrEqual(name === "prompt-engineer" ? 1850 : 700);
    expect(lines).toBeLessThanOrEqual(105);
  });
});

describe.each(commands)("the command $name", ({ name, frontmatter, body, words }) => {
  const parsed = CommandFrontmatter.parse(frontmatter);
  const mentioned = [...body.matchAll(/mcp__[\w-]+/gu)].map(([tool]) => tool);
  test("has each tool of the main agent judged, and a guard that gives no answer refuses", () => {
    const judged = parsed.hooks.PreToolUse?.map(({ matcher, hooks }) => [
      matcher,
      hooks.map(({ onFailure }) => onFailure),
    ]);
    expect(judged).toEqual([[undefined, ["block"]]]);
    const scopes = Object.values(parsed.hooks).flatMap((groups) =>
      groups.flatMap(({ hooks }) => hooks.map(({ args }) => args[1])),
    );
    expect(new Set(scopes)).toEqual(new Set([name]));
  });
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
    expect(words).toBeGreaterThanOrEqual(100);
    expect(words).toBeLessThanOrEqual(200);
  });
});

test("only a human can start plop", () => {
  const humanOnly = commands.filter(({ frontmatter }) => frontmatter["disable-model-invocation"] === true);
  expect(humanOnly.map(({ name }) => name)).toEqual(["plop"]);
});

test("audit may call the server's two tools and writes nothing", () => {
  const audit = commands.find(({ name }) => name === "audit");
  const { "allowed-tools": allowed } = CommandFrontmatter.parse(audit?.frontmatter);
  expect(allowed).toEqual([`${MCP_PREFIX}fetch_trace`, `${MCP_PREFIX}write_summary`]);
});

test("without the notes of the hooks the command audit names no tool, agent or file to go on with", () => {
  const body = commands.find(({ name }) => name === "audit")?.body ?? "";
  expect(body).toContain("trace-audit's hooks did not run");
  expect(body).not.toMatch(/fetch_trace|write_summary|prompt-engineer|refactoring-specialist|docs\/audit/u);
});

test("without the note of the hook the command plop names no tool and no step, and the note has the guardrails", () => {
  const body = commands.find(({ name }) => name === "plop")?.body ?? "";
  expect(body).toContain("trace-audit's hooks did not run");
  expect(body).not.toMatch(/Edit|Write|^\d\. |Guardrails/mu);
  expect(PLOP_STEPS).toContain(GUARDRAILS);
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
