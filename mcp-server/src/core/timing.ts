import type { Placed } from "./actors.ts";
import type { TimelineEvent } from "./event.ts";

/** When a trace started (milliseconds since 1970) and how long its turn took; null when the exporter records no times. */
export type Timing = {
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly durationMs: number | null;
};

/** A trace of several rows that all lie within less than this was written at one instant (traces.md 3.9). */
const INSTANT_MS = 25;

/**
 * The turn's time: that of a sound root, else of the main agent's rows. A root is not sound when it starts after its
 * children ended (phantom turns of CLI 2.1.330) or ends before it starts. Background subagents outlive their turn.
 */
export function toTiming(placed: readonly Placed[], turns: readonly TimelineEvent[]): Timing {
  const turnIds = new Set(turns.map(({ id }) => id));
  const inside = placed.filter(({ event }) => !turnIds.has(event.id));
  const rows = inside.map(({ event }) => event);
  const main = inside.filter(({ actor }) => actor === "main").map(({ event }) => event);
  const inner = span(main.length > 0 ? main : rows);
  const sound = turns.filter((turn) => isSound(turn, inner));
  const outer = span(sound);
  const whole = span([...sound, ...rows]);
  const startedAt = outer.start ?? inner.start ?? span(turns).start;
  const endedAt = outer.end ?? inner.end;
  const isInstant =
    placed.length > 1 && whole.start !== null && whole.end !== null && whole.end - whole.start < INSTANT_MS;
  const measured = sound.length === 1 ? (sound[0]?.container?.duration ?? null) : null;
  const length = startedAt === null || endedAt === null ? null : Math.max(0, endedAt - startedAt);
  return { startedAt, endedAt, durationMs: isInstant ? null : (measured ?? length) };
}

function isSound({ start, end }: TimelineEvent, inner: Span): boolean {
  if (start === null || end === null || end < start) return false;
  return inner.end === null || start <= inner.end;
}

type Span = { readonly start: number | null; readonly end: number | null };

/** The first start and the last end; an end before its start counts as the start. */
function span(events: readonly TimelineEvent[]): Span {
  let first = Infinity;
  let last = -Infinity;
  for (const { start, end } of events) {
    if (start !== null) first = Math.min(first, start);
    const ending = end === null ? start : Math.max(end, start ?? end);
    if (ending !== null) last = Math.max(last, ending);
  }
  return { start: first === Infinity ? null : first, end: last === -Infinity ? null : last };
}
