// What comparisons say of real runs whose tasks have a verifier's verdict, without and with that verdict.
// `tsx test/scripts/outcomes.ts FOLDER`; FOLDER holds labels.json, a list of { arm, task, session, resolved }, and a folder
// for each arm with its sessions as Claude Code's transcripts.
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { compareRuns } from "../../mcp-server/src/audit/compare/criteria.ts";
import { toRun, type Run } from "../../mcp-server/src/audit/compare/run.ts";
import { parseFacts } from "../../mcp-server/src/audit/evidence/summary-facts.ts";
import { createTranscriptSource } from "../../mcp-server/src/sources/transcripts/source.ts";
import { toSessionSummary } from "../../mcp-server/src/trace/summary/session-summary.ts";
import { toSessionTurns } from "../../mcp-server/src/trace/summary/session-traces.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { transcriptFolder } from "../support/transcripts/recorded.ts";

const Labels = z.array(
  z.object({ arm: z.string(), task: z.string(), session: z.string(), resolved: z.boolean().nullable() }),
);
type Labelled = z.infer<typeof Labels>[number] & {
  readonly run: Run;
  readonly outcome: string;
  readonly basis: string;
};

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("Usage: tsx test/scripts/outcomes.ts FOLDER");
const listed: unknown = JSON.parse(readFileSync(join(folder, "labels.json"), "utf8"));
// A task without a session is none.
const labels = Labels.parse(Array.isArray(listed) ? listed.filter((one: object) => "session" in one) : listed);
const arms = [...new Set(labels.map(({ arm }) => arm))].filter((arm) => readdirSync(folder).includes(arm));
const [home, project] = [temporaryFolder("home"), temporaryFolder("project")];
for (const arm of arms) cpSync(join(folder, arm), transcriptFolder(home, project), { recursive: true });
const source = createTranscriptSource(
  { HOME: home, CLAUDE_PROJECT_DIR: project, CLAUDE_CONFIG_DIR: join(home, ".claude") },
  Date.now,
);

const runs = await readAll();
console.log(`${runs.length} sessions, ${runs.filter(({ resolved }) => resolved === true).length} resolved\n`);
console.log("| outcome, basis | resolved | not resolved |\n| --- | --- | --- |");
for (const key of [...new Set(runs.map(({ outcome, basis }) => `${outcome}, ${basis}`))].toSorted()) {
  const alike = runs.filter(({ outcome, basis }) => `${outcome}, ${basis}` === key);
  const count = (is: boolean): number => alike.filter(({ resolved }) => resolved === is).length;
  console.log(`| ${key} | ${count(true)} | ${count(false)} |`);
}
for (const [title, change] of [
  ["as they are", (one: Labelled): Run => one.run],
  ["models hidden", (one: Labelled): Run => ({ ...one.run, model: null })],
  ["models hidden, graded by the verifier", grade],
  ["the same, not paired", (one: Labelled): Run => ({ ...grade(one), goal: null })],
] as const) {
  console.log(`\n### ${title}\n`);
  for (const before of arms) for (const after of arms) if (before !== after) report(before, after, change);
}

async function readAll(): Promise<readonly Labelled[]> {
  const read: Labelled[] = [];
  for (const label of labels.filter(({ arm }) => arms.includes(arm))) {
    const { traces } = await source
      .readSession(label.session, AbortSignal.timeout(60_000))
      .catch(() => ({ traces: [] }));
    const turns = toSessionTurns(traces).turns.map(({ turn }) => turn);
    if (turns.length === 0) continue;
    const summary = toSessionSummary({ id: label.session, warnings: [] }, turns);
    const facts = parseFacts(JSON.stringify(summary));
    if (facts === null) continue;
    // The prompts differ in their files' names; the task is what was asked.
    const run = { ...toRun(facts), goal: label.task, startedAt: null, traceId: label.task, sessionId: null };
    read.push({ ...label, run, outcome: summary.outcome, basis: String(summary.outcome_basis) });
  }
  return read;
}

/** The run with the verifier's verdict as its score. */
function grade({ run, resolved }: Labelled): Run {
  const outcome = resolved === null ? run.outcome : resolved ? "success" : "failure";
  return { ...run, model: null, success: resolved, outcome };
}

function report(before: string, after: string, change: (one: Labelled) => Run): void {
  const of = (arm: string): readonly Labelled[] => runs.filter((one) => one.arm === arm && one.resolved !== null);
  const compared = compareRuns(of(before).map(change), of(after).map(change));
  const rate = (arm: string): string => {
    const all = of(arm);
    return `${all.filter(({ resolved }) => resolved === true).length} of ${all.length}`;
  };
  console.log(`${before} (${rate(before)} resolved) then ${after} (${rate(after)}): ${compared?.pairs ?? "no"} pairs`);
  for (const line of compared?.differs ?? []) console.log(`  ${line}`);
  for (const { criterion, value_then, value_now, verdict, runs_needed } of compared?.criteria ?? [])
    console.log(`  ${criterion}: ${value_then} then, ${value_now} now: ${verdict} (needed: ${runs_needed ?? "-"})`);
}
