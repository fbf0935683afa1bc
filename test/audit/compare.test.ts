import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binomial } from "../../mcp-server/src/audit/compare/binomial.ts";
import { compareRuns } from "../../mcp-server/src/audit/compare/criteria.ts";
import type { Criterion } from "../../mcp-server/src/audit/compare/criterion.ts";
import {
  testPairedFall,
  testPairedNoFall,
  testPairedRise,
} from "../../mcp-server/src/audit/compare/exact-tests-of-pairs.ts";
import { LOOKS } from "../../mcp-server/src/audit/compare/looks.ts";
import {
  testStratifiedFall,
  testStratifiedNoFall,
  testStratifiedRise,
} from "../../mcp-server/src/audit/compare/stratified-tests.ts";
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
  goal: null,
  cli: null,
  basis: null,
  model: null,
  outcome: success === null ? "unknown" : success ? "success" : "failure",
  patterns: [],
  planFirst,
  callsPerTask,
  success,
  afterwards: null,
});
const times = <T>(count: number, item: T): readonly T[] => Array.from({ length: count }, () => item);
/** The runs in the order in which they are written. */
const inOrder = (runs: readonly Run[]): readonly Run[] =>
  runs.map((one, at) => ({ ...one, traceId: `t${String(at).padStart(3, "0")}` }));
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

const of3 = (then: readonly Run[], now: readonly Run[]): readonly Criterion[] => compareRuns(then, now)?.criteria ?? [];
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

describe("the tests over strata", () => {
  test("are the plain tests where there is one stratum, and none where there is nothing", () => {
    const shares = { before: of(2, 8), after: of(5, 6) };
    expect(testStratifiedRise([shares])).toBe(testRise(of(2, 8), of(5, 6)));
    expect(testStratifiedNoFall([shares, { before: of(0, 0), after: of(3, 3) }], 0.1)).toBeCloseTo(
      testNoFall(of(2, 8), of(5, 6), 0.1),
      12,
    );
    expect(testStratifiedFall([{ before: [5, 6, 7], after: [1, 2, 3] }])).toBeCloseTo(1 / 20, 12);
    expect([testStratifiedRise([]), testStratifiedNoFall([], 0.1), testStratifiedFall([])]).toEqual([1, 1, 1]);
  });

  test("give the p-values that can be worked out by hand", () => {
    expect(testStratifiedRise(times(2, { before: of(0, 1), after: of(1, 1) }))).toBeCloseTo(1 / 4, 12);
    expect(testStratifiedRise(times(3, { before: of(0, 2), after: of(2, 2) }))).toBeCloseTo(1 / 6 ** 3, 12);
    expect(testStratifiedFall(times(2, { before: [9], after: [1] }))).toBeCloseTo(1 / 4, 12);
    expect(testStratifiedFall(times(2, { before: [5, 6, 7], after: [1, 2, 3] }))).toBeCloseTo(1 / 400, 12);
    const product = 0.9 * 0.9;
    expect(testStratifiedNoFall(times(2, { before: of(1, 1), after: of(1, 1) }), 0.1)).toBeCloseTo(
      product * (1 - Math.log(product)),
      9,
    );
  });

  test("are not fooled by a mix that changed where nothing else did", () => {
    // Nine in ten with a list begin with a plan, one in ten without; more runs have a list than before.
    const strata = [
      { before: of(9, 10), after: of(36, 40) },
      { before: of(4, 40), after: of(1, 10) },
    ];
    expect(testRise(of(13, 50), of(37, 50))).toBeLessThan(0.001);
    expect(testStratifiedRise(strata)).toBeGreaterThan(0.3);
  });
});

describe("the tests of pairs", () => {
  test("give the p-values that can be worked out by hand", () => {
    expect(testPairedRise({ gained: 5, lost: 0, pairs: 9 })).toBeCloseTo(1 / 32, 12);
    expect(testPairedRise({ gained: 3, lost: 1, pairs: 4 })).toBeCloseTo(5 / 16, 12);
    expect(testPairedRise({ gained: 0, lost: 0, pairs: 4 })).toBe(1);
    expect(testPairedFall([1, 2, 3, 4, 5])).toBeCloseTo(1 / 32, 12);
    expect(testPairedFall([1, 2, 3, -4])).toBeCloseTo(7 / 16, 12);
    expect(testPairedFall([0, 0, 2, 2])).toBeCloseTo(1 / 4, 12);
    expect(testPairedFall([])).toBe(1);
    expect(testPairedNoFall({ gained: 0, lost: 0, pairs: 0 }, 0.1)).toBe(1);
    // Fifty pairs of which none turned pass the last look; ten do not pass theirs.
    expect(testPairedNoFall({ gained: 0, lost: 0, pairs: 50 }, 0.1)).toBeGreaterThan(0.9 ** 50);
    expect(testPairedNoFall({ gained: 0, lost: 0, pairs: 50 }, 0.1)).toBeLessThan(0.015);
    expect(testPairedNoFall({ gained: 0, lost: 0, pairs: 10 }, 0.1)).toBeGreaterThan(0.3);
  });

  test("call a share that fell by the margin not worse in at most 5 of 100 comparisons", () => {
    for (const pairs of [5, 12]) {
      const claims = counts(pairs).flatMap((gained) =>
        counts(pairs - gained)
          .filter((lost) => testPairedNoFall({ gained, lost, pairs }, 0.1) <= 0.05)
          .map((lost) => [gained, lost] as const),
      );
      for (const lostRate of [0.1, 0.137, 0.2, 0.35, 0.5, 0.55]) {
        const gainedRate = lostRate - 0.1;
        const wrong = claims.reduce((total, [gained, lost]) => {
          const stay = 1 - lostRate - gainedRate;
          const ways = binomial(pairs, 0.5).map((chance) => chance * 2 ** pairs);
          const among = binomial(pairs - gained, 0.5).map((chance) => chance * 2 ** (pairs - gained));
          const chance = gainedRate ** gained * lostRate ** lost * Math.max(0, stay) ** (pairs - gained - lost);
          return total + (ways[gained] ?? 0) * (among[lost] ?? 0) * chance;
        }, 0);
        expect(wrong, `${pairs} pairs, ${lostRate} lost`).toBeLessThanOrEqual(0.05 + 1e-3);
      }
    }
  });

  test("are never less sure when a pair more was gained in place of one lost", () => {
    for (const pairs of [6, 11])
      for (const lost of counts(pairs).slice(1)) {
        const [less, more] = [
          testPairedNoFall({ gained: 0, lost, pairs }, 0.1),
          testPairedNoFall({ gained: 1, lost: lost - 1, pairs }, 0.1),
        ];
        expect(more).toBeLessThanOrEqual(less + 1e-9);
      }
  });
});

describe("how many runs would settle it", () => {
  test("is the first look with power enough, for a rise as others plan it, 31 to 39 runs an arm", () => {
    expect(toPower(30, [0.58, 0.88], 0, 0.025)).toBeLessThan(0.8);
    expect(toPower(39, [0.58, 0.88], 0, 0.025)).toBeGreaterThan(0.8);
    expect(runsForPlanFirst(of(7, 12), of(7, 12))).toBe("50");
    expect(runsForPlanFirst(of(0, 12), of(9, 12))).toBe("20");
  });

  test("is a chance that can be worked out by hand", () => {
    // Three runs a side are confirmed by all of three after none of three, and by nothing else.
    expect(toPower(3, [0.2, 0.9], 0, 0.025)).toBeCloseTo(0.8 ** 3 * 0.9 ** 3, 9);
    expect(toPower(2, [0, 1], 0, 0.025)).toBe(0);
  });

  test("is more than a sample for tool calls that did not fall, and few runs for ones that fell far", () => {
    expect(runsForCalls([12], [9])).toBe("more than 50");
    expect(runsForCalls(times(6, 10), times(6, 10))).toBe("more than 50");
    expect(runsForCalls([20, 21, 22, 23, 24], [1, 2, 3, 4, 5])).toBe("10");
  });

  test("is fewer for success the rarer failures are", () => {
    expect(runsForSuccess(of(5, 10), of(5, 10))).toBe("more than 50");
    expect(Number(runsForSuccess(of(10, 30), of(29, 30)))).toBeLessThanOrEqual(20);
  });
});

describe("a comparison", () => {
  test("of fewer runs than the first look has settles nothing, and says how many runs would", () => {
    const few = fc.array(anyRun, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(someRuns, few, (then, now) => {
        for (const one of of3(then, now)) {
          expect(one.verdict).toBe("inconclusive");
          expect(one.runs_needed === null).toBe(one.runs_then === 0 || one.runs_now === 0);
        }
      }),
      { numRuns: 30 },
    );
    expect(of3([run(false, 12)], [run(true, 9)])).toMatchObject([
      { criterion: "plan_before_first_tool", runs_needed: "more than 50", value_now: 1, value_then: 0 },
      { criterion: "tool_calls_per_task", runs_needed: "more than 50", value_now: 9, value_then: 12 },
      { criterion: "success", runs_needed: "more than 50", value_now: 1, value_then: 1 },
    ]);
  });

  const failed = run(false, 40, false);

  test("comes to met, to not met and to inconclusive", () => {
    const most = [failed, ...times(49, run(true, 9))];
    const few = [...times(3, failed), ...times(3, run(false, 40))];
    expect(verdicts(few, most)).toEqual(["met", "met", "met"]);
    expect(verdicts(most, times(10, failed))).toEqual(["not met", "not met", "not met"]);
    expect(verdicts(times(4, run(false, 40)), times(4, run(true, 9)))).toEqual(times(3, "inconclusive"));
  });

  test("never calls fewer calls a gain by themselves", () => {
    const [slow, quick] = [times(10, run(true, 40)), times(10, run(true, 9))];
    expect(verdicts(slow, quick)[1]).toBe("fewer calls, success unknown");
    expect(verdicts([failed, ...times(19, run(true, 40))], times(20, run(true, 9, false)))[1]).toBe(
      "fewer calls, worse",
    );
    const better = [run(true, 9, false), ...times(49, run(true, 9))];
    expect(verdicts([...times(9, failed), ...times(3, run(true, 40))], better)[1]).toBe("met");
  });

  test("knows nothing of success where neither a score nor a check tells, and takes the worst of it", () => {
    const unknown = times(10, run(true, 9, null));
    const good = [...times(9, run(true, 9)), run(true, 9, false)];
    const bad = [...times(9, run(true, 9, false)), run(true, 9)];
    expect(verdicts(bad, good)[2]).toBe("met");
    expect(verdicts(bad, [...good, ...unknown])[2]).toBe("inconclusive");
    expect(verdicts([...bad, ...times(30, unknown[0] ?? failed)], good)[2]).toBe("inconclusive");
    expect(verdicts(good, bad)[2]).toBe("not met");
    expect(verdicts(good, [...bad, ...unknown])[2]).toBe("inconclusive");
    expect(of3(unknown, unknown)[2]).toMatchObject({
      value_then: null,
      value_now: null,
      runs_then: 0,
      runs_needed: null,
    });
  });

  test("judges success only where both sides show how many runs failed", () => {
    const many = times(50, run(null, null));
    expect(verdicts(many, many)[2]).toBe("inconclusive");
    expect(verdicts([...many.slice(1), failed], many)[2]).toBe("inconclusive");
    expect(verdicts(many, times(40, failed))[2]).toBe("inconclusive");
  });

  test("asks more of a claim when there are two of them", () => {
    // The fall of five values alone has p = 1/252; beside another claim it would have to be 0.0025.
    const [then, now] = [
      [6, 7, 8, 9, 10],
      [1, 2, 3, 4, 5],
    ];
    const with_ = (planFirst: boolean | null, calls: readonly number[]): Run[] => calls.map((n) => run(planFirst, n));
    expect(verdicts(with_(null, then), with_(null, now))[1]).toContain("fewer calls");
    expect(verdicts(with_(true, then), with_(true, now))[1]).toBe("inconclusive");
    // Once the other claim is confirmed, the whole level is enough again.
    expect(verdicts(with_(false, then), with_(true, now))[1]).toContain("fewer calls");
  });

  test("says the same between two looks, however often it is made", () => {
    const then = inOrder(times(20, run(false, 40)));
    const now = inOrder([...times(5, run(false, 40)), ...times(45, run(true, 9))]);
    const at = (runs: number): readonly string[] => verdicts(then, now.slice(0, runs));
    for (const [place, { runs }] of LOOKS.entries()) {
      const next = LOOKS[place + 1]?.runs ?? 51;
      for (let more = runs; more < next; more += 1) expect(at(more), String(more)).toEqual(at(runs));
    }
    expect([at(4), at(5), at(20)].map(([first]) => first)).toEqual(["inconclusive", "inconclusive", "met"]);
    expect(LOOKS.reduce((sum, { level }) => sum + level, 0)).toBeCloseTo(0.05, 12);
  });

  test("is one test over runs with a task list and without", () => {
    const listed = (planFirst: boolean, calls: number): Run => ({ ...run(planFirst, calls), kind: "task_list" });
    expect(compareRuns(times(5, run(false, 9)), times(5, listed(true, 2)))).toBeNull();
    const then = [...times(5, run(false, 40)), ...times(5, listed(false, 4))];
    const now = [...times(5, run(true, 9)), ...times(5, listed(true, 1))];
    expect(verdicts(then, now)).toEqual(["met", "fewer calls, success unknown", "inconclusive"]);
    expect(compareRuns(then, now)?.criteria).toHaveLength(3);
    // More short runs with a list than before is no fall of the calls.
    expect(
      verdicts(
        [...times(18, run(false, 40)), ...times(2, listed(false, 4))],
        [...times(2, run(false, 40)), ...times(18, listed(false, 4))],
      )[1],
    ).toBe("not met");
  });

  test("is confounded where nothing is alike, and names what differs", () => {
    const old = times(10, { ...run(false, 40), cli: "2.1.330", model: "opus" });
    const now = times(10, { ...run(true, 9), cli: "2.1.332", model: "sonnet" });
    const compared = compareRuns(old, now);
    expect(compared?.differs).toEqual(["CLI version 2.1.330 then, 2.1.332 now", "model opus then, sonnet now"]);
    expect(compared?.criteria.map(({ verdict, runs_needed }) => [verdict, runs_needed])).toEqual(
      times(3, ["confounded", null]),
    );
    expect(compared?.criteria[1]).toMatchObject({ value_then: 40, value_now: 9, runs_then: 10, runs_now: 10 });
    const sameModel = now.map((one) => ({ ...one, model: "opus" }));
    expect(compareRuns(old, sameModel)?.differs).toEqual(["CLI version 2.1.330 then, 2.1.332 now"]);
  });

  test("takes like with like where both sides have it, and counts what is left out", () => {
    const by = (model: string, planFirst: boolean): Run => ({ ...run(planFirst, 9), model });
    const then = [...times(10, by("opus", false)), ...times(3, by("sonnet", false))];
    const now = [...times(10, by("opus", true)), ...times(4, by("haiku", true))];
    expect(compareRuns(then, now)).toMatchObject({
      differs: [],
      left_out: 7,
      criteria: [{ verdict: "met", runs_now: 10 }, {}, {}],
    });
  });

  test("says what is not recorded, and does not call it different", () => {
    const known = times(10, { ...run(false, 9), cli: "2.1.330", model: "opus" });
    const silent = times(10, { ...run(true, 9), model: "opus" });
    const compared = compareRuns(known, silent);
    expect(compared).toMatchObject({
      differs: [],
      unrecorded: ["CLI version"],
      criteria: [{ verdict: "met" }, {}, {}],
    });
    expect(compareRuns(known, known)?.unrecorded).toEqual([]);
  });

  test("compares runs of one goal as pairs", () => {
    const tasks = (planFirst: boolean, less: number): readonly Run[] =>
      Array.from({ length: 10 }, (_run, at) => ({ ...run(planFirst, 2 ** at * 10 - less), goal: `task ${at}` }));
    // Each task takes a little less: not to be seen among tasks that differ by a factor of five hundred.
    const [then, now] = [tasks(true, 0), tasks(true, 1)];
    expect(compareRuns(then, now)).toMatchObject({
      pairs: 10,
      criteria: [{}, { verdict: "fewer calls, success unknown" }, {}],
    });
    const apart = now.map((one) => ({ ...one, goal: `${one.goal ?? ""} b` }));
    expect(compareRuns(then, apart)).toMatchObject({ pairs: null, criteria: [{}, { verdict: "inconclusive" }, {}] });
    const few = now.map((one, at) => (at < 6 ? { ...one, goal: null } : one));
    expect(compareRuns(then, few)?.pairs).toBeNull();
  });

  test("leaves out later runs of a session that has earlier ones, and settles nothing by them alone", () => {
    const of5 = (sessionId: string | null, planFirst: boolean): readonly Run[] =>
      times(5, { ...run(planFirst, planFirst ? 9 : 40), sessionId });
    const then = of5("a", false);
    expect(verdicts(then, of5("b", true))[0]).toBe("met");
    expect(of3(then, [...of5("a", false), ...of5("b", true)])[0]).toMatchObject({ verdict: "met", runs_now: 5 });
    expect(of3(then, of5("a", true))).toMatchObject(times(3, { verdict: "inconclusive", runs_now: 5 }));
    expect(verdicts(of5(null, false), of5(null, true))[0]).toBe("met");
  });

  test("leaves out what was not recorded", () => {
    const nothing = {
      value_then: null,
      value_now: 1,
      runs_then: 0,
      runs_now: 9,
      verdict: "inconclusive",
      runs_needed: null,
    };
    expect(of3([run(null, null, null)], times(9, run(true, 1)))).toMatchObject([
      nothing,
      nothing,
      { ...nothing, runs_now: 9 },
    ]);
  });

  test("never claims an improvement and its opposite", () => {
    const runs = fc.array(anyRun, { minLength: 5, maxLength: 12 });
    fc.assert(
      fc.property(runs, runs, (then, now) => {
        const claims = (one: readonly Run[], other: readonly Run[]): readonly string[] =>
          (compareRuns(inOrder(one), inOrder(other), unplanned)?.criteria ?? []).flatMap(({ criterion, verdict }) =>
            criterion !== "success" && /^(?:met|fewer)/u.test(verdict) ? criterion : [],
          );
        const back = claims(now, then);
        expect(claims(then, now).filter((claim) => back.includes(claim))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("holds no number that is none, and is the same in whatever order the runs come", () => {
    fc.assert(
      fc.property(someRuns, someRuns, fc.nat(), (before, after, seed) => {
        const random = createRandom(seed);
        const [then, now] = [inOrder(before), inOrder(after)];
        const compared = compareRuns(then, now);
        expect(compareRuns(shuffle(then, random), shuffle(now, random))).toEqual(compared);
        for (const { value_then, value_now, runs_needed } of compared?.criteria ?? []) {
          for (const value of [value_then, value_now]) expect(value === null || Number.isFinite(value)).toBe(true);
          if (runs_needed !== null) expect(runs_needed).toMatch(/^(?:\d+|more than 50)$/u);
        }
      }),
      { numRuns: 50 },
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
