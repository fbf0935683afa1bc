import { z } from "zod";
import { MAX_STEPS, MAX_TURNS } from "../turns/fit-turns.ts";
import { RECURRING } from "../turns/recurring.ts";
import { ENDS } from "../turns/row.ts";
import {
  EVIDENCE,
  GRADES,
  MAX_PHASE_PATTERNS,
  MAX_PHASES,
  OUTCOMES,
  PHASE_KINDS,
  SEVERITIES,
} from "../values/vocabulary.ts";

// The product's side of the data: strict, bounded, versioned. What Langfuse sends is read elsewhere and tolerantly.

const count = z.int().min(0);
const millis = count.nullable();
const line = (max: number) =>
  z
    .string()
    .max(max)
    // A refinement and not a pattern: the advertised JSON Schema has to compile in other languages too.
    .refine((value) => !/[\p{Cc}\u2028\u2029]/u.test(value));
const gradeOf = z.enum(GRADES);

/** A folded piece of the span tree: a run of calls of one tool is one node with a count. */
export const HierarchyNode = z.strictObject({
  kind: z.enum(["turn", "tool", "subagent", "generation", "other"]),
  name: line(100).optional(),
  count: count.optional(),
  duration_ms: millis,
  get children() {
    return z.array(HierarchyNode).max(40).optional();
  },
});
export type HierarchyNode = z.infer<typeof HierarchyNode>;

/** Calls of the main agent that follow each other; see phases.ts. */
const Phase = z.strictObject({
  calls: z
    .partialRecord(z.enum(PHASE_KINDS), z.int().min(1))
    .describe("Calls by what they do, the most frequent first, upkeep last"),
  error_calls: count.nullable(),
  start_ms: millis,
  duration_ms: millis,
  patterns: z.array(line(60)).max(MAX_PHASE_PATTERNS),
});
export type Phase = z.infer<typeof Phase>;

export const Metrics = z.strictObject({
  tool_calls: count,
  tool_calls_per_task: z.number().min(0).nullable(),
  plan_before_first_tool: z.boolean().nullable(),
  success: z.boolean().nullable(),
  error_calls: count,
  subagent_tool_calls: count.nullable(),
});

const Coverage = z.strictObject({
  goal: gradeOf,
  timing: gradeOf,
  order: gradeOf,
  targets: gradeOf,
  errors: gradeOf,
  subagents: gradeOf,
  tasks: gradeOf,
});

/** Where the turn stands in its session; the totals are of the earlier turns' main agent. */
const Session = z.strictObject({
  turn: z.int().min(1).nullable().describe("Counts the turns that a human began; null when earlier ones were not read"),
  earlier_turns: count,
  earlier_tool_calls: count,
  earlier_failed_calls: count,
  earlier_files_changed: count,
});

/** A turn that a human began; see trace/turns. In the summary of one turn those beside it show the human's words alone. */
const Turn = z.strictObject({
  turn: z.int().min(1).nullable().describe("Its number in the session; null when earlier turns were not read"),
  human: line(200).nullable().describe("The human's words, redacted; null when not recorded"),
  did: z
    .array(line(400))
    // Each may have steps before it that are only counted.
    .max(2 * MAX_STEPS + 1)
    .optional()
    .describe("What the main agent did, in order, neighbours of one kind folded"),
  unchecked: z.array(line(100)).max(25).optional().describe("Changed files that no fitting check followed"),
  git: z.array(line(260)).max(3).optional().describe("What a commit left out, or a push without one"),
  refused: line(600).optional().describe("Calls that a human or a rule refused, with the human's words"),
  open_tasks: z.int().min(1).optional().describe("Tasks of the agent's own list that were unfinished at its end"),
  end: z.enum(ENDS).optional(),
});
export type Turn = z.infer<typeof Turn>;

/** The first eight keys, fixed in order and meaning. Durations are milliseconds. */
const fixed = {
  trace_id: z.string().min(1).max(300),
  goal: line(200).nullable().describe("The first human prompt, cleaned and redacted; null when not recorded"),
  duration_ms: millis,
  tasks: count.nullable().describe("Tasks of the agent's own task list; null when not recorded"),
  subagents: z.array(line(100)).max(20),
  tool_usage: z.record(line(100), count),
  notable_patterns: z.array(line(60)),
  outcome: z.enum(OUTCOMES),
};

/** What `outcome` rests on: what the run itself shows, or a score of the trace. */
const OutcomeBasis = z
  .union([z.enum(EVIDENCE), line(70).refine((value) => value.startsWith("score:"))])
  .nullable()
  .describe(
    "Why the outcome is what it is; success without check_passed or a score says only that nothing is known to have failed",
  );

/** Which agent ran; `cli` is Claude Code's version. */
const Agent = z.strictObject({ cli: line(100).nullable(), models: z.array(line(80)).max(5) });

/** What the repository of the project knew of the run's commits when the summary was made; see run/afterwards.ts. */
const Afterwards = z.strictObject({
  commits: count,
  in_history: count,
  reverted: count,
  reverted_turns: z.array(z.int().min(1)).max(10),
});

const Score = z.strictObject({
  name: line(60),
  value: z.union([z.number(), z.boolean(), line(60)]),
  source: line(20),
});

/** The Trace Audit Summary. */
export const Summary = z.strictObject({
  ...fixed,
  outcome_basis: OutcomeBasis,
  schema_version: z.literal(2),
  agent: Agent,
  scores: z.array(Score).max(10).describe("Scores that somebody gave in Langfuse"),
  afterwards: Afterwards.optional().describe(
    "Of the commits whose hash the trace shows: how many HEAD's history holds, and how many of these it reverts; of the others nothing is known",
  ),
  scope: z.enum(["turn", "session"]),
  turns: z.array(Turn).max(MAX_TURNS),
  turns_folded: count.describe("Turns that are left out of `turns`"),
  recurring: z
    .array(z.strictObject({ kind: z.enum(RECURRING), what: line(160), turns: z.array(z.int().min(1)).max(20) }))
    .max(10)
    .describe("What at least two turns show"),
  completed: z.boolean(),
  started_at: z.iso.datetime().nullable(),
  session_id: line(200).nullable(),
  session: Session.nullable(),
  task_durations: z.array(z.strictObject({ task: z.int().min(1), duration_ms: millis, status: line(20) })).max(50),
  hierarchy: z.array(HierarchyNode).max(1),
  phases: z.array(Phase).max(MAX_PHASES),
  errors: z.array(z.strictObject({ tool: line(100).nullable(), kind: line(40), count })).max(50),
  patterns: z.array(
    z.strictObject({
      id: line(60),
      severity: z.enum(SEVERITIES),
      count,
      detail: line(240),
      observations: z.array(line(100)).max(10),
    }),
  ),
  metrics: Metrics,
  coverage: Coverage,
  warnings: z.array(z.strictObject({ code: line(60), count })).max(50),
});
export type Summary = z.infer<typeof Summary>;

/** A summary in an answer with more than four of them. */
export const SummaryEntry = z.strictObject({
  ...fixed,
  outcome_basis: OutcomeBasis,
  completed: z.boolean(),
  metrics: Metrics,
  coverage: Coverage,
});
export type SummaryEntry = z.infer<typeof SummaryEntry>;
