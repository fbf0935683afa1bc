import type { TimelineEvent } from "../rows/event.ts";

/** When a trace started (milliseconds since 1970) and how long its turn took; null when the exporter records no times. */
export type Timing = {
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly durationMs: number | null;
};

/** A trace of several rows that all lie within less than this was written at one instant. */
const INSTANT_MS = 25;

/**
 * The turn's time: that of a sound root, else of the main agent's rows. A root is not sound when it starts after its
 * children ended (phantom turns of CLI 2.1.330) or ends before it starts. Background subagents outlive their turn.
 */
export function toTiming(events: readonly TimelineEvent[], turns: readonly TimelineEvent[]): Timing {
  const turnRows = new Set(turns);
  const all = createSpan();
  const main = createSpan();
  for (const event of events) {
    if (turnRows.has(event)) continue;
    extend(all, event);
    if (event.actor === "main" && event.kind !== "subagent") extend(main, event);
  }
  const inner = main.start === null && main.end === null ? all : main;
  const sound = turns.filter((turn) => isSound(turn, inner));
  const outer = span(sound);
  const whole = span([...sound, all]);
  const startedAt = outer.start ?? inner.start ?? span(turns).start;
  const endedAt = outer.end ?? inner.end;
  const isInstant =
    events.length > 1 && whole.start !== null && whole.end !== null && whole.end - whole.start < INSTANT_MS;
  const measured = sound.length === 1 ? (sound[0]?.container?.duration ?? null) : null;
  const length = startedAt === null || endedAt === null ? null : Math.max(0, endedAt - startedAt);
  return { startedAt, endedAt, durationMs: isInstant ? null : (measured ?? length) };
}

function isSound({ start, end }: TimelineEvent, inner: Readonly<Span>): boolean {
  if (start === null || end === null || end < start) return false;
  return inner.end === null || start <= inner.end;
}

type Span = { start: number | null; end: number | null };

function createSpan(): Span {
  return { start: null, end: null };
}

/** Takes an event in: the first start and the last end; an end before its start counts as the start. */
function extend(whole: Span, { start, end }: Readonly<Span>): void {
  if (start !== null && (whole.start === null || start < whole.start)) whole.start = start;
  const ending = end === null || (start !== null && end < start) ? start : end;
  if (ending !== null && (whole.end === null || ending > whole.end)) whole.end = ending;
}

function span(events: Iterable<Readonly<Span>>): Span {
  const whole = createSpan();
  for (const event of events) extend(whole, event);
  return whole;
}
