import type { Coverage } from "../../../mcp-server/src/trace/values/vocabulary.ts";
import { assess, type Assessed } from "../../../mcp-server/src/trace/summary/summary.ts";
import { agent, read } from "../trace/steps.ts";
import { factsOf } from "../trace/traces.ts";
import { asObject, type LegacyObservation, type LegacyTrace, textOf } from "../langfuse/store.ts";
import type { Host } from "./hosts.ts";
import type { Plant } from "./patterns.ts";
import { requestsOf } from "./rows.ts";
import type { PlantStep } from "./session.ts";

/** What the core makes of a trace. */
export function assessTrace(trace: LegacyTrace): Assessed {
  return assess(factsOf(trace));
}

/** What a pattern can need of an exporter. */
export const NEEDS = [
  "order",
  "times",
  "targets",
  "contents",
  "refusals",
  "retries",
  "tokens",
  "waiting",
  "subagents",
  "subagentOrder",
  "session",
  "end",
  "goal",
  "task",
] as const;
export type Need = (typeof NEEDS)[number];

/**
 * What an exporter shows, by the summary of a clean turn and by the kinds of rows it has.
 * targets: paths and commands; contents: the whole of a call's input and result; refusals: calls that Claude Code
 * refused before they ran; retries: each failed request to the model; tokens: the size of requests; waiting: how long a human
 * was waited for; subagents: what they did; subagentOrder: and when; end: that a human stopped the turn; goal: what
 * was asked for; task: and that it is work and no question.
 */
export function shownBy({ trace, plant }: Host): ReadonlySet<Need> {
  const assessed = assessTrace(trace);
  const { coverage, goal, warnings } = assessed.toSummary(null);
  const loses = (code: string): boolean => warnings.some((warning) => warning.code === code);
  const requests = requestsOf(trace);
  const shows: Readonly<Record<Need, boolean>> = {
    order: isShown(coverage, "order"),
    times: coverage.timing === "recorded",
    targets: isShown(coverage, "targets"),
    contents: coverage.targets === "recorded",
    refusals: !loses("exporter_omits_rejected_calls"),
    retries: requestsOf(plant(RETRIED, false).trace).length > requestsOf(plant(RETRIED.slice(1), false).trace).length,
    tokens: requests.length > 1 && requests.every(hasTokens),
    waiting: trace.observations.some(({ name }) => textOf(name)?.endsWith("blocked_on_user") === true),
    subagents: !loses("exporter_omits_subagent_calls"),
    subagentOrder: !loses("exporter_omits_subagent_calls") && isInOrder(plant(DELEGATED, false).trace),
    session: assessed.session !== null,
    goal: isShown(coverage, "goal"),
    task: goal !== null && !goal.endsWith("?"),
    end: !loses("trace_is_one_request"),
  };
  return new Set(NEEDS.filter((need) => shows[need]));
}

/** A request fails, and the next asks for a file. */
const RETRIED: readonly PlantStep[] = [{ says: "API Error: 529 Overloaded." }, read("retried.ts")];

/** A subagent reads a file, and the main agent another one after it. */
const DELEGATED: readonly PlantStep[] = [{ ...agent("Look around"), agent: [read("first.ts")] }, read("second.ts")];

/** Whether the rows of DELEGATED say what came first; where targets are hidden they do not. */
function isInOrder({ observations }: LegacyTrace): boolean {
  const startOf = (file: string): string | undefined =>
    observations.find((row) => JSON.stringify([row.input, row.metadata]).includes(file))?.startTime;
  return (startOf("first.ts") ?? "") < (startOf("second.ts") ?? "");
}

const isShown = (coverage: Coverage, aspect: keyof Coverage): boolean => coverage[aspect] !== "not_recorded";

function hasTokens({ usageDetails, metadata }: LegacyObservation): boolean {
  return "input" in asObject(usageDetails) || "input_tokens" in asObject(asObject(metadata).attributes);
}

/** Whether the exporter's traces can decide a plant: it shows everything that the plant needs. */
export function isDecidable({ needs }: Plant, shown: ReadonlySet<Need>): boolean {
  return needs.every((need) => shown.has(need));
}
