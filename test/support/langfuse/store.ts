/** One observation in the shape of `GET /traces/{id}`; absent keys get a server's defaults. */
export interface LegacyObservation {
  readonly id: string;
  readonly type: string;
  /** ISO 8601 */
  readonly startTime: string;
  readonly [key: string]: unknown;
}

/** The JSON body of `GET /api/public/traces/{id}`; absent keys get a server's defaults. */
export interface LegacyTrace {
  readonly id: string;
  /** ISO 8601 */
  readonly timestamp: string;
  readonly observations: readonly LegacyObservation[];
  readonly [key: string]: unknown;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});

export const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

const isObservation = (value: unknown): value is LegacyObservation =>
  isObject(value) &&
  typeof value.id === "string" &&
  typeof value.type === "string" &&
  typeof value.startTime === "string";

const isTrace = (value: unknown): value is LegacyTrace =>
  isObject(value) &&
  typeof value.id === "string" &&
  typeof value.timestamp === "string" &&
  Array.isArray(value.observations) &&
  value.observations.every(isObservation);

/** Text of a trace file, the body of `GET /api/public/traces/{id}`, to a trace. Throws if it is none. */
export function parseLegacyTrace(text: string): LegacyTrace {
  const value: unknown = JSON.parse(text);
  if (!isTrace(value)) throw new Error("not the body of GET /api/public/traces/{id}");
  return value;
}

/** The traces of one stand-in. Answers are kept per trace object, so a changed trace must be a new object. */
export interface Store {
  readonly get: (id: string) => LegacyTrace | undefined;
  /** rising by timestamp, then id */
  readonly list: () => readonly LegacyTrace[];
  readonly set: (trace: LegacyTrace) => void;
  readonly remove: (id: string) => void;
  /** changes with every `set` and `remove` */
  readonly version: () => number;
}

export function createStore(traces: readonly LegacyTrace[]): Store {
  const byId = new Map(traces.map((trace) => [trace.id, trace]));
  let changes = 0;
  const list = memoBy(
    () => changes,
    () =>
      sortBy([...byId.values()], (a) => [Date.parse(a.timestamp), a.id], {
        falling: false,
      }),
  );
  return {
    get: (id) => byId.get(id),
    list,
    set: (trace) => {
      byId.set(trace.id, trace);
      changes += 1;
    },
    remove: (id) => {
      byId.delete(id);
      changes += 1;
    },
    version: () => changes,
  };
}

/** Computes once per trace object and keeps the result as long as the trace lives. */
export function memoPerTrace<T extends object>(compute: (trace: LegacyTrace) => T): (trace: LegacyTrace) => T {
  const known = new WeakMap<LegacyTrace, T>();
  return (trace) => {
    const found = known.get(trace);
    if (found !== undefined) return found;
    const made = compute(trace);
    known.set(trace, made);
    return made;
  };
}

/** Computes again only when `key()` has changed. */
export function memoBy<T>(key: () => number, compute: () => T): () => T {
  let last: { readonly key: number; readonly value: T } | undefined;
  return () => {
    const now = key();
    if (last?.key !== now) last = { key: now, value: compute() };
    return last.value;
  };
}

/** Sorts by a number and, where that is equal, by code units of a text. */
export function sortBy<T>(
  items: readonly T[],
  keyOf: (item: T) => readonly [number, string],
  { falling }: { readonly falling: boolean },
): T[] {
  const sign = falling ? -1 : 1;
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  keyed.sort(({ key: [a, idA] }, { key: [b, idB] }) => {
    if (a !== b) return sign * (a - b);
    return sign * compareText(idA, idB);
  });
  return keyed.map(({ item }) => item);
}

export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** 32-bit FNV-1a: an order that is neither rising nor falling, but the same on each run. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
