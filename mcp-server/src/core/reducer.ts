import type { TimelineEvent } from "./event.ts";
import { hash } from "./hash.ts";
import { isRecord, own, text } from "./json.ts";
import { readNested, readText } from "./metadata.ts";
import { toObservation, type Observation } from "./observation.ts";
import type { Prompt } from "./prompt.ts";
import { promptOf, toEvent } from "./to-event.ts";
import { createWarnings, type Warnings } from "./warnings.ts";

/** All that is known of a trace when its rows have been read: events by id, and facts that no single row decides. */
export type TraceFacts = {
  readonly traceId: string;
  readonly events: ReadonlyMap<string, TimelineEvent>;
  readonly prompts: readonly PromptCandidate[];
  readonly sessionId: string | null;
  readonly traceName: string | null;
  readonly tags: ReadonlySet<string>;
  readonly scopes: ReadonlySet<string>;
  /** "TYPE name" of the rows with digits as "#": what shapes are recognised by. */
  readonly rowNames: ReadonlySet<string>;
  readonly warnings: Warnings;
};

export type PromptCandidate = { readonly start: number; readonly id: string; readonly prompt: Prompt };

export type TraceReducer = {
  /** Takes a page of rows, in any order. Rows of other traces and rows without an id are counted, not used. */
  readonly addRows: (rows: readonly unknown[]) => void;
  /** Takes the trace object of `GET /traces/{id}`, without or with its `observations`. */
  readonly addTrace: (trace: unknown) => void;
  /** How many rows were used so far. */
  readonly rowCount: () => number;
  /** Counts an oddity of the reading itself. */
  readonly warn: (code: string) => void;
  readonly finish: () => TraceFacts;
};

const MAX_PROMPTS = 20;
const MAX_ROW_NAMES = 500;

/**
 * Reduces the rows of one trace to events as they arrive. The result depends on the set of rows only: not on their
 * order, nor on how they were split into pages, nor on rows that arrive twice.
 */
export function createTraceReducer(traceId: string): TraceReducer {
  const events = new Map<string, TimelineEvent>();
  const rowNames = new Set<string>();
  const scopes = new Set<string>();
  const tags = new Set<string>();
  const warnings = createWarnings();
  let prompts: PromptCandidate[] = [];
  let sessionId: string | null = null;
  let traceName: string | null = null;

  const addContext = (session: string | null, name: string | null, rowTags: readonly string[]): void => {
    sessionId = smallest(sessionId, session);
    traceName = smallest(traceName, name);
    for (const tag of rowTags) if (tags.size < 100) tags.add(tag.slice(0, 100));
  };

  const addPrompt = (observation: Observation): void => {
    const prompt = promptOf(observation);
    if (prompt.kind === "absent") return;
    prompts.push({ start: observation.start ?? Number.MAX_SAFE_INTEGER, id: observation.id, prompt });
    if (prompts.length > 4 * MAX_PROMPTS) prompts = earliest(prompts);
  };

  const addEvent = (event: TimelineEvent): void => {
    const known = events.get(event.id);
    if (known === undefined) {
      events.set(event.id, event);
      return;
    }
    warnings.add("duplicate_observation");
    events.set(event.id, later(known, event));
  };

  const addRow = (row: unknown): void => {
    const observation = toObservation(row);
    if (observation === null) {
      warnings.add("observation_without_id");
      return;
    }
    if (observation.traceId !== null && observation.traceId !== traceId) {
      warnings.add("observation_of_another_trace");
      return;
    }
    const session =
      observation.sessionId ??
      readText(observation.metadata, "session.id") ??
      readText(observation.metadata, "session_id");
    addContext(session, observation.traceName, observation.tags);
    // Langfuse adds this row above the data of older SDKs; it is open for ever and nobody's step (langfuse-api.md 4).
    if (observation.id === `t-${traceId}`) return;
    if (observation.hasUnreadableTime) warnings.add("unreadable_timestamp");
    const event = toEvent(observation);
    if (event.kind === "generation" && !event.name.startsWith("Subagent")) addPrompt(observation);
    if (event.kind === "container" || event.kind === "generation") {
      const scope = text(readNested(observation.metadata, "scope", "name"));
      if (scope !== null && scopes.size < 50) scopes.add(scope.slice(0, 100));
    }
    if (rowNames.size < MAX_ROW_NAMES) rowNames.add(`${event.type} ${event.name.slice(0, 80).replace(/\d+/gu, "#")}`);
    addEvent(event);
  };

  return {
    addRows: (rows) => {
      for (const row of rows) addRow(row);
    },
    addTrace: (trace) => {
      if (!isRecord(trace)) return;
      const rawTags = own(trace, "tags");
      const list = Array.isArray(rawTags) ? rawTags.filter((tag) => typeof tag === "string") : [];
      addContext(text(own(trace, "sessionId")), text(own(trace, "name")), list);
      const rows = own(trace, "observations");
      if (Array.isArray(rows)) for (const row of rows) addRow(row);
    },
    rowCount: () => events.size,
    warn: (code) => warnings.add(code),
    finish: () => ({
      traceId,
      events,
      prompts: earliest(prompts),
      sessionId,
      traceName,
      tags,
      scopes,
      rowNames,
      warnings,
    }),
  };
}

function smallest(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  return right < left ? right : left;
}

function earliest(prompts: PromptCandidate[]): PromptCandidate[] {
  const order = (a: PromptCandidate, b: PromptCandidate): number =>
    a.start - b.start || (a.id < b.id ? -1 : Number(a.id > b.id));
  return prompts.sort(order).slice(0, MAX_PROMPTS);
}

/** Of two versions of a row, the one that ended later; else one that depends on their content alone. */
function later(left: TimelineEvent, right: TimelineEvent): TimelineEvent {
  const leftEnd = left.end ?? -Infinity;
  const rightEnd = right.end ?? -Infinity;
  if (leftEnd !== rightEnd) return leftEnd > rightEnd ? left : right;
  return hash(JSON.stringify(left)) >= hash(JSON.stringify(right)) ? left : right;
}
