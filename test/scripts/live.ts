// Tries a living Langfuse: sends recorded traces the way exporters do, reads them back through the built bundle and
// compares. `npm run live -- [--yes] [--wait SECONDS]`; never part of the tests. A server in write mode dual shows what
// older SDKs send after ten minutes: `--wait 900`. For tries against a server that stores nothing: `--run`, `--now`
// and `--sent` make the same traces again and read them even if sending was refused.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import { assess } from "../../mcp-server/src/trace/summary/summary.ts";
import { factsOf } from "../support/trace/traces.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { sendByOldSdk } from "../support/live/ingestion.ts";
import { isLoopback, type LiveServer, probe, sendOverOtlp, toLiveServer } from "../support/live/server.ts";
import { type LiveTrace, liveTraces } from "../support/live/traces.ts";
import { type Server, startServer } from "../support/mcp/client.ts";

const args = process.argv.slice(2);
const waitSeconds = Number(args[args.indexOf("--wait") + 1]) || 90;
const run = args.includes("--run") ? String(args[args.indexOf("--run") + 1]) : randomUUID();
const now = args.includes("--now") ? Date.parse(String(args[args.indexOf("--now") + 1])) : Date.now();

/** Sends one trace; what the server said to it. */
async function send(target: LiveServer, { route, trace }: LiveTrace): Promise<string> {
  if (route === "otlp") return `${await sendOverOtlp(target, trace)}`;
  const problem = await sendByOldSdk(target, trace);
  return problem === null ? "accepted" : `refused: ${problem.slice(0, 120)}`;
}

/** Reads a trace until its summary is the expected one or the time is over; what is different then, or null. */
async function readBack(
  server: Server,
  project: string,
  { trace }: LiveTrace,
): Promise<readonly [api: string, problem: string | null]> {
  const { session, toSummary } = assess(factsOf(trace));
  const expected = formatJson(toSummary(session === null ? null : { turns: [], isWhole: true }));
  const until = Date.now() + waitSeconds * 1000;
  let api = "-";
  let problem = "it was never readable";
  while (Date.now() < until) {
    try {
      const answer = await server.fetch(trace.id);
      api = answer.source.api;
      const found = answer.summaries[0];
      const written = found === undefined ? "" : formatJson(found);
      if (written === expected) {
        const { path } = await server.write(trace.id);
        const stored = readFileSync(join(project, path), "utf8");
        return [api, stored.trim() === expected.trim() ? null : "the stored summary is another"];
      }
      problem = firstDifference(expected, written);
    } catch (error) {
      problem = error instanceof Error ? error.message.slice(0, 200) : String(error);
    }
    await sleep(2000);
  }
  return [api, problem];
}

function firstDifference(expected: string, found: string): string {
  const lines = found.split("\n");
  const at = expected.split("\n").findIndex((line, index) => line !== lines[index]);
  return `line ${at + 1}: expected ${expected.split("\n")[at]?.trim() ?? "nothing"}, found ${lines[at]?.trim() ?? "nothing"}`;
}

const target = toLiveServer(process.env);
if (!isLoopback(target) && !args.includes("--yes")) {
  console.error(
    `${new URL(target.baseUrl).hostname} is not this machine. With --yes five recorded traces are sent to that project.`,
  );
  process.exit(2);
}

const traces = liveTraces(run, now);
const project = temporaryFolder("live");
const { baseUrl, publicKey, secretKey } = target;
const env = { LANGFUSE_BASE_URL: baseUrl, LANGFUSE_PUBLIC_KEY: publicKey, LANGFUSE_SECRET_KEY: secretKey };
const server = await startServer({ env, cwd: project });
let read = 0;
let failures = 0;
try {
  for (const one of traces) {
    const said = await send(target, one);
    const isTaken = said === "accepted" || said.startsWith("2");
    console.log(
      `${one.route === "otlp" ? "POST /api/public/otel/v1/traces" : "POST /api/public/ingestion"}  ${one.name}: ${said}`,
    );
    if (!isTaken && !args.includes("--sent")) continue;
    const [api, problem] = await readBack(server, project, one);
    read += 1;
    if (problem !== null) failures += 1;
    console.log(`  read by ${api}: ${problem ?? "the expected summary, fetched and written"}`);
  }
  const first = traces[0]?.trace.id ?? "";
  for (const [route, status] of await probe(target, first)) console.log(`${route}  ${status}`);
} finally {
  await server.close();
}
console.log(
  `${traces.length} sent, ${traces.length - read} refused, ${read - failures} as expected, ${failures} different.`,
);
process.exit(failures === 0 && read > 0 ? 0 : 1);
