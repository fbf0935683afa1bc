import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { temporaryFolder } from "../files/temporary.ts";
import type { Script } from "../claude/stand-in.ts";
import { runClaude } from "../claude/run.ts";

const Grade = z.looseObject({ name: z.string(), passed: z.boolean(), explanation: z.string() });
const Run = z.looseObject({
  score: z.number(),
  turns: z.int(),
  error: z.string().nullable(),
  graders: z.array(Grade),
});

/** What of the report of `claude plugin eval --json` the tests look at. */
const EvalReport = z.looseObject({
  partial: z.boolean(),
  cases: z.array(z.looseObject({ name: z.string(), arms: z.looseObject({ with: z.array(Run).min(1) }) })),
});

/** One run of one case. */
export type Graded = {
  readonly score: number;
  /** Requests that the main agent made. */
  readonly turns: number;
  readonly error: string | null;
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** Of those that failed, the ones that had nothing to judge, such as a file that was not written. */
  readonly idle: readonly string[];
};

/**
 * The arguments of `claude plugin eval` that every evaluation of this plugin needs: the real server in place of mocks, and
 * the grants that its tools, the plan and the projects of the cases need.
 */
export function evalArguments(plugin: string): readonly string[] {
  const options = "--trust-plugin --no-publish --ablation none --mocks off --scaffold --allow-tools";
  return ["plugin", "eval", plugin, ...options.split(" "), "mcp__plugin_trace-audit_langfuse__*", "Write", "Edit"];
}

/** Runs the cases of a staged plugin in the real CLI, `script` playing the model; the first run of each, by its name. */
export async function runEvaluation(plugin: string, script: Script): Promise<ReadonlyMap<string, Graded>> {
  const results = temporaryFolder("eval-results");
  const report = join(results, "report.json");
  const { stdout, stderr, traffic } = await runClaude({
    script,
    cwd: results,
    args: [...evalArguments(plugin), "--runs", "1", "--concurrency", "3", "--json", report, "--output-dir", results],
    timeoutMs: 270_000,
  });
  const { partial, cases } = EvalReport.parse(read(report, stdout + stderr));
  if (traffic.some(({ method }) => method === "CONNECT")) throw new Error("The evaluation reached for the outside.");
  if (partial) throw new Error(`claude plugin eval broke off: ${stdout}${stderr}`);
  return new Map(cases.flatMap(({ name, arms }) => arms.with.slice(0, 1).map((run) => [name, toGraded(run)] as const)));
}

function toGraded({ score, turns, error, graders }: z.infer<typeof Run>): Graded {
  const namesOf = (grades: typeof graders) => grades.map(({ name }) => name);
  const failed = graders.filter(({ passed }) => !passed);
  return {
    score,
    turns,
    error,
    passed: namesOf(graders.filter(({ passed }) => passed)),
    failed: namesOf(failed),
    idle: namesOf(failed.filter(({ explanation }) => explanation.startsWith("grader threw"))),
  };
}

function read(path: string, said: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Error(`claude plugin eval wrote no report. It said: ${said}`, { cause });
  }
}
