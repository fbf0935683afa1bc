import { isPatternId, toCount, type PhaseFacts, type SummaryFacts } from "../evidence/summary-facts.ts";
import { byFrequency, OUTCOMES, PHASE_KINDS } from "../../trace/values/vocabulary.ts";

/** A picture is at most so many characters, its fence included. */
export const MAX_PICTURE = 1500;
export const FENCE = "```";
export const OPENING = `${FENCE}mermaid`;

/** How many kinds and patterns a row names, and the rest by their number: the first detail that fits MAX_PICTURE. */
const DETAILS = [
  { kinds: 3, patterns: 2 },
  { kinds: 2, patterns: 1 },
  { kinds: 1, patterns: 0 },
] as const;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How positions are written: as times of a day that begins at zero, in whole minutes, or as the number of the call. */
type Axis = {
  readonly lines: readonly string[];
  readonly title: string;
  readonly start: (at: number) => string;
  readonly length: (span: number) => number;
};

const CLOCK = "dateFormat HH:mm:ss.SSS";
const NUMBERS = ["dateFormat x", "axisFormat %Q"] as const;

/**
 * A run as a Mermaid Gantt chart between its fences, or null when the summary has no phases: a row for the whole run and one
 * for each phase, red where a pattern's evidence lies. It holds numbers and names of our own only, so that no text of a
 * trace can become syntax or an instruction. Where times are not recorded the axis counts calls.
 */
export function toPicture(facts: SummaryFacts): string | null {
  if (facts.phases.length === 0) return null;
  for (const detail of DETAILS) {
    const picture = draw(facts, detail);
    if (picture.length <= MAX_PICTURE) return picture;
  }
  return null;
}

function draw(facts: SummaryFacts, detail: (typeof DETAILS)[number]): string {
  const { phases } = facts;
  const spans = toSpans(facts);
  const total = Math.max(spans.whole, ...spans.phases.map(({ start, length }) => start + length));
  const axis = toAxis(spans.isTimed, total);
  const placed = new Set(phases.flatMap(({ patterns }) => patterns));
  const unplaced = facts.notable_patterns.filter((id) => isPatternId(id) && !placed.has(id));
  const row = (label: string, mark: string, start: number, length: number): string =>
    `  ${label} :${mark}${axis.start(start)}, ${Math.max(1, axis.length(length))}ms`;
  return [
    OPENING,
    "gantt",
    `  title ${toTitle(facts)}${axis.title}`,
    ...axis.lines.map((line) => `  ${line}`),
    // Otherwise a line is drawn at the time of day at which the picture is looked at.
    "  todayMarker off",
    row(`whole run${toMarks(unplaced, detail.patterns)}`, "done, ", 0, spans.whole),
    ...phases.map((phase, at) => {
      const { start = 0, length = 0 } = spans.phases[at] ?? {};
      const label = `${toWork(phase, detail.kinds)}${toMarks(phase.patterns, detail.patterns)}`;
      return row(label, phase.patterns.length > 0 ? "crit, " : "", start, length);
    }),
    FENCE,
  ].join("\n");
}

type Spans = {
  readonly isTimed: boolean;
  readonly whole: number;
  readonly phases: readonly { readonly start: number; readonly length: number }[];
};

/** Milliseconds, or calls where some time is not recorded. */
function toSpans({ phases, duration_ms }: SummaryFacts): Spans {
  const timed = phases.flatMap(({ start_ms, duration_ms: length }) =>
    start_ms === null || length === null ? [] : [{ start: start_ms, length }],
  );
  if (duration_ms !== null && timed.length === phases.length)
    return { isTimed: true, whole: duration_ms, phases: timed };
  let before = 0;
  const counted = phases.map((phase) => {
    const length = callsOf(phase);
    before += length;
    return { start: before - length, length };
  });
  return { isTimed: false, whole: before, phases: counted };
}

function toAxis(isTimed: boolean, total: number): Axis {
  if (!isTimed) return { lines: NUMBERS, title: ", axis in calls", start: String, length: (span) => span };
  if (total >= 24 * HOUR) {
    const minutes = (span: number): number => Math.round(span / MINUTE);
    return { lines: NUMBERS, title: ", axis in minutes", start: (at) => String(minutes(at)), length: minutes };
  }
  const shown = total < 10 * SECOND ? "%S.%L" : total < HOUR ? "%M:%S" : "%H:%M";
  return { lines: [CLOCK, `axisFormat ${shown}`], title: "", start: toClock, length: (span) => span };
}

function toClock(at: number): string {
  const part = (unit: number, of: number): string => String(Math.floor(at / unit) % of).padStart(2, "0");
  return `${part(HOUR, 24)}:${part(MINUTE, 60)}:${part(SECOND, 60)}.${String(at % SECOND).padStart(3, "0")}`;
}

function toTitle({ metrics, duration_ms, outcome }: SummaryFacts): string {
  const calls = toCount(metrics["tool_calls"]);
  const delegated = toCount(metrics["subagent_tool_calls"]) ?? 0;
  return [
    calls === null ? "calls" : `${calls} ${calls === 1 ? "call" : "calls"}`,
    delegated > 0 ? ` (${delegated} by subagents)` : "",
    duration_ms === null ? "" : ` in ${toLength(duration_ms)}`,
    `, ${OUTCOMES.find((name) => name === outcome) ?? "unknown"}`,
  ].join("");
}

function toLength(ms: number): string {
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`;
  return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
}

function toWork(phase: PhaseFacts, max: number): string {
  const kinds = byFrequency(PHASE_KINDS.map((kind) => [kind, phase.calls[kind] ?? 0] as const));
  const named = kinds.slice(0, max).map(([kind, calls]) => `${kind} ${calls}`);
  const others = kinds.slice(max).reduce((sum, [, calls]) => sum + calls, 0);
  const failed = (phase.error_calls ?? 0) > 0 ? [`${phase.error_calls} failed`] : [];
  return [...named, ...(others > 0 ? [`+${others}`] : []), ...failed].join(", ");
}

function toMarks(patterns: readonly string[], max: number): string {
  if (patterns.length === 0) return "";
  const others = patterns.length - max;
  return ` (${[...patterns.slice(0, max), ...(others > 0 ? [`+${others}`] : [])].join(", ")})`;
}

function callsOf({ calls }: PhaseFacts): number {
  return PHASE_KINDS.reduce((sum, kind) => sum + (calls[kind] ?? 0), 0);
}
