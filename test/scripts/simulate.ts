// How often the comparison claims an improvement when nothing changed: both sides are drawn from the same real runs.
// `tsx test/scripts/simulate.ts FOLDER [DRAWS [WORDS]]`; WORDS: only tables whose title has them; FOLDER holds sessions as *.jsonl.gz, one trace as JSON on each line.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compareRuns } from "../../mcp-server/src/audit/compare/criteria.ts";
import { LOOKS } from "../../mcp-server/src/audit/compare/looks.ts";
import { SUCCESS_MARGIN } from "../../mcp-server/src/audit/compare/needed.ts";
import { parseFacts } from "../../mcp-server/src/audit/evidence/summary-facts.ts";
import { toRun, type Run } from "../../mcp-server/src/audit/compare/run.ts";
import { createRandom, shuffle, summarizeTrace } from "../support/trace/traces.ts";
import { parseLegacyTrace } from "../support/langfuse/store.ts";

const SIZES = [1, 3, 5, 10, 20, 50] as const;
const SEED = 20_260_101;

const COLUMNS = [
  "plan first met",
  "calls fell",
  "either",
  "success met",
  "plan first not met",
  "calls not met",
  "success not met",
  "calls' mean 10 % lower",
];

/** A task that is asked for again and again: its calls differ from others' far more than its runs do. */
type Task = { readonly calls: number; readonly rate: number };
type Effect = { readonly calls: number; readonly success: (rate: number) => number };
const NONE: Effect = { calls: 1, success: (rate) => rate };

type Draw = (runs: number) => readonly [then: readonly Run[], now: readonly Run[]] | null;

const LOWER: Effect = { calls: 1, success: (rate) => Math.max(0, rate - SUCCESS_MARGIN * 1.12) };
// Rates end at 0 and 1, so that these shifts move the mean of the drawn tasks by 10 points: see `repeats`.
const TEN_UP: Effect = { calls: 1, success: (rate) => Math.min(1, rate + 0.1205) };
const TEN_DOWN: Effect = { calls: 1, success: (rate) => Math.max(0, rate - 0.1325) };

const [folder, draws = "4000", words = ""] = process.argv.slice(2);
if (folder === undefined) throw new Error("Usage: tsx test/scripts/simulate.ts FOLDER [DRAWS [WORDS]]");
const random = createRandom(SEED);
const sessions = readdirSync(folder)
  .filter((file) => file.endsWith(".jsonl.gz"))
  .toSorted()
  .map((file) => readSession(join(folder, file)))
  .filter((runs) => runs.length > 0);
const turns = sessions.flat();
const wholes = sessions.flatMap((runs) => toWhole(runs) ?? []);
console.log(
  `${sessions.length} sessions, ${turns.length} runs with tool calls by a human's request, seed ${SEED}, ${draws} draws\n`,
);

const oneEach = (): readonly Run[] => shuffle(sessions, random).flatMap((runs) => pick(runs) ?? []);
report(
  "runs at random",
  split(() => shuffle(turns, random)),
);
report("runs of different sessions", split(oneEach));
report(
  "whole sessions",
  split(() => shuffle(wholes, random)),
);
report("runs of one session against runs of another", (runs) => {
  const [then, now] = shuffle(
    sessions.filter(({ length }) => length >= runs),
    random,
  );
  return then === undefined || now === undefined ? null : [then.slice(0, runs), now.slice(0, runs)];
});
report("the first runs of a session against its next", (runs) => {
  const session = pick(sessions.filter(({ length }) => length >= 2 * runs));
  return session === undefined ? null : [session.slice(0, runs), session.slice(runs, 2 * runs)];
});
report(`runs at random, success rate ${SUCCESS_MARGIN * 100} points lower`, (runs) => {
  const [then, now] = split(() => shuffle(turns, random))(runs) ?? [[], []];
  return [then, now.map(fail)];
});
report("runs at random, a plan first in 7 of 12 of them", (runs) => {
  const [then, now] = split(() => shuffle(turns, random))(runs) ?? [[], []];
  return [then.map(plan), now.map(plan)];
});

report("runs at random, some with a task list and some without", (runs) => {
  const [then, now] = split(() => shuffle(turns, random))(runs) ?? [[], []];
  // The calls of a task list's runs are counted for each task: a third.
  const list = (run: Run): Run =>
    random() < 0.4 ? { ...run, kind: "task_list", callsPerTask: (run.callsPerTask ?? 0) / 3 } : run;
  return [then.map(list), now.map(list)];
});
reportPeeking(
  "runs at random, looked at after each run",
  split(() => shuffle(turns, random)),
);
reportPeeking("runs at random with a plan first in 7 of 12, looked at after each run", (runs) => {
  const [then, now] = split(() => shuffle(turns, random))(runs) ?? [[], []];
  return [then.map(plan), now.map(plan)];
});
report("the same tasks again, nothing changed, as pairs", repeats(NONE, true));
reportPeeking("the same tasks again, nothing changed, as pairs, looked at after each run", repeats(NONE, true));
reportPeeking("the same tasks again, nothing changed, not paired, looked at after each run", repeats(NONE, false));
reportPeeking(
  "the same tasks again, success about 9 points lower, as pairs, looked at after each run",
  repeats(LOWER, true),
);
for (const isPaired of [true, false]) {
  const how = isPaired ? "as pairs" : "not paired";
  report(`power: 40 % fewer calls, ${how}`, repeats({ ...NONE, calls: 0.6 }, isPaired));
  report(`power: 20 % fewer calls, ${how}`, repeats({ ...NONE, calls: 0.8 }, isPaired));
  report(
    `power: half of the successes lost, 40 % fewer calls, ${how}`,
    repeats({ calls: 0.6, success: (rate) => rate / 2 }, isPaired),
  );
  report(
    `power: half of the failures mended, ${how}`,
    repeats({ calls: 1, success: (rate) => (1 + rate) / 2 }, isPaired),
  );
  report(`power: success 10 points higher, ${how}`, repeats(TEN_UP, isPaired));
  report(`power: success 10 points lower, ${how}`, repeats(TEN_DOWN, isPaired));
}

function readSession(file: string): readonly Run[] {
  const lines = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
  const audited = lines.map((line) => summarizeTrace(parseLegacyTrace(line)));
  return audited
    .filter(({ summary, isHuman }) => isHuman && summary.metrics.tool_calls > 0)
    .toSorted((left, right) => (String(left.summary.started_at) < String(right.summary.started_at) ? -1 : 1))
    .flatMap(({ summary }) => {
      const facts = parseFacts(JSON.stringify(summary));
      return facts === null ? [] : [toRun(facts)];
    });
}

/** A session as one run: its first plan, all of its calls, and success when each of its runs had it. */
function toWhole(runs: readonly Run[]): Run | null {
  const [first] = runs;
  if (first === undefined) return null;
  const calls = runs.reduce((total, { callsPerTask }) => total + (callsPerTask ?? 0), 0);
  const failed = runs.find(({ outcome }) => outcome === "failure");
  const success = runs.every((run) => run.success !== false);
  return { ...first, kind: "no_task_list", callsPerTask: calls, success, outcome: failed?.outcome ?? first.outcome };
}

/** Takes a share of the successes away, so that their rate falls by just the margin. */
function fail(run: Run): Run {
  const rate = turns.filter(({ success }) => success === true).length / turns.length;
  return run.success === true && random() < SUCCESS_MARGIN / rate
    ? { ...run, success: false, outcome: "failure" }
    : run;
}

function plan(run: Run): Run {
  return { ...run, planFirst: random() < 7 / 12 };
}

function split(all: () => readonly Run[]): Draw {
  return (runs) => {
    const drawn = all();
    return drawn.length < 2 * runs ? null : [drawn.slice(0, runs), drawn.slice(runs, 2 * runs)];
  };
}

function pick<T>(items: readonly T[]): T | undefined {
  return items[Math.floor(random() * items.length)];
}

/** Prints, for each number of runs a side, in how many of 100 draws a verdict came out. */
function report(title: string, draw: Draw): void {
  table(title, (runs) => {
    const pair = draw(runs);
    return pair === null ? null : judge(...pair);
  });
}

/** The same where the comparison is made again after each run of the later side: whether a verdict ever came out. */
function reportPeeking(title: string, draw: Draw): void {
  table(title, (runs) => {
    const pair = draw(runs);
    if (pair === null) return null;
    const [then, now] = pair;
    // Between two looks a comparison says the same; test/audit/compare.test.ts holds that.
    const sizes = [...LOOKS.map((look) => look.runs).filter((size) => size < runs), runs];
    const seen = sizes.map((size) => judge(then, now.slice(0, size)));
    return (seen[0] ?? []).map((_one, at) => seen.some((row) => row[at]));
  });
}

function table(title: string, once: (runs: number) => readonly boolean[] | null): void {
  if (!title.includes(words)) return;
  console.log(`### ${title}\n`);
  console.log(`| runs a side | ${COLUMNS.join(" | ")} |`);
  console.log(`| --- | ${COLUMNS.map(() => "---").join(" | ")} |`);
  for (const runs of SIZES) {
    const rows = Array.from({ length: Number(draws) }, () => once(runs)).filter((row) => row !== null);
    if (rows.length === 0) continue;
    const rates = COLUMNS.map((_name, at) => rows.filter((row) => row[at]).length / rows.length);
    console.log(`| ${runs} | ${rates.map((rate) => (100 * rate).toFixed(1)).join(" | ")} |`);
  }
  console.log("");
}

/** "Calls fell" is the claim in any of its three forms: met, success unknown, worse. */
function judge(then: readonly Run[], now: readonly Run[]): readonly boolean[] {
  const criteria = compareRuns(then, now, { isPlanned: false })?.criteria ?? [];
  const is = (name: string, verdict: RegExp): boolean =>
    criteria.some((one) => one.criterion === name && verdict.test(one.verdict));
  const plan = is("plan_before_first_tool", /^met/u);
  const calls = is("tool_calls_per_task", /^(?:met|fewer)/u);
  const mean = (runs: readonly Run[]): number =>
    runs.reduce((total, { callsPerTask }) => total + (callsPerTask ?? 0), 0) / runs.length;
  return [
    plan,
    calls,
    plan || calls,
    is("success", /^met/u),
    is("plan_before_first_tool", /^not met/u),
    is("tool_calls_per_task", /^not met/u),
    is("success", /^not met/u),
    mean(now) <= 0.9 * mean(then),
  ];
}

/** Standard normal, by the sum of twelve. */
function normal(): number {
  return Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6);
}

/** One run of each of so many tasks on both sides, of one configuration but for the effect; `goal` null hides the pairs. */
function repeats(effect: Effect, isPaired: boolean): Draw {
  return (runs) => {
    const tasks = Array.from({ length: runs }, (): Task => {
      const kind = random();
      return { calls: Math.exp(2.7 + 1.2 * normal()), rate: kind < 0.35 ? 0.05 : kind < 0.6 ? 0.95 : random() };
    });
    const side = ({ calls, success }: Effect): readonly Run[] =>
      tasks.map((task, at) => {
        const isDone = random() < success(task.rate);
        const made = Math.max(1, Math.round(task.calls * calls * Math.exp(0.5 * normal())));
        const base = turns[at % turns.length];
        if (base === undefined) throw new Error("no runs");
        const goal = isPaired ? `task ${at}` : null;
        const outcome = isDone ? "success" : "failure";
        const rest = { kind: "no_task_list", cli: null, model: null, sessionId: null, planFirst: false } as const;
        const [traceId, startedAt] = [String(at).padStart(3, "0"), null];
        return { ...base, ...rest, traceId, startedAt, goal, callsPerTask: made, success: isDone, outcome };
      });
    return [side(NONE), side(effect)];
  };
}
