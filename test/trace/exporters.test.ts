import { describe, expect, test } from "vitest";
import { coverageLetters } from "../support/exporters/compatibility.ts";
import { factsOf } from "../support/exporters/facts.ts";
import { constructTraces } from "../support/exporters/construct.ts";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import type { Audited } from "../support/trace/audited.ts";
import {
  createRandom,
  paginate,
  readConstructedTraces,
  shuffle,
  summarizeBody,
  summarizeRows,
  summarizeTrace,
} from "../support/trace/traces.ts";
import { toV2Rows } from "../support/langfuse/v2-rows.ts";
import type { LegacyTrace } from "../support/langfuse/store.ts";
import {
  answeredAs,
  arizeTurn,
  delegated,
  exportedTooEarly,
  failedByName,
  nestedSubagents,
  oneRequest,
  plannedInText,
  proxiedByAlias,
  remindedFirst,
  seenByHooksOnly,
  writtenByClaudeCode,
} from "../support/exporters/odd.ts";
import { madeUpTrace, ragTrace, toolTrace } from "../support/exporters/unknown.ts";

const traces = readConstructedTraces();
const wholly = (audited: Audited): string => formatJson(audited);

/** Whose code wrote a transcript's spans here, which the constructed traces were compared with (test/fixtures/README.md). */
const wasRun: ReadonlySet<string> = new Set(["official-plugin-v2", "pdhoolia-plugin"]);

/** Sent over the old ingestion route, whose traces come with a synthetic root on every server that has the new API. */
const ingested: ReadonlySet<string> = new Set(["pdhoolia-plugin", "pace-maker", "litellm-proxy"]);

describe.each(traces)("$name", ({ exporter, scenario, trace }) => {
  const audited = summarizeTrace(trace);
  const { summary, isHuman } = audited;
  const facts = factsOf(exporter, scenario);

  test("tells what was asked, by whom, in which session", () => {
    expect({ goal: summary.goal, isHuman }).toEqual({ goal: facts.goal, isHuman: facts.isHuman });
    expect(summary.session_id).toBe(facts.session);
  });

  test("counts each call once, and names subagents and tasks", () => {
    expect(summary.tool_usage).toEqual(facts.tools);
    expect(summary.subagents).toEqual(facts.subagents);
    expect(summary.metrics.subagent_tool_calls).toBe(facts.subagentCalls);
    expect(summary.tasks).toBe(facts.tasks);
  });

  test("says how the run ended and how long it took", () => {
    expect({ outcome: summary.outcome, completed: summary.completed, duration: summary.duration_ms }).toEqual({
      outcome: facts.outcome,
      completed: facts.completed,
      duration: facts.duration?.[0] ?? null,
    });
  });

  test("lists the failures and the patterns that are there, and none that are not", () => {
    const errors = summary.errors.map(({ tool, kind, count }) => [`${tool ?? "-"} ${kind}`, count]);
    expect(Object.fromEntries(errors)).toEqual(facts.errors);
    expect(summary.notable_patterns).toEqual(facts.must);
  });

  test("grades what the exporter supports", () => {
    expect(coverageLetters(summary.coverage)).toBe(facts.coverage);
    const codes = summary.warnings.map(({ code }) => code);
    expect(codes).not.toContain("unknown_exporter");
    expect(codes.includes("exporter_known_from_source")).toBe(!wasRun.has(exporter));
  });

  test.each([1, 2, 3])("has the same bytes in another order, delivered twice, seed %i", (seed) => {
    const shuffled = shuffle(trace.observations, createRandom(seed));
    expect(wholly(summarizeBody(trace, shuffled))).toBe(wholly(audited));
    expect(wholly(summarizeBody(trace, [...shuffled, ...trace.observations]))).toBe(wholly(audited));
  });

  const quirks = [
    { hasSyntheticRoot: true, hasNoRootMark: false },
    ...(ingested.has(exporter) ? [] : [{ hasSyntheticRoot: false, hasNoRootMark: false }]),
    ...(ingested.has(exporter) ? [] : [{ hasSyntheticRoot: false, hasNoRootMark: true }]),
  ];
  test.each(quirks)("has the same bytes in the other API's spelling, in pages of any length: %o", (quirk) => {
    const rows = toV2Rows(trace, { projectId: "project", ...quirk });
    const random = createRandom(rows.length);
    expect(wholly(summarizeRows(trace.id, paginate(shuffle(rows, random), random)))).toBe(wholly(audited));
  });
});

test("the constructed fixtures are what the script constructs", () => {
  const written = new Map(traces.map(({ name, trace }) => [name, trace]));
  const constructed = constructTraces();
  expect([...written.keys()].toSorted()).toEqual(constructed.map(({ name }) => name).toSorted());
  for (const { name, trace } of constructed) expect(written.get(name), name).toEqual(JSON.parse(JSON.stringify(trace)));
});

describe("names of tools", () => {
  test.each([
    ["TOOL", "Tool: Read", "read", null],
    ["SPAN", "Tool: Read", "read", null],
    ["SPAN", "Tool - Read", "read", null],
    ["TOOL", "Tool: Agent (Explore)", "agent", "Explore"],
    ["TOOL", "Hook Tool [3]: Bash", "bash", null],
    ["SPAN", "tool_Read", "read", null],
    ["SPAN", "tool:Read", "read", null],
    ["TOOL", "Read", "read", null],
    ["TOOL", "Task", "agent", "unnamed"],
    ["TOOL", "lookup_issue", "lookup_issue", null],
    ["TOOL", "mcp__Jira__lookup_issue", "mcp__Jira__lookup_issue", null],
  ])("%s %s is %s", (type, name, tool, subagent) => {
    const { summary } = summarizeTrace(toolTrace(type, name));
    expect(summary.tool_usage).toEqual({ [tool]: 1 });
    expect(summary.subagents).toEqual(subagent === null ? [] : [subagent]);
  });
});

describe("what only one exporter does", () => {
  test("a turn that was exported too early is not completed, whatever it said so far", () => {
    expect(summarizeTrace(exportedTooEarly).summary.completed).toBe(false);
  });

  test("a call that only hooks saw counts once, with what it was about, and not where they do not know the tool", () => {
    const { summary } = summarizeTrace(seenByHooksOnly("Read"));
    expect(summary.tool_usage).toEqual({ read: 1 });
    expect(summary.coverage.targets).toBe("recorded");
    expect(summarizeTrace(seenByHooksOnly("unknown")).summary.tool_usage).toEqual({});
  });

  const blocks = [{ type: "text", text: "Fixed." }];
  const asking = [{ type: "tool_use", id: "a", name: "Read", input: {} }];
  const history = [
    { role: "user", content: "Fix it" },
    { role: "assistant", content: asking },
  ];
  test.each([
    ["a message of blocks", { content: blocks, role: "assistant" }, true],
    ["a conversation", { messages: [...history, { role: "assistant", content: blocks }] }, true],
    ["a list of messages", [...history, { role: "assistant", content: "Fixed." }], true],
    ["a conversation inside an output", { output: { messages: [{ role: "assistant", content: blocks }] } }, true],
    ["the same as text", JSON.stringify({ messages: [{ role: "assistant", content: blocks }] }), true],
    ["a conversation that ends in a call", { messages: history }, false],
    ["a conversation that ends in a result", { messages: [...history, { role: "tool", content: "1" }] }, false],
    ["nothing", null, false],
  ])("an answer is found as %s", (_form, output, completed) => {
    expect(summarizeTrace(answeredAs(output)).summary.completed).toBe(completed);
  });

  test.each([
    ["No response requested.", "success"],
    ["Prompt is too long", "failure"],
  ])("%j in the model's name is a %s", (content, outcome) => {
    const { summary } = summarizeTrace(writtenByClaudeCode(content));
    expect({ outcome: summary.outcome, failures: summary.errors.length }).toEqual({
      outcome,
      failures: outcome === "failure" ? 1 : 0,
    });
  });

  test("a proxied request that is named by its key is one", () => {
    const { summary } = summarizeTrace(proxiedByAlias);
    expect(summary.tool_usage).toEqual({ read: 1 });
    expect(summary.warnings.map(({ code }) => code)).toContain("trace_is_one_request");
  });

  test("a turn of one request is known by that it is alone", () => {
    const { summary } = summarizeTrace(oneRequest);
    expect({ goal: summary.goal, completed: summary.completed }).toEqual({ goal: "Fix it", completed: true });
    expect(summary.warnings.map(({ code }) => code)).toEqual(["project_not_recorded"]);
  });

  test.each([true, false])("an Agent call counts once, with a row of its own or without: %s", (hasOwnRow) => {
    const { summary } = summarizeTrace(delegated(hasOwnRow));
    expect(summary.tool_usage).toEqual({ agent: 1, read: 1 });
    expect(summary.subagents).toEqual(["Explore"]);
    expect(summary.metrics.subagent_tool_calls).toBe(1);
    expect(summary.completed).toBe(true);
  });

  test("a subagent's subagent is one more, and the project's name says where the run took place", () => {
    const { summary } = summarizeTrace(nestedSubagents);
    expect(summary.tool_usage).toEqual({ agent: 2, read: 1 });
    expect(summary.subagents).toEqual(["Explore", "general-purpose"]);
    expect(summary.metrics.subagent_tool_calls).toBe(2);
    expect(summary.warnings).toEqual([]);
  });

  test.each([
    ["(Turn closed by fail-safe: Stop hook did not fire)", false],
    ["(No response)", false],
    ["(Stop failed: rate_limit)", false],
    ["Fixed.", true],
  ])("%j at the end of a turn of Arize's: an answer is %s", (output, completed) => {
    expect(summarizeTrace(arizeTurn("Fix it", output)).summary.completed).toBe(completed);
  });

  test("a hidden prompt is no goal, and the setting that shows it is named", () => {
    const { summary, isHuman } = summarizeTrace(arizeTurn("<redacted (6 chars)>", "Fixed."));
    expect({ goal: summary.goal, isHuman, grade: summary.coverage.goal }).toEqual({
      goal: null,
      isHuman: true,
      grade: "not_recorded",
    });
    expect(summary.warnings.map(({ code }) => code)).toContain("goal_redacted_set_ARIZE_LOG_PROMPTS=true");
  });

  test("a turn that is failed by its name alone is a failure", () => {
    const { summary } = summarizeTrace(failedByName);
    expect({ outcome: summary.outcome, completed: summary.completed }).toEqual({
      outcome: "failure",
      completed: false,
    });
  });

  test("a plan in an answer's `text` comes before the first tool", () => {
    expect(summarizeTrace(plannedInText).summary.metrics.plan_before_first_tool).toBe(true);
  });

  test("the goal is what a human wrote, not a reminder in front of it", () => {
    expect(summarizeTrace(remindedFirst).summary.goal).toBe("Fix it");
  });
});

describe("an exporter that nobody described", () => {
  const summaries = (trace: LegacyTrace): readonly Audited[] => [
    summarizeTrace(trace),
    summarizeRows(trace.id, [toV2Rows(trace, { projectId: "p", hasSyntheticRoot: false, hasNoRootMark: false })]),
    summarizeRows(trace.id, [toV2Rows(trace, { projectId: "p", hasSyntheticRoot: true, hasNoRootMark: false })]),
  ];

  test("is told as far as its rows go, and never taken for complete", () => {
    for (const { summary } of summaries(madeUpTrace)) {
      expect(Summary.parse(summary)).toEqual(summary);
      expect(summary.goal).toBe("Rename the module");
      expect(summary.tool_usage).toEqual({ "zap.read": 2 });
      expect(summary.warnings).toContainEqual({ code: "unknown_exporter", count: 1 });
      expect(coverageLetters(summary.coverage)).toMatch(/^RRR.[IP-]PP$/u);
      expect(summary.notable_patterns).toEqual([]);
    }
  });

  test("of another application gives a summary without a finding", () => {
    for (const { summary } of summaries(ragTrace)) {
      expect(Summary.parse(summary)).toEqual(summary);
      expect(summary.tool_usage).toEqual({});
      expect(summary.subagents).toEqual([]);
      expect(summary.notable_patterns).toEqual([]);
      expect(summary.warnings).toContainEqual({ code: "unknown_exporter", count: 1 });
    }
  });
});
