// How often the comparison claims an improvement when nothing changed: both sides are drawn from the same real runs.
// `tsx test/scripts/simulate.ts FOLDER [DRAWS]`; FOLDER holds sessions as *.jsonl.gz, one trace as JSON on each line.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compareRuns } from "../../mcp-server/src/audit/compare/criteria.ts";
import { SUCCESS_MARGIN } from "../../mcp-server/src/audit/compare/needed.ts";
import { parseFacts } from "../../mcp-server/src/audit/evidence/summary-facts.ts";
import { toRun, type Run } from "../../mcp-server/src/audit/compare/run.ts";
import { createRandom, shuffle, summarizeTrace } from "../support/trace/traces.ts";
import { parseLegacyTrace } from "../support/langfuse/store.ts";

const SIZES = [1, 2, 3, 5, 10, 20] as const;
const SEED = 20_260_101;

type Draw = (runs: number) => readonly [then: readonly Run[], now: readonly Run[]] | null;

const [folder, draws = "4000"] = process.argv.slice(2);
if (folder === undefined) throw new Error("Usage: tsx test/scripts/simulate.ts FOLDER [DRAWS]");
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
  const columns = ["plan first met", "calls met", "either met", "success met", "plan first not met", "calls not met"];
  console.log(`### ${title}\n`);
  console.log(`| runs a side | ${columns.join(" | ")} | success not met | calls' mean 10 % lower |`);
  console.log(`| --- | ${columns.map(() => "---").join(" | ")} | --- | --- |`);
  for (const runs of SIZES) {
    const rows = Array.from({ length: Number(draws) }, () => draw(runs)).filter((pair) => pair !== null);
    if (rows.length === 0) continue;
    const counts = rows.map(([then, now]) => judge(then, now));
    const rates = Array.from({ length: 8 }, (_rate, at) => counts.filter((row) => row[at]).length / counts.length);
    console.log(`| ${runs} | ${rates.map((rate) => (100 * rate).toFixed(1)).join(" | ")} |`);
  }
  console.log("");
}

function judge(then: readonly Run[], now: readonly Run[]): readonly boolean[] {
  const criteria = compareRuns(then, now, { isPlanned: false }).flatMap((group) => group.criteria);
  const is = (name: string, verdict: string): boolean =>
    criteria.some((one) => one.criterion === name && one.verdict === verdict);
  const [plan, calls] = [is("plan_before_first_tool", "met"), is("tool_calls_per_task", "met")];
  const mean = (runs: readonly Run[]): number =>
    runs.reduce((total, { callsPerTask }) => total + (callsPerTask ?? 0), 0) / runs.length;
  return [
    plan,
    calls,
    plan || calls,
    is("success", "met"),
    is("plan_before_first_tool", "not met"),
    is("tool_calls_per_task", "not met"),
    is("success", "not met"),
    mean(now) <= 0.9 * mean(then),
  ];
}
