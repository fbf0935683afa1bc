import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binomial } from "../../mcp-server/src/audit/compare/binomial.ts";
import { compareRuns, type Criterion } from "../../mcp-server/src/audit/compare/criteria.ts";
import { runsForCalls, runsForPlanFirst, runsForSuccess } from "../../mcp-server/src/audit/compare/needed.ts";
import { testNoFall, testRise, toPower } from "../../mcp-server/src/audit/compare/exact-test-of-shares.ts";
import { median, testFall } from "../../mcp-server/src/audit/compare/exact-test-of-counts.ts";
import type { Run } from "../../mcp-server/src/audit/compare/run.ts";
import { createRandom, shuffle } from "../support/trace/traces.ts";

// Exact tests on a busy machine.

const of = (hits: number, runs: number) => ({ hits, runs });
const counts = (runs: number): readonly number[] => Array.from({ length: runs + 1 }, (_count, hits) => hits);

/** A run without a task list; a failure when it had no success. */
const run = (planFirst: boolean | null, callsPerTask: number | null, success: boolean | null = true): Run => ({
  traceId: "t",
  startedAt: null,
  sessionId: null,
  kind: "no_task_list",
  outcome: success === null ? "unknown" : success ? "success" : "failure",
  patterns: [],
  planFirst,
  callsPerTask,
  success,
});
const times = <T>(count: number, item: T): readonly T[] => Array.from({ length: count }, () => item);
const flag = fc.option(fc.boolean());
const anyRun: fc.Arbitrary<Run> = fc
  .tuple(flag, fc.option(fc.nat(40).map((half) => half / 2)), flag, fc.constantFrom("task_list", "no_task_list"))
  .chain(([planFirst, calls, success, kind]) =>
    fc.option(fc.constantFrom("a", "b", "c"), { freq: 3 }).map((sessionId): Run => {
      return { ...run(planFirst, calls, success), kind, sessionId };
    }),
  );
const someRuns = fc.array(anyRun, { maxLength: 9 });
const unplanned = { isPlanned: false };

const of3 = (then: readonly Run[], now: readonly Run[]): readonly Criterion[] =>
  compareRuns(then, now)[0]?.criteria ?? [];
const verdicts = (then: readonly Run[], now: readonly Run[]): readonly string[] =>
  of3(then, now).map(({ verdict }) => verdict);

describe("the test of a rise", () => {
  test("gives the p-values that can be worked out by hand", () => {
    // All of n after and none of n before: p^n (1 - p)^n, at most at p = 1/2.
    for (const n of [1, 2, 3, 4, 6]) expect(testRise(of(0, n), of(n, n))).toBeCloseTo(0.25 ** n, 12);
    // One of one after, none of n before: p (1 - p)^n, at most at p = 1 / (n + 1).
    for (const n of [2, 9, 50]) expect(testRise(of(0, n), of(1, 1))).toBeCloseTo((n / (n + 1)) ** n / (n + 1), 6);
    expect(testRise(of(4, 4), of(0, 4))).toBe(1);
    expect(testRise(of(0, 0), of(3, 3))).toBe(1);
  });

  test("agrees with published and independent values", () => {
    // scipy.stats.boschloo_exact, alternative greater.
    expect(testRise(of(2, 8), of(5, 6))).toBeCloseTo(0.020192, 5);
    expect(testRise(of(4, 10), of(9, 10))).toBeCloseTo(0.011389, 5);
    // Identical builds, 7 of 12 adherent, then 8 clean runs in a row: 0.0128 had the rate been known to be 0.58.
    expect(testRise(of(7, 12), of(8, 8))).toBeCloseTo(0.018412, 5);
  });

  test("claims a rise in at most 5 of 100 comparisons in which nothing changed", () => {
    for (const [before, after] of [
      [1, 1],
      [3, 3],
      [12, 8],
      [1, 12],
      [12, 1],
      [10, 10],
    ] as const) {
      const claims = counts(before).flatMap((x) =>
        counts(after).flatMap((y) => (testRise(of(x, before), of(y, after)) <= 0.05 ? [[x, y] as const] : [])),
      );
      for (const rate of [0.01, 0.044, 0.2, 0.5, 0.58, 0.9, 0.99]) {
        const [p, q] = [binomial(before, rate), binomial(after, rate)];
        const wrong = claims.reduce((total, [x, y]) => total + (p[x] ?? 0) * (q[y] ?? 0), 0);
        expect(wrong, `${before} and ${after} runs at ${rate}`).toBeLessThanOrEqual(0.05 + 1e-9);
      }
    }
  });
});

describe("the test of no fall", () => {
  test("gives the p-values that can be worked out by hand", () => {
    // No failure on either side: the worst rates that it has to exclude are 1 and 0.9.
    for (const n of [1, 5, 28, 29]) expect(testNoFall(of(n, n), of(n, n), 0.1)).toBeCloseTo(0.9 ** n, 9);
    expect(testNoFall(of(0, 9), of(0, 9), 0.3)).toBeCloseTo(0.7 ** 9, 9);
    expect(testNoFall(of(3, 3), of(0, 0), 0.1)).toBe(1);
  });

  test("calls a rate that fell by the margin not worse in at most 5 of 100 comparisons", () => {
    for (const [before, after] of [
      [1, 12],
      [12, 1],
      [9, 9],
      [12, 10],
    ] as const) {
      const claims = counts(before).flatMap((x) =>
        counts(after).flatMap((y) => (testNoFall(of(x, before), of(y, after), 0.1) <= 0.05 ? [[x, y] as const] : [])),
      );
      for (const rate of [0.1, 0.15, 0.4, 0.55, 0.85, 0.95, 0.99, 1]) {
        const [p, q] = [binomial(before, rate), binomial(after, rate - 0.1)];
        const wrong = claims.reduce((total, [x, y]) => total + (p[x] ?? 0) * (q[y] ?? 0), 0);
        expect(wrong, `${before} and ${after} runs at ${rate}`).toBeLessThanOrEqual(0.05 + 1e-4);
      }
    }
  });

  test("is never less sure when a run more succeeds after, or one fewer before", () => {
    for (const [before, after] of [
      [1, 8],
      [8, 1],
      [6, 9],
    ] as const) {
      const p = counts(before).map((x) => counts(after).map((y) => testNoFall(of(x, before), of(y, after), 0.1)));
      for (const [x, row] of p.entries())
        for (const [y, value] of row.entries()) {
          expect(row[y + 1] ?? 0).toBeLessThanOrEqual(value + 1e-9);
          expect(p[x - 1]?.[y] ?? 0).toBeLessThanOrEqual(value + 1e-9);
        }
    }
  });
});

describe("the test of a fall in tool calls", () => {
  test("gives the p-values of the tables of Mann and Whitney, and those worked out by hand with ties", () => {
    expect(testFall([5, 6, 7], [1, 2, 3])).toBeCloseTo(1 / 20, 12);
    expect(testFall([5, 6, 7, 8], [1, 2, 3, 4])).toBeCloseTo(1 / 70, 12);
    expect(testFall([5, 6, 7, 8, 10], [1, 2, 3, 4, 9])).toBeCloseTo(12 / 252, 12);
    expect(testFall([9], [1])).toBeCloseTo(1 / 2, 12);
    expect(
      testFall(
        Array.from({ length: 40 }, (_value, at) => at + 2),
        [1],
      ),
    ).toBeCloseTo(1 / 41, 12);
    expect(testFall([2, 2], [1, 2])).toBeCloseTo(3 / 6, 12);
    expect(testFall([1, 2, 3, 4], [1, 2])).toBeCloseTo(5 / 15, 12);
    expect(testFall([4, 4], [4, 4])).toBe(1);
    expect(testFall([], [1])).toBe(1);
  });

  test("is the share of all ways to deal the values, whatever they are", () => {
    const values = fc.array(fc.nat(4), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(values, values, (before, after) => {
        const pooled = [...after, ...before];
        const sumOf = (chosen: readonly number[]): number =>
          chosen.reduce((total, at) => total + rankOf(pooled, pooled[at] ?? 0), 0);
        const deals = choose(pooled.length, after.length);
        const own = sumOf(after.map((_value, at) => at));
        const asLow = deals.filter((deal) => sumOf(deal) <= own + 1e-9).length;
        expect(testFall(before, after)).toBeCloseTo(asLow / deals.length, 9);
      }),
    );
  });

  test("says the same of the mirror image", () => {
    const values = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(values, values, (before, after) => {
        const mirror = (side: readonly number[]): number[] => side.map((value) => 30 - value);
        expect(testFall(mirror(after), mirror(before))).toBeCloseTo(testFall(before, after), 9);
      }),
    );
  });
});

describe("how many runs would settle it", () => {
  test("is what other projects need for a rise of 30 points, 31 to 39 runs an arm", () => {
    expect(toPower(30, [0.58, 0.88], 0, 0.025)).toBeLessThan(0.8);
    expect(toPower(39, [0.58, 0.88], 0, 0.025)).toBeGreaterThan(0.8);
    const needed = Number(runsForPlanFirst(of(7, 12), of(7, 12)));
    expect(needed).toBeGreaterThanOrEqual(31);
    expect(needed).toBeLessThanOrEqual(39);
  });

  test("is a chance that can be worked out by hand", () => {
    // Three runs a side are confirmed by all of three after none of three, and by nothing else.
    expect(toPower(3, [0.2, 0.9], 0, 0.025)).toBeCloseTo(0.8 ** 3 * 0.9 ** 3, 9);
    expect(toPower(2, [0, 1], 0, 0.025)).toBe(0);
  });

  test("is more than a sample for tool calls that did not fall, and few runs for ones that fell far", () => {
    expect(runsForCalls([12], [9])).toBe("more than 200");
    expect(runsForCalls(times(6, 10), times(6, 10))).toBe("more than 200");
    expect(Number(runsForCalls([20, 21, 22, 23, 24], [1, 2, 3, 4, 5]))).toBeLessThan(10);
  });

  test("is fewer for success the rarer failures are", () => {
    const [rare, common] = [runsForSuccess(of(49, 50), of(49, 50)), runsForSuccess(of(42, 50), of(43, 50))];
    expect(Number(rare)).toBeLessThan(Number(common));
    expect(runsForSuccess(of(5, 10), of(5, 10))).toBe("more than 200");
  });
});

describe("a comparison", () => {
  test("of one run with one run settles nothing, and says how many runs would", () => {
    fc.assert(
      fc.property(anyRun, anyRun, (then, now) => {
        for (const one of of3([then], [now])) {
          expect(one.verdict).toBe("inconclusive");
          expect(one.runs_needed === null).toBe(one.runs_then === 0 || one.runs_now === 0);
        }
      }),
    );
    expect(of3([run(false, 12)], [run(true, 9)])).toMatchInlineSnapshot(`
      [
        {
          "criterion": "plan_before_first_tool",
          "runs_needed": "45",
          "runs_now": 1,
          "runs_then": 1,
          "value_now": 1,
          "value_then": 0,
          "verdict": "inconclusive",
        },
        {
          "criterion": "tool_calls_per_task",
          "runs_needed": "more than 200",
          "runs_now": 1,
          "runs_then": 1,
          "value_now": 9,
          "value_then": 12,
          "verdict": "inconclusive",
        },
        {
          "criterion": "success",
          "runs_needed": "more than 200",
          "runs_now": 1,
          "runs_then": 1,
          "value_now": 1,
          "value_then": 1,
          "verdict": "inconclusive",
        },
      ]
    `);
  });

  test("comes to met, to not met and to inconclusive", () => {
    const failed = run(false, 40, false);
    expect(verdicts(times(3, run(false, 40)), times(3, run(true, 9)))).toEqual(["met", "met", "inconclusive"]);
    expect(verdicts(times(9, run(false, 40)), times(9, run(false, 40)))).toEqual([
      "not met",
      "not met",
      "inconclusive",
    ]);
    expect(verdicts(times(2, run(false, 40)), times(2, run(true, 9)))).toEqual(times(3, "inconclusive"));
    const [most, few] = [
      [failed, ...times(49, run(true, 9))],
      [failed, failed, ...times(3, run(false, 40))],
    ];
    expect(verdicts(few, most)).toEqual(["met", "met", "met"]);
    expect(verdicts(most, times(9, failed))).toEqual(["not met", "not met", "not met"]);
  });

  test("gives the verdict that other projects came to on the same numbers", () => {
    const then = [...times(7, run(true, null)), ...times(5, run(false, null))];
    expect(verdicts(then, times(8, run(true, null)))[0]).toBe("met");
    expect(verdicts(then, then)[0]).toBe("inconclusive");
  });

  test("asks more of a claim when there are two of them", () => {
    // The fall alone has p = 0.05; beside another claim it would have to be 0.025.
    const [then, now] = [
      [5, 6, 7],
      [1, 2, 3],
    ];
    const with_ = (planFirst: boolean | null, calls: readonly number[]): Run[] => calls.map((n) => run(planFirst, n));
    expect(verdicts(with_(null, then), with_(null, now))[1]).toBe("met");
    expect(verdicts(with_(true, then), with_(true, now))[1]).toBe("inconclusive");
    // Once the other claim is confirmed, 0.05 is enough again.
    expect(verdicts(with_(false, then), with_(true, now))[1]).toBe("met");
  });

  test("judges success only where both sides show how many runs failed, and leaves out how unknown runs ended", () => {
    const many = times(40, run(null, null));
    const failed = run(null, null, false);
    expect(verdicts(many, many)[2]).toBe("inconclusive");
    expect(verdicts([...many, failed], many)[2]).toBe("inconclusive");
    expect(verdicts(many, times(40, failed))[2]).toBe("inconclusive");
    const unknown = times(5, run(null, null, null));
    const success = of3([failed, ...many, ...unknown], [failed, ...many])[2];
    expect(success).toMatchObject({ verdict: "met", runs_then: 41, runs_now: 41, value_then: 0.98 });
  });

  test("keeps runs with a task list apart from those without", () => {
    const listed: Run = { ...run(true, 2), kind: "task_list" };
    expect(compareRuns(times(5, run(false, 9)), times(5, listed))).toEqual([]);
    const groups = compareRuns([run(false, 9), listed], [run(false, 9), listed, listed]);
    expect(groups.map(({ kind, criteria }) => [kind, criteria[0]?.runs_then, criteria[0]?.runs_now])).toEqual([
      ["task_list", 1, 2],
      ["no_task_list", 1, 1],
    ]);
  });

  test("leaves out later runs of a session that has earlier ones, and settles nothing by them alone", () => {
    const of4 = (sessionId: string | null, planFirst: boolean): readonly Run[] =>
      times(4, { ...run(planFirst, planFirst ? 9 : 40), sessionId });
    const then = of4("a", false);
    expect(verdicts(then, of4("b", true))).toEqual(["met", "met", "inconclusive"]);
    expect(of3(then, [...of4("a", false), ...of4("b", true)])[0]).toMatchObject({ verdict: "met", runs_now: 4 });
    expect(of3(then, of4("a", true))).toMatchObject(times(3, { verdict: "inconclusive", runs_now: 4 }));
    expect(verdicts(of4(null, false), of4(null, true))[0]).toBe("met");
  });

  test("leaves out what was not recorded", () => {
    expect(of3([run(null, null, null)], times(9, run(true, 1)))).toMatchObject([
      { value_then: null, value_now: 1, runs_then: 0, runs_now: 9, verdict: "inconclusive", runs_needed: null },
      { value_then: null, value_now: 1, runs_then: 0, runs_now: 9, verdict: "inconclusive", runs_needed: null },
      { value_then: null, value_now: 1, runs_then: 0, runs_now: 9, verdict: "inconclusive", runs_needed: null },
    ]);
  });

  test("never claims an improvement and its opposite", () => {
    fc.assert(
      fc.property(someRuns, someRuns, (then, now) => {
        const [there, back] = [compareRuns(then, now, unplanned), compareRuns(now, then, unplanned)].map((groups) =>
          groups.flatMap(({ kind, criteria }) =>
            criteria.flatMap(({ criterion, verdict }) =>
              verdict === "met" && criterion !== "success" ? `${kind} ${criterion}` : [],
            ),
          ),
        );
        expect(there?.filter((claim) => back?.includes(claim))).toEqual([]);
      }),
    );
  });

  test("does not turn from met to not met when a run more shows the same", () => {
    fc.assert(
      fc.property(someRuns, someRuns, (then, now) => {
        const lowest = Math.min(...now.map(({ callsPerTask }) => callsPerTask ?? 99));
        for (const kind of ["task_list", "no_task_list"] as const) {
          const more = [...now, { ...run(true, lowest), kind }];
          const [before, after] = [now, more].map(
            (side) => compareRuns(then, side, unplanned).find((group) => group.kind === kind)?.criteria ?? [],
          );
          for (const [at, { verdict }] of (before ?? []).entries())
            if (verdict === "met") expect(after?.[at]?.verdict).not.toBe("not met");
        }
      }),
    );
  });

  // No two runs alike: a tie more or less changes the exact test's distribution, and the p-value with it.
  test("stays met when a run after is better still", () => {
    const runs = fc.uniqueArray(fc.tuple(fc.boolean(), fc.integer({ min: 10, max: 60 })), {
      minLength: 6,
      maxLength: 16,
      selector: ([, calls]) => calls,
    });
    fc.assert(
      fc.property(runs, fc.nat(7), (all, at) => {
        const toRuns = (side: typeof all): Run[] => side.map(([planFirst, calls]) => run(planFirst, calls));
        const middle = Math.floor(all.length / 2);
        const [then, now] = [all.slice(0, middle), all.slice(middle)];
        const better = now.map((one, index): [boolean, number] => (index === at ? [true, 5] : one));
        const [worse, best] = [now, better].map((side) =>
          compareRuns(toRuns(then), toRuns(side), unplanned)[0]?.criteria.map(({ verdict }) => verdict),
        );
        for (const index of [0, 1]) if (worse?.[index] === "met") expect(best?.[index]).toBe("met");
      }),
      { numRuns: 100 },
    );
  });

  test("holds no number that is none, and is the same in whatever order the runs come", () => {
    fc.assert(
      fc.property(someRuns, someRuns, fc.nat(), (then, now, seed) => {
        const random = createRandom(seed);
        const groups = compareRuns(then, now);
        expect(JSON.stringify(compareRuns(shuffle(then, random), shuffle(now, random)))).toBe(JSON.stringify(groups));
        for (const { criteria } of groups)
          for (const { value_then, value_now, runs_needed } of criteria) {
            for (const value of [value_then, value_now]) expect(value === null || Number.isFinite(value)).toBe(true);
            if (runs_needed !== null) expect(runs_needed).toMatch(/^(?:\d+|more than 200)$/u);
          }
      }),
    );
  });
});

test("the median of an even number of values is the mean of the two in the middle", () => {
  expect([median([]), median([7]), median([9, 1, 5]), median([4, 1, 2, 100])]).toEqual([null, 7, 5, 3]);
});

function rankOf(pooled: readonly number[], value: number): number {
  const below = pooled.filter((other) => other < value).length;
  return below + (pooled.filter((other) => other === value).length + 1) / 2;
}

/** Every choice of `size` of the numbers below `count`. */
function choose(count: number, size: number): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  if (count < size) return [];
  return [...choose(count - 1, size), ...choose(count - 1, size - 1).map((rest) => [...rest, count - 1])];
}
