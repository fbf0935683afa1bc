// Ratios of one run on this machine: `npm run bench`. Not part of the tests, which assert no times.
import { spawn } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../mcp-server/scripts/root.ts";
import { servePages, serveWhole, useBundle, useParse, useParseOfLines, type Used } from "../support/bench/http.ts";
import { serveSession } from "../support/bench/session.ts";
import { timePlopCalls } from "../support/bench/plop-call.ts";
import { KINDS, openWorkplace, timeSession, type Taken } from "../support/bench/sessions.ts";
import { writeLongSession } from "../support/bench/transcript.ts";
import { bundleSummary } from "../support/bench/summary.ts";
import { longTrace } from "../support/langfuse/long-trace.ts";

const MAIN = join(ROOT, "mcp-server/dist/main.mjs");
const OPENING = [
  {
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } },
  },
  { method: "notifications/initialized" },
  { id: 2, method: "tools/list" },
];

/** Milliseconds from spawning a command to its exit, or to the first output that holds `until`. */
function time(args: readonly string[], until: string | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    child.on("error", reject);
    if (until === null) child.on("exit", () => resolve(performance.now() - start));
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (until === null || !output.includes(until)) return;
      resolve(performance.now() - start);
      child.kill();
    });
    for (const message of until === null ? [] : OPENING)
      child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    if (until === null) child.stdin.end();
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}

function row(what: string, ratio: number, bound: string): void {
  console.log(`${what.padEnd(58)} ${ratio.toFixed(2).padStart(6)} x   ${bound}`);
}

console.log(`Node ${process.version}. Each figure is a ratio of medians taken in this run.\n`);

const bare: number[] = [];
const server: number[] = [];
for (let at = 0; at < 25; at += 1) {
  // In turn, so that what else the machine does falls on both.
  bare.push(await time(["-e", "0"], null));
  server.push(await time([MAIN], '"id":2'));
}
row("server: spawn to tools/list, against node -e 0", median(server) / median(bare), "at most 2.0, aim 1.6");

// What the plugin costs a session that never audits: the real CLI, sessions with and without it in turn. What else the machine does
// moves the clock's time more than the plugin does, and the processor's time less than that: the bounds are for an idle machine.
const load = (): string =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(", ");
console.log(`load ${load()} on ${availableParallelism()} cores`);
for (const kind of KINDS) {
  const place = openWorkplace();
  const taken = { with: new Array<Taken>(), without: new Array<Taken>() };
  for (let at = 0; at < 6; at += 1)
    // The one that begins changes, so that a load that comes and goes falls on both.
    for (const side of at % 2 === 0 ? (["without", "with"] as const) : (["with", "without"] as const)) {
      const one = await timeSession(place, kind, side);
      // The first of each fills caches.
      if (at > 0) taken[side].push(one);
    }
  const ratio = (of: (one: Taken) => number): number => median(taken.with.map(of)) / median(taken.without.map(of));
  const what = `a session with 40 calls of ${kind}, against no plugin`;
  row(
    `${what}: clock`,
    ratio(({ ms }) => ms),
    "at most 1.05, idle",
  );
  row(
    `${what}: processor`,
    ratio(({ cpuMs }) => cpuMs),
    "at most 1.10",
  );
}
const calls = await timePlopCalls(25);
console.log(
  `${"a call that /plop judges".padEnd(58)} ${median(calls.judged).toFixed(0).padStart(6)} ms  at most 100, idle`,
);
row("the same, against node -e 0", median(calls.judged) / median(calls.bare), "at most 3.0");
console.log(`load ${load()}`);

const { createTraceReducer, assess } = await bundleSummary();
for (const exporter of ["official-plugin-v1-cleantranscript/rich-default", "native-otel/rich-content"]) {
  const text = longTrace(exporter, 10_000);
  const parse: number[] = [];
  const reduce: number[] = [];
  for (let at = 0; at < 40; at += 1) {
    let start = performance.now();
    const trace: { id?: unknown } = JSON.parse(text);
    parse.push(performance.now() - start);
    start = performance.now();
    const reducer = createTraceReducer(String(trace.id));
    reducer.addTrace(trace);
    assess(reducer.finish()).toSummary(null);
    reduce.push(performance.now() - start);
  }
  const [kind] = exporter.split("/");
  row(
    `reduce 10,000 rows (${kind}), against JSON.parse`,
    median(reduce.slice(10)) / median(parse.slice(10)),
    "at most 1.0",
  );
}

// The rest over HTTP, through the bundle: a process of its own for each call, which is what a user waits for.
const PLUGIN = "official-plugin-v1-cleantranscript/rich-default";

function megabytes(what: string, used: readonly Used[], bound: number): void {
  const peak = Math.max(...used.map(({ peakMb }) => peakMb));
  console.log(`${what.padEnd(58)} ${peak.toFixed(0).padStart(6)} MB  at most ${bound}`);
}

const millis = (used: readonly Used[]): number => median(used.map(({ ms }) => ms));

const whole = await serveWhole(PLUGIN, 10_000);
const read: Used[] = [];
const parsed: Used[] = [];
for (let at = 0; at < 9; at += 1) {
  parsed.push(await useParse(whole));
  read.push(await useBundle(whole));
}
await whole.close();
row(
  "read a legacy answer of 17 MB, against JSON.parse of it",
  millis(read) / millis(parsed),
  "at most 3.0, transfer included in both",
);
megabytes("its peak memory", read, 350);

const heavy: (readonly Used[])[] = [];
for (const [count, times] of [
  [10_000, 5],
  [100_000, 2],
] as const) {
  const pages = await servePages(PLUGIN, count, 2000);
  const used: Used[] = [];
  for (let at = 0; at < times; at += 1) used.push(await useBundle(pages));
  heavy.push(used);
  await pages.close();
}
const [few = [], many = []] = heavy;
row("read 100,000 rows of 3.8 kB in pages, against 10,000", millis(many) / millis(few), "at most 11");
megabytes("its peak memory", many, 250);

const sessions: (readonly Used[])[] = [];
for (const [turns, times] of [
  [20, 5],
  [200, 2],
] as const) {
  const pages = await serveSession(PLUGIN, { turns, rows: 500, bytes: 2000 });
  const used: Used[] = [];
  for (let at = 0; at < times; at += 1) used.push(await useBundle(pages));
  sessions.push(used);
  await pages.close();
}
const [short = [], long = []] = sessions;
row("read a session of 200 turns of 500 rows, against 20 turns", millis(long) / millis(short), "at most 11");
megabytes("its peak memory", long, 250);

const transcript = writeLongSession(120);
const readLines: Used[] = [];
const parsedLines: Used[] = [];
for (let at = 0; at < 9; at += 1) {
  parsedLines.push(await useParseOfLines(transcript.file));
  readLines.push(await useBundle(transcript));
}
const speed = `at most 1.5, or 100 MB/s: ${(transcript.size / 1000 / millis(readLines)).toFixed(0)} MB/s`;
row("read a session's transcript of 51 MB, against JSON.parse", millis(readLines) / millis(parsedLines), speed);
megabytes("its peak memory", readLines, 250);
