import { digest } from "../exporters/rows.ts";
import type { SessionAgent } from "../exporters/session.ts";
import { asObject, type JsonObject, type LegacyObservation, type LegacyTrace, textOf } from "../langfuse/store.ts";
import { type PlantedStep, type PlantStep, toPlanted } from "./session.ts";

/** Rows of one exporter that planted rows are cloned from, all recorded. */
export interface Templates {
  /** a turn without a finding, into which is planted */
  readonly host: LegacyTrace;
  /** the run with subagents and failures */
  readonly sample: LegacyTrace;
}

/** Writes calls and requests the way that an exporter does. */
export interface Writer {
  /** the rows of a step; `at` counts the requests before it */
  readonly step: (step: PlantedStep, at: number, actor: PlantedActor) => readonly LegacyObservation[];
  /** a row of the host itself, which now holds more; `shift` in milliseconds */
  readonly stretch: (row: LegacyObservation, shift: number) => LegacyObservation;
}

/** Below which row an actor's rows stand; `agent` null for the main agent. */
export interface PlantedActor {
  readonly parent: string | null;
  readonly agent: SessionAgent | null;
}

export interface PlantedTrace {
  readonly trace: LegacyTrace;
  /** ids of rows or calls that were planted */
  readonly planted: ReadonlySet<string>;
}

/** Plants steps before a recorded turn's last answer, or in its place when a human stopped the turn. */
export function plantIntoRows(
  { host, sample }: Templates,
  createWriter: (templates: Templates) => Writer,
  steps: readonly PlantStep[],
  isInterrupted: boolean,
): PlantedTrace {
  const writer = createWriter({ host, sample });
  const tools = host.observations.filter(isTool);
  const requests = requestsOf(host);
  const answer = requests.length > 1 ? requests.at(-1) : undefined;
  const isInstant = tools.every(({ startTime, endTime }) => startTime === endTime);
  const from = Date.parse(answer?.startTime ?? textOf(tools.at(-1)?.endTime) ?? host.timestamp);
  const { steps: made, end } = toPlanted(steps, from);
  const shift = isInstant ? 0 : end - from;
  const parent = textOf((answer ?? tools[0])?.parentObservationId);
  const rows = made
    .flatMap((step, at) =>
      writer.step(step, (answer === undefined ? 0 : requests.length - 1) + at, { parent, agent: null }),
    )
    .map((row) => ({ ...row, traceId: host.id }))
    .map((row) => (isInstant ? { ...row, startTime: host.timestamp, endTime: host.timestamp } : row));
  const kept = host.observations
    .filter((row) => !isInterrupted || row !== answer)
    .map((row) => (row === answer ? move(row, shift) : isTurn(row) ? writer.stretch(stretch(row, shift), shift) : row))
    .map((row) => (isInterrupted ? silence(row) : row));
  return {
    trace: { ...(isInterrupted ? silence(host) : host), observations: [...kept, ...rows] },
    planted: new Set(rows.map(({ id }) => id)),
  };
}

/** A copy of a recorded row with an id of its own. */
export function clone(
  template: LegacyObservation,
  key: string,
  start: number,
  end: number,
  parts: JsonObject,
): LegacyObservation {
  return {
    ...template,
    id: digest(`planted ${String(template.name)} ${key}`, 16),
    startTime: new Date(start).toISOString(),
    endTime: new Date(end).toISOString(),
    level: "DEFAULT",
    statusMessage: null,
    ...parts,
  };
}

/** A time moved by so many milliseconds. */
export const later = (time: string, shift: number): string => new Date(Date.parse(time) + shift).toISOString();

/** Requests of the main agent, oldest first. */
export function requestsOf({ observations }: LegacyTrace): readonly LegacyObservation[] {
  const own = observations.filter(({ type, name }) => type === "GENERATION" && !String(name).startsWith("Subagent"));
  return own.toSorted((left, right) => Date.parse(left.startTime) - Date.parse(right.startTime));
}

/** A row of a call, and not one of its parts. */
export function isTool({ type, name }: LegacyObservation): boolean {
  const written = String(name);
  return written.startsWith("Tool: ") || (type === "TOOL" && !written.startsWith("claude_code."));
}

/** Throws when the exporter's recordings hold no such row. */
export function pick(
  { observations }: LegacyTrace,
  isWanted: (row: LegacyObservation) => boolean,
  what: string,
): LegacyObservation {
  const found = observations.find(isWanted);
  if (found === undefined) throw new Error(`no recorded row of ${what}`);
  return found;
}

/** The turn itself, which some exporters write twice. */
function isTurn(row: LegacyObservation): boolean {
  return row.type !== "GENERATION" && !isTool(row) && !String(row.name).startsWith("claude_code.tool");
}

function stretch(row: LegacyObservation, shift: number): LegacyObservation {
  return { ...row, endTime: later(textOf(row.endTime) ?? row.startTime, shift) };
}

function move(row: LegacyObservation, shift: number): LegacyObservation {
  return { ...stretch(row, shift), startTime: later(row.startTime, shift) };
}

/** What holds the turn's answer holds none. */
function silence<T extends JsonObject>(row: T): T {
  const { role, content } = asObject(row.output);
  return role === "assistant" && content !== undefined ? { ...row, output: { role, content: "" } } : row;
}
