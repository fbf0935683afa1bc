import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tellComparison } from "../../mcp-server/src/disk/comparison.ts";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { withLangfuse } from "../support/mcp/client.ts";
import { moveTrace, readFixture } from "../support/langfuse/traces.ts";
import { toPlan } from "../support/replay/plan.ts";

// Two tasks, ten tool calls each, no plan first, three patterns; and three calls without a task list.
const rich = readFixture("official-plugin-v1/rich-default");
const denied = readFixture("official-plugin-v1/denied");
const first = { ...moveTrace(rich, "first-run", 9000) };
const second = { ...moveTrace(rich, "second-run", 900) };
const short = { ...moveTrace(denied, "short-run", 600) };
const traces = [first, second, short];
const RICH = JSON.parse(
  readFileSync(new URL("../fixtures/summaries/official-plugin-v1/rich-default.json", import.meta.url), "utf8"),
);

/** Puts an accepted plan about these traces into the history, and gives its SHA-256. */
function keep(
  project: string,
  file: string,
  ids: readonly string[],
  evidence: readonly string[] = [],
  day = "05",
): string {
  mkdirSync(join(project, "docs", "audit", "summaries"), { recursive: true });
  const issues = evidence.map((name) => ({
    kind: "other" as const,
    symptom: `Shows (${name}) often`,
    root_cause: "No rule",
    recommendation: "Add one.",
    evidence: [name, "metrics.tool_calls"],
    instruction: { state: "unknown" as const },
    confidence: 0.5,
  }));
  const metrics = { plan_before_first_tool: false, tool_calls_per_task: 10, success: true };
  const rest = { goal: "Work", date: `2026-01-${day}T10:00:00.000Z`, notable_patterns: evidence };
  const audited = ids.map((trace_id) => ({ trace_id, ...rest, metrics }));
  const plan = toPlan(audited, { issues }, { goal: "", files_to_change: [], new_constraints: [], changes: [] });
  writeFileSync(join(project, "docs", "audit", file), plan);
  return createHash("sha256").update(plan).digest("hex");
}

/** Puts a summary like the recorded one on disk. */
function putSummary(
  project: string,
  trace_id: string,
  metrics: Partial<Summary["metrics"]>,
  rest: Partial<Summary> = {},
): void {
  const summary = Summary.parse({
    ...RICH,
    trace_id,
    session_id: trace_id,
    ...rest,
    metrics: { ...RICH.metrics, ...metrics },
  });
  writeFileSync(
    join(project, "docs", "audit", "summaries", `${encodeURIComponent(trace_id)}.json`),
    JSON.stringify(summary),
  );
}

function putEarlier(project: string, count: number, metrics: Partial<Summary["metrics"]>): void {
  const ids = Array.from({ length: count }, (_id, at) => `old-${at}`);
  keep(project, "2026-01-06-old.md", ids);
  for (const id of ids) putSummary(project, id, metrics);
}

function log(project: string, line: object): void {
  appendFileSync(join(project, "docs", "audit", "approvals.jsonl"), `${JSON.stringify(line)}\n`);
}

describe("write_summary", () => {
  test("compares with nothing where there is no earlier audit, or only ones that name the trace", async () => {
    await withLangfuse({ traces }, async ({ server, project }) => {
      expect((await server.write(second.id)).comparison).toBeNull();
      keep(project, "2026-01-06-second-run.md", [second.id]);
      keep(project, "2026-01-07-both-and-1-more.md", [first.id, second.id]);
      await server.write(first.id);
      expect((await server.write(second.id)).comparison).toBeNull();
    });
  });

  test("calls one run against one run inconclusive, and says how many would settle it", async () => {
    await withLangfuse({ traces }, async ({ server, project }) => {
      await server.write(first.id);
      keep(project, "2026-01-06-first-run.md", [first.id]);
      const { comparison } = await server.write(second.id);
      expect(comparison).toMatchInlineSnapshot(`
        {
          "audit": "2026-01-06-first-run.md",
          "criteria": [
            {
              "criterion": "plan_before_first_tool",
              "runs_needed": "more than 50",
              "runs_now": 1,
              "runs_then": 1,
              "value_now": 0,
              "value_then": 0,
              "verdict": "inconclusive",
            },
            {
              "criterion": "tool_calls_per_task",
              "runs_needed": "more than 50",
              "runs_now": 1,
              "runs_then": 1,
              "value_now": 10,
              "value_then": 10,
              "verdict": "inconclusive",
            },
            {
              "criterion": "success",
              "runs_needed": "more than 50",
              "runs_now": 1,
              "runs_then": 1,
              "value_now": 1,
              "value_then": 1,
              "verdict": "inconclusive",
            },
          ],
          "differs": [],
          "left_out": 0,
          "regressions": [],
          "unrecorded": [
            "CLI version",
          ],
        }
      `);
      expect(await server.write(second.id)).toMatchObject({ status: "unchanged", comparison });
    });
  });

  test("takes the newest audit that does not name the trace", async () => {
    await withLangfuse({ traces }, async ({ server, project }) => {
      await server.write(first.id);
      keep(project, "2025-12-31-older.md", ["x"]);
      keep(project, "2026-01-06-first-run.md", [first.id]);
      keep(project, "2026-01-06-first-run-2.md", [first.id]);
      keep(project, "2026-02-01-second-run.md", [second.id]);
      expect((await server.write(second.id)).comparison?.audit).toBe("2026-01-06-first-run-2.md");
      keep(project, "2026-01-06-first-run-10.md", [first.id]);
      expect((await server.write(second.id)).comparison?.audit).toBe("2026-01-06-first-run-10.md");
      // Of the same day, but about later runs.
      putSummary(project, "a-run", {});
      keep(project, "2026-01-06-a-run.md", ["a-run"], [], "06");
      expect((await server.write(second.id)).comparison?.audit).toBe("2026-01-06-a-run.md");
    });
  });

  test("comes to no verdict on one run, and counts those that record a criterion", async () => {
    await withLangfuse({ traces }, async ({ server, project }) => {
      putEarlier(project, 45, { tool_calls_per_task: 60, plan_before_first_tool: null });
      const { comparison } = await server.write(second.id);
      expect(comparison?.criteria).toMatchObject([
        { criterion: "plan_before_first_tool", verdict: "inconclusive", runs_then: 0, runs_now: 1, runs_needed: null },
        {
          criterion: "tool_calls_per_task",
          verdict: "inconclusive",
          value_then: 60,
          value_now: 10,
          runs_then: 45,
          runs_now: 1,
        },
        { criterion: "success", verdict: "inconclusive", value_then: 1, value_now: 1 },
      ]);
    });
  });

  test("does not compare a run without a task list with runs that have one", async () => {
    await withLangfuse({ traces }, async ({ server, project }) => {
      putEarlier(project, 3, {});
      expect((await server.write(short.id)).comparison).toBeNull();
      putSummary(project, "old-1", { tool_calls_per_task: 7 }, { tasks: 0 });
      expect((await server.write(short.id)).comparison).toMatchObject({
        differs: [],
        criteria: [{ runs_then: 1 }, { runs_then: 1, value_then: 7 }, { runs_then: 1 }],
      });
    });
  });

  test("names a pattern as a regression that an executed plan was to remove", async () => {
    await withLangfuse({ traces }, async ({ server, project }) => {
      await server.write(first.id);
      const evidence = ["repeated_file_reads", "tool_thrash"];
      const plan_sha256 = keep(project, "2026-01-06-first-run.md", [first.id], evidence);
      const at = "2026-01-06T12:00:00.000Z";
      const regressions = async (id = second.id) => (await server.write(id)).comparison?.regressions;
      log(project, { event: "approved", at, plan_sha256, changed: [] });
      expect(await regressions(), "approved only").toEqual([]);
      log(project, { event: "executed", at, plan_sha256, changed: [] });
      expect(await regressions(), "executed without a change").toEqual([]);
      log(project, { event: "executed", at: "2999-01-01T00:00:00.000Z", plan_sha256: "f".repeat(64) });
      expect(await regressions(), "another plan").toEqual([]);
      log(project, { event: "executed", at, plan_sha256, changed: [{ file: "CLAUDE.md" }] });
      const expected = [{ pattern: "repeated_file_reads", plan: "2026-01-06-first-run.md", date: "2026-01-06" }];
      expect(await regressions()).toEqual(expected);
      // Of another kind, so that no criterion is compared; and without that pattern.
      expect((await server.write(short.id)).comparison).toBeNull();
      keep(project, "2026-03-01-other.md", ["elsewhere"]);
      expect(await server.write(second.id)).toMatchObject({
        comparison: { audit: "2026-01-06-first-run.md", regressions: expected },
      });
      expect(await regressions(first.id), "the run that the plan was made of").toBeUndefined();
    });
  });

  test("blames no run for a plan that was executed after it", async () => {
    await withLangfuse({ traces }, async ({ server, project }) => {
      await server.write(first.id);
      const plan_sha256 = keep(project, "2026-01-06-first-run.md", [first.id], ["repeated_file_reads"]);
      log(project, { event: "executed", at: "2999-01-01T00:00:00.000Z", plan_sha256, changed: [{}] });
      expect((await server.write(second.id)).comparison?.regressions).toEqual([]);
    });
  });

  test("stays small with the longest names", async () => {
    await withLangfuse({ traces }, async ({ server, project }) => {
      putEarlier(project, 50, { tool_calls_per_task: 123456.78 });
      for (const at of [0, 1, 2]) {
        const plan_sha256 = keep(
          project,
          `2026-01-0${at + 1}-${"x".repeat(12)}-and-49-more-9999.md`,
          ["x"],
          ["repeated_file_reads"],
        );
        log(project, { event: "executed", at: "2026-01-05T00:00:00.000Z", plan_sha256, changed: [{}] });
      }
      const { comparison } = await server.write(second.id);
      expect(comparison?.regressions).toHaveLength(1);
      expect(JSON.stringify(comparison).length).toBeLessThan(1100);
    });
  });

  test("still writes the summary when the history is damaged, and leaves the damage out", async () => {
    await withLangfuse({ traces }, async ({ server, project }) => {
      await server.write(first.id);
      keep(project, "2026-01-06-first-run.md", [first.id, "gone", "broken", "swapped", "linked"]);
      const folder = join(project, "docs", "audit");
      for (const json of ["{", "null", "[]", '{"trace_id":"broken"}'])
        writeFileSync(join(folder, "summaries", "broken.json"), json);
      putSummary(project, "swapped", {});
      writeFileSync(join(folder, "summaries", "swapped.json"), JSON.stringify({ ...RICH, trace_id: "not-swapped" }));
      symlinkSync(join(folder, "summaries", "first-run.json"), join(folder, "summaries", "linked.json"));
      symlinkSync(join(folder, "2026-01-06-first-run.md"), join(folder, "2026-05-05-link.md"));
      mkdirSync(join(folder, "2026-06-06-folder.md"));
      writeFileSync(join(folder, "approvals.jsonl"), '\u0000\n{"event":"executed"}\n[1]\n{"event');
      const { status, comparison } = await server.write(second.id);
      expect(status).toBe("created");
      expect(comparison).toMatchObject({
        audit: "2026-01-06-first-run.md",
        criteria: [{ runs_then: 1 }, {}, {}],
        regressions: [],
      });
    });
  });
});

describe("the plan's section", () => {
  test("compares all runs of the audit with all of the audit before", async () => {
    const project = temporaryFolder("project");
    putEarlier(project, 5, { plan_before_first_tool: false, tool_calls_per_task: 12 });
    const earlier = ["old-0", "old-1", "old-2", "old-3", "old-4"];
    const plan_sha256 = keep(project, "2026-01-06-old.md", earlier, ["tool_thrash"]);
    log(project, { event: "executed", at: "2026-01-05T12:00:00.000Z", plan_sha256, changed: [{}] });
    const ids = ["new-1", "new-2", "new-3", "new-4", "new-5"];
    for (const id of ids)
      putSummary(
        project,
        id,
        { plan_before_first_tool: true },
        { notable_patterns: id === "new-2" ? [] : ["tool_thrash"] },
      );
    const { lines = [], words } = tellComparison(project, ids, process.env) ?? {};
    expect(words).toBe(
      "Compared with the audit of 2026-01-06, whose plan was executed on 2026-01-05: 1 met, 1 fewer calls, success unknown, 1 inconclusive; back: tool_thrash.",
    );
    for (const id of ids) putSummary(project, `${id}-b`, {}, { agent: { cli: "2.1.332", models: ["claude-other"] } });
    expect(
      tellComparison(
        project,
        ids.map((id) => `${id}-b`),
        process.env,
      )?.lines,
    ).toContain(
      "Confounded: model claude-opus-5-5 then, claude-other now. What changed may come from that as well as from a prompt.",
    );
    expect(lines.join("\n")).toMatchInlineSnapshot(`
      "Compared with the audit of 2026-01-06 (2026-01-06-old.md), whose plan was executed on 2026-01-05.
      Not recorded in every run, so it may differ: CLI version.
      - Plan before the first tool call: then in 0 of 5 runs, now in 5 of 5 runs: met.
      - Fewer tool calls per task: then 12 (median of 5 runs), now 10 (median of 5 runs): fewer calls, success unknown.
      - Success not worse by 10 points: then in 5 of 5 runs, now in 5 of 5 runs: inconclusive; more than 50 runs a side whose outcome a score or a check tells, with those that failed, would settle it.
      - Regression: tool_thrash shows in 4 runs, although the plan of 2026-01-06 (2026-01-06-old.md) was executed to remove it."
    `);
  });

  test("is left out where there is no earlier audit", async () => {
    expect(tellComparison(temporaryFolder("project"), ["new"], process.env)).toBeNull();
  });

  test("compares the audited session with the one whose plan was executed, and those of other audits on their side of it", () => {
    const project = temporaryFolder("project");
    const audit = (name: string, day: string, isPlanned: boolean): string => {
      const id = `session:${name}`;
      const sha256 = keep(project, `2026-01-${day}-${name}.md`, [id], [], day);
      putSummary(project, id, { plan_before_first_tool: isPlanned }, { started_at: `2026-01-${day}T10:00:00.000Z` });
      return sha256;
    };
    const tell = (name: string) => tellComparison(project, [`session:${name}`], process.env);
    const before = ["a1", "a2", "a3", "a4", "a5"].map((name, at) => audit(name, `0${at + 1}`, false));
    const plan_sha256 = before[4];
    // A turn of the same days, and a plan about it, is another thing.
    const turn = keep(project, "2026-01-09-turn.md", ["turn"], [], "09");
    putSummary(project, "turn", { plan_before_first_tool: true });
    log(project, { event: "executed", at: "2026-01-09T12:00:00.000Z", plan_sha256: turn, changed: [{}] });
    audit("b1", "11", true);
    expect(tell("b1")?.words).toContain("Compared with the audit of 2026-01-05, and no plan was executed in between: ");
    log(project, { event: "executed", at: "2026-01-06T00:00:00.000Z", plan_sha256, changed: [{}] });
    expect(tell("b1")?.lines).toEqual(
      expect.arrayContaining([
        "Compared with the audit of 2026-01-05 (2026-01-05-a5.md), whose plan was executed on 2026-01-06.",
        "- Plan before the first tool call: then in 0 of 5 runs, now in 1 of 1 run: 1 of 5 sessions that a verdict needs.",
      ]),
    );
    expect(tell("b1")?.words).toContain("with too few sessions (1 of 5)");
    for (const [at, name] of ["b2", "b3", "b4", "b5"].entries()) audit(name, `1${at + 2}`, true);
    expect(tell("b5")?.lines).toContain(
      "- Plan before the first tool call: then in 0 of 5 runs, now in 5 of 5 runs: met.",
    );
    // The session before the execution says nothing of it.
    expect(tell("a1")?.words).toContain("no plan was executed in between");
    log(project, { event: "undone", at: "2026-01-20T00:00:00.000Z", plan_sha256, changed: [] });
    expect(tell("b5")?.lines[0]).toBe(
      "Compared with the audit of 2026-01-14 (2026-01-14-b4.md), and no plan was executed in between.",
    );
  });
});
