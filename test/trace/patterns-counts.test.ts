import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PATTERNS } from "../../mcp-server/src/trace/patterns/all.ts";
import { cases } from "../support/trace/cases.ts";
import { generationRow, rootRow, summarizeBuilt, toolRow } from "../support/trace/rows.ts";
import {
  agent,
  agentRows,
  bash,
  edit,
  failed,
  grep,
  read,
  summaryOf,
  times,
  type Run,
  type Step,
  type Steps,
} from "../support/trace/steps.ts";
import type { JsonObject } from "../support/langfuse/store.ts";

const tests = "npm test";
const reads = (count: number): Step[] => times(count, (at) => read(`${at}.ts`));

const threeAgents = (calls: number): readonly [Steps, Run] => [
  times(3, (at) => agent(`look ${at}`)),
  {
    also: [1, 2, 3].flatMap((at) =>
      agentRows(
        `sub-${at}`,
        at,
        times(calls, (file) => read(`${at}-${file}.ts`)),
      ),
    ),
  },
];

cases("over_delegation", [
  ["is low when three subagents make two calls each", threeAgents(2)[0], "low", threeAgents(2)[1]],
  ["is quiet when they make three", threeAgents(3)[0], null, threeAgents(3)[1]],
  [
    "is quiet about two subagents",
    [agent("1"), agent("2")],
    null,
    { also: [...agentRows("s1", 1, [read("a.ts")]), ...agentRows("s2", 2, [read("b.ts")])] },
  ],
]);

const shared = (count: number): readonly [Steps, Run] => [
  [agent("look"), ...reads(count)],
  { also: agentRows("sub", 1, reads(count)) },
];

cases("redundant_subagent_reads", [
  ["is quiet about two files", shared(2)[0], null, shared(2)[1]],
  ["is low at three files", shared(3)[0], "low", shared(3)[1]],
  [
    "is quiet when the main agent read them first",
    [...reads(3), agent("look")],
    null,
    { also: agentRows("sub", 4, reads(3)) },
  ],
  [
    "is quiet about files that were changed in between",
    [agent("look"), ...times(3, (at) => edit(`${at}.ts`)), ...reads(3)],
    null,
    { also: agentRows("sub", 1, reads(3)) },
  ],
]);

const unknownTool = (at: number): Step => ({
  tool: `Nope${at}`,
  output: `<tool_use_error>Error: No such tool available: Nope${at}`,
});

cases("invalid_tool_calls", [
  ["is quiet about one", [unknownTool(1)], null],
  ["is low at two", times(2, unknownTool), "low"],
]);

const compaction = (at: number): JsonObject => ({
  ...generationRow({ at, id: `c${at}` }),
  type: "EVENT",
  name: "compact",
});

cases("context_thrash", [
  ["is quiet about one compaction", reads(5), null, { also: [compaction(2)] }],
  ["is low at two", reads(5), "low", { also: [compaction(2), compaction(3)] }],
]);

const failedRequest = (at: number): JsonObject => ({
  ...generationRow({ at, id: `g${at}`, level: "ERROR" }),
  statusMessage: "529",
});

cases("api_error_retries", [
  ["is quiet about one failed request", reads(3), null, { also: [failedRequest(1.1)] }],
  ["is low at two", reads(3), "low", { also: [failedRequest(1.1), failedRequest(2.1)] }],
]);

describe("permission_wait", () => {
  const waited = (seconds: number, total: number) =>
    summarizeBuilt([
      { ...rootRow({ steps: total }), name: "claude_code.interaction", type: "AGENT" },
      { ...toolRow({ tool: "Bash", at: 1, takes: seconds, id: "call" }), name: "Bash" },
      {
        ...toolRow({ tool: "x", at: 1, takes: seconds, id: "wait", parent: "call" }),
        type: "SPAN",
        name: "claude_code.tool.blocked_on_user",
        metadata: { "span.type": "tool.blocked_on_user", decision: "accept" },
      },
    ]).summary.notable_patterns.includes("permission_wait");

  test("fires past a minute and 30 % of the turn", () => {
    expect(waited(61, 200)).toBe(true);
    expect(waited(60, 61)).toBe(false);
    expect(waited(61, 204)).toBe(false);
  });
});

const CHECKED = /(?:cases|describe)\("([a-z_]+)"/gu;

describe("every pattern", () => {
  test("has its threshold checked here or in the file beside", () => {
    const sources = ["patterns-order", "patterns-more", "patterns-counts", "session"].map((name) =>
      readFileSync(new URL(`${name}.test.ts`, import.meta.url), "utf8"),
    );
    const checked = new Set(sources.flatMap((source) => [...source.matchAll(CHECKED)].map((match) => match[1])));
    expect(PATTERNS.map(({ id }) => id).filter((id) => !checked.has(id))).toEqual([]);
  });

  test("is quiet about a plain run", () => {
    const { notable_patterns } = summaryOf([
      read("a.ts"),
      grep("x"),
      edit("a.ts"),
      failed(tests),
      edit("a.ts", "c", "d"),
      bash(tests),
    ]);
    expect(notable_patterns).toEqual([]);
  });

  test("comes by severity, then by name", () => {
    const { patterns } = summaryOf([read("a.ts"), read("a.ts"), edit("1.ts"), ...times(5, () => failed(tests))]);
    expect(patterns.map(({ id, severity }) => [id, severity])).toEqual([
      ["tool_thrash", "high"],
      ["repeated_file_reads", "low"],
    ]);
  });
});
