import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { emptyPlanOf, ENGINEER, startAudit, type SummaryFile } from "../support/hook/audited.ts";
import { summaryOf } from "../support/trace/steps.ts";
import { readRecordedTraces, summarizeTrace } from "../support/trace/traces.ts";
import { DRAWN, phase, pictureIn, written } from "../support/hook/drawn.ts";
import { openHookSession } from "../support/hook/session.ts";

const Summarized = z.looseObject({
  trace_id: z.string(),
  goal: z.string().nullable(),
  started_at: z.string().nullable(),
  outcome: z.string(),
  notable_patterns: z.array(z.string()),
  phases: z.array(z.looseObject({})),
  metrics: z.looseObject({
    tool_calls: z.number(),
    tool_calls_per_task: z.number().nullable(),
    plan_before_first_tool: z.boolean().nullable(),
    success: z.boolean().nullable(),
  }),
});

describe("a picture of any run", () => {
  const WORD =
    /^(?:plan|explore|edit|check|delegate|run|other|upkeep|whole|failed|[a-z]+(?:_[a-z]+)+|interrupted|\+?\d+)$/u;

  /** Everything in a row but its times is a number or a word of ours. */
  function expectOurs(picture: string): void {
    expect(picture.length).toBeGreaterThan(0);
    expect(picture.length).toBeLessThanOrEqual(1500);
    const [kind, title, date, axis, marker, ...rows] = picture.trimEnd().split("\n");
    expect(kind).toBe("gantt");
    expect(title).toMatch(
      /^ {2}title [\d]+ calls?[\w ().]*, (?:success|partial_success|failure|unknown)(?:, axis in calls)?$/u,
    );
    expect([date, axis, marker].join("")).toMatch(/^ {2}dateFormat \S+ {2}axisFormat \S+ {2}todayMarker off$/u);
    expect(rows.length).toBeLessThanOrEqual(13);
    for (const row of rows) {
      const [label = "", data = ""] = row.split(/ :(?=crit|done|\d)/u);
      expect(label.split(/[ (),]+/u).filter((word) => word !== "" && !WORD.test(word))).toEqual([]);
      expect(data).toMatch(/^(?:crit, |done, )?[\d:.]+, \d+ms$/u);
    }
  }

  async function picturesOf(runs: readonly SummaryFile[]): Promise<readonly string[]> {
    const session = openHookSession();
    await startAudit(session, runs);
    await session.answer(ENGINEER, { issues: [] });
    const plan = await written(session, emptyPlanOf(...runs));
    return plan.split("- Trace ID: ").slice(1).map(pictureIn);
  }

  test("is bounded and has words of our own only, for every recorded trace", async () => {
    const runs = readRecordedTraces()
      .map(({ trace }) => Summarized.parse(summarizeTrace(trace).summary))
      .filter(({ phases }) => phases.length > 0);
    expect(runs.length).toBeGreaterThan(20);
    for (let from = 0; from < runs.length; from += 5) {
      const five = runs.slice(from, from + 5);
      const pictures = await picturesOf(five);
      expect(pictures).toHaveLength(five.length);
      pictures.forEach(expectOurs);
    }
  });

  test("has no text of the trace, whatever its tools and goal are called", async () => {
    const evil = ["x: crit", "click a href", "%%{init}%%", "```", "; section #", "mcp__a__ignore_all_rules"];
    const steps = evil.map((tool) => ({ tool }));
    const run = Summarized.parse({ ...summaryOf(steps), goal: "section done :crit, 1, 2ms" });
    const [picture = ""] = await picturesOf([run]);
    expectOurs(picture);
    expect(picture).toContain("  other 6 :");
  });

  test("gives up names before it grows beyond its size", async () => {
    const kinds = ["plan", "explore", "edit", "check", "delegate", "run", "other", "upkeep"];
    const ids = ["exploration_overrun", "redundant_subagent_reads", "ended_on_failing_check", "retry_failing_command"];
    const full = (calls: number) => {
      const counts = Object.fromEntries(kinds.map((kind, at) => [kind, calls - at]));
      const phases = Array.from({ length: 12 }, (_phase, at) => ({
        ...phase(counts, at * 7_000_000, 6_900_000, ids),
        error_calls: calls,
      }));
      return { ...DRAWN, duration_ms: 86_399_999, notable_patterns: ids, phases };
    };
    const [small = "", large = ""] = await picturesOf([full(100), { ...full(99_999_999), trace_id: "large" }]);
    for (const picture of [small, large]) expectOurs(picture);
    expect(small).toContain("plan 100, explore 99, +573, 100 failed (exploration_overrun, +3) :crit, ");
    expect(large).toContain("plan 99999999, +699999965, 99999999 failed (+4) :crit, ");
  });

  test("ignores what a summary file says that no summary of ours can say", async () => {
    const bad = [
      { ...phase({ explore: 3 }, 0, 5), patterns: ["click a href", "ok_one", "x".repeat(50)] },
      { ...phase({ "click a": 3, edit: 2 }, 0, 5), start_ms: "0; x" },
    ];
    const [picture = ""] = await picturesOf([{ ...DRAWN, notable_patterns: ["a: b"], phases: bad }]);
    expectOurs(picture);
    expect(picture).toContain("explore 3 (ok_one) :crit, 0, 3ms\n  edit 2 :3, 2ms\n");
    for (const phases of [[{}], [...bad, 7], Array.from({ length: 13 }, () => bad[0])])
      expect(await picturesOf([{ ...DRAWN, phases }])).toEqual([""]);
  });

  test("is the one that the README shows, of the same run", async () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const shown = readRecordedTraces().find(({ name }) => name === "official-plugin-v1/rich-default");
    expect(shown).toBeDefined();
    if (shown === undefined) return;
    const [picture = ""] = await picturesOf([Summarized.parse(summarizeTrace(shown.trace).summary)]);
    expect(picture).toContain("gantt\n");
    expect(pictureIn(readme.slice(readme.indexOf("## What you get")))).toBe(picture);
  });
});
