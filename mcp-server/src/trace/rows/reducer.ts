import { cliVersionOf } from "./cli-version.ts";
import { createDerived, type DerivedCall } from "./derived-calls.ts";
import type { TimelineEvent } from "./event.ts";
import { isRecord, own, text } from "../values/json.ts";
import { isProxied, isSubagentRequest } from "../call/row-names.ts";
import { readNested } from "./metadata.ts";
import { withoutNumber } from "../values/names.ts";
import { toObservation, type Observation } from "./observation.ts";
import { earliest, MAX_PROMPTS, type PromptCandidate } from "./earliest-prompts.ts";
import { askerOf, type Asker } from "./proxied-request.ts";
import { sessionOf, sessionOfUser } from "./session-id.ts";
import { createSmallest, smallest } from "../values/smallest.ts";
import { promptOf, toEvent } from "./to-event.ts";
import { createWarnings, type Warnings } from "../values/warnings.ts";

/** All that is known of a trace when its rows have been read: events by id, and facts that no single row decides. */
export type TraceFacts = {
  readonly traceId: string;
  readonly events: ReadonlyMap<string, TimelineEvent>;
  readonly prompts: readonly PromptCandidate[];
  /** What the trace itself says, beside its rows: some exporters write prompt and answer nowhere else. */
  readonly trace: TimelineEvent | null;
  /** Calls that only messages tell of; empty where any row is a tool call. */
  readonly derived: readonly DerivedCall[];
  /** Who asked for the requests that a proxy recorded; empty for other exporters. */
  readonly askers: ReadonlySet<Asker>;
  readonly sessionId: string | null;
  /** The session as Langfuse knows it, which its rows can be asked for by. */
  readonly columnSession: string | null;
  readonly traceName: string | null;
  readonly tags: ReadonlySet<string>;
  readonly scopes: ReadonlySet<string>;
  /** Versions of Claude Code that its rows name. */
  readonly cliVersions: ReadonlySet<string>;
  /** "TYPE name" of the spans and generations with digits as "#": what exporters are recognised by. */
  readonly rowNames: ReadonlySet<string>;
  readonly warnings: Warnings;
};

export type TraceReducer = {
  /** Takes a page of rows, in any order. Rows of other traces and rows without an id are counted, not used. */
  readonly addRows: (rows: readonly unknown[]) => void;
  /** Takes the trace object of `GET /traces/{id}`, without or with its `observations`. */
  readonly addTrace: (trace: unknown) => void;
  /** How many rows were used so far. */
  readonly rowCount: () => number;
  /** Counts an oddity of the reading itself. */
  readonly warn: (code: string, count?: number) => void;
  readonly finish: () => TraceFacts;
};

const MAX_ROW_NAMES = 500;

/**
 * Reduces the rows of one trace to events as they arrive. The result depends on the set of rows only: not on their
 * order, nor on how they were split into pages, nor on rows that arrive twice.
 */
export function createTraceReducer(traceId: string): TraceReducer {
  const synthetic = `t-${traceId}`;
  const events = new Map<string, TimelineEvent>();
  const rowNames = createSmallest(MAX_ROW_NAMES);
  const typeOfName = new Map<string, string>();
  const scopes = createSmallest(50);
  const cliVersions = createSmallest(5);
  const tags = createSmallest(100);
  const warnings = createWarnings();
  // Ids and not counts, so that a row that is delivered twice counts once.
  const rewritten = new Set<string>();
  const unreadable = new Set<string>();
  const strangers = new Set<string>();
  let prompts: PromptCandidate[] = [];
  let latestPrompt = Infinity;
  let sessionId: string | null = null;
  let recordedSession: string | null = null;
  let userSession: string | null = null;
  let ownTrace: TimelineEvent | null = null;
  const derived = createDerived();
  const askers = new Set<Asker>();
  let traceName: string | null = null;

  const addContext = (session: string | null, name: string | null, rowTags: readonly string[]): void => {
    sessionId = smallest(sessionId, session);
    traceName = smallest(traceName, name);
    if (rowTags.length > 0) for (const tag of rowTags) tags.add(tag.slice(0, 100));
  };

  const addPrompt = (observation: Observation): void => {
    const start = observation.start ?? Number.MAX_SAFE_INTEGER;
    if (start > latestPrompt) return;
    const prompt = promptOf(observation);
    if (prompt.kind === "absent") return;
    prompts.push({ start, id: observation.id, prompt });
    if (prompts.length < 2 * MAX_PROMPTS) return;
    prompts = earliest(prompts);
    if (prompts.length === MAX_PROMPTS) latestPrompt = prompts.at(-1)?.start ?? latestPrompt;
  };

  const addTraceValues = (observation: Observation): void => {
    const event = toEvent(observation);
    ownTrace = ownTrace === null ? event : later(ownTrace, JSON.stringify(ownTrace), event, JSON.stringify(event));
  };

  const addRowName = ({ type, name }: TimelineEvent): void => {
    // Thousands of rows have one name, and one look-up is less than writing the name anew.
    if (typeOfName.get(name) === type) return;
    if (typeOfName.size < MAX_ROW_NAMES) typeOfName.set(name, type);
    rowNames.add(`${type} ${withoutNumber(name)}`);
  };

  const addEvent = (event: TimelineEvent): void => {
    const known = events.get(event.id);
    if (known === undefined) {
      events.set(event.id, event);
      return;
    }
    // A page that was delivered twice changes nothing; a row that was written twice is worth a word.
    const [left, right] = [JSON.stringify(known), JSON.stringify(event)];
    if (left === right) return;
    rewritten.add(event.id);
    events.set(event.id, later(known, left, event, right));
  };

  const addRow = (row: unknown): void => {
    const observation = toObservation(row);
    if (observation === null) {
      warnings.add("observation_without_id");
      return;
    }
    if (observation.traceId !== null && observation.traceId !== traceId) {
      strangers.add(observation.id);
      return;
    }
    addContext(observation.sessionId, observation.traceName, observation.tags);
    userSession = smallest(userSession, sessionOfUser(observation.userId));
    // Langfuse adds this row above the data of older SDKs; it is open for ever and nobody's step.
    if (observation.id === synthetic) {
      addTraceValues(observation);
      return;
    }
    if (observation.hasUnreadableTime) unreadable.add(observation.id);
    const event = toEvent(observation);
    derived.add(observation, event);
    if (event.kind === "generation" && !isSubagentRequest(event.name)) addPrompt(observation);
    if (event.kind === "generation" && isProxied(event.name) && isRecord(row)) askers.add(askerOf(row));
    if (event.kind === "container" || event.kind === "generation") {
      addRowName(event);
      if (sessionId === null) recordedSession = smallest(recordedSession, sessionOf(observation));
    }
    if (event.kind === "container") {
      const scope = text(readNested(observation.metadata, "scope", "name"));
      if (scope !== null) scopes.add(scope.slice(0, 100));
      const version = cliVersionOf(observation.metadata);
      if (version !== null) cliVersions.add(version);
    }
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
      userSession = smallest(userSession, sessionOfUser(text(own(trace, "userId"))));
      const { name, input, output, metadata } = trace;
      const values = toObservation({ id: synthetic, type: "SPAN", name, input, output, metadata });
      if (values !== null) addTraceValues(values);
      const rows = own(trace, "observations");
      if (Array.isArray(rows)) for (const row of rows) addRow(row);
    },
    rowCount: () => events.size,
    warn: (code, count) => warnings.add(code, count),
    finish: () => {
      warnings.add("rewritten_observation", rewritten.size);
      warnings.add("unreadable_timestamp", unreadable.size);
      warnings.add("observation_of_another_trace", strangers.size);
      return {
        traceId,
        events,
        prompts: earliest(prompts),
        trace: ownTrace,
        derived: derived.calls(),
        askers,
        sessionId: sessionId ?? recordedSession ?? userSession,
        columnSession: sessionId === "" ? null : sessionId,
        traceName,
        tags: tags.items(),
        scopes: scopes.items(),
        cliVersions: cliVersions.items(),
        rowNames: new Set([...rowNames.items()].map((name) => name.replace(/\d+/gu, "#"))),
        warnings,
      };
    },
  };
}

/** Of two versions of a row, the one that ended later; else one that depends on their content alone. */
function later(left: TimelineEvent, leftText: string, right: TimelineEvent, rightText: string): TimelineEvent {
  const leftEnd = left.end ?? -Infinity;
  const rightEnd = right.end ?? -Infinity;
  if (leftEnd !== rightEnd) return leftEnd > rightEnd ? left : right;
  return leftText >= rightText ? left : right;
}
