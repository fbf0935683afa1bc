import type { Candidate } from "../../trace/exporters/listed-traces.ts";
import { AuditError } from "../../audit-error.ts";
import type { Listing, ReadTrace } from "../port.ts";
import type { Call, Selection } from "../selected-traces.ts";
import { isWanted, readQualified, reasonNotToRead, windowOf } from "./skip-reasons.ts";
import { nothingFound, toSkipped } from "./skipped.ts";
import { summarize } from "./with-earlier-turns.ts";

/** `last` looks back this many days, then further, then everywhere. */
const LOOK_BACK = [1, 7, 30, null] as const;
const CONCURRENCY = 4;
const MAX_READ_PER_WINDOW = 40;
/** A history can be megabytes long; what ended after the main agent's last request are its background agents. */
const MAX_READ_OF_SESSION = 8;

/** The completed Claude Code trace with a human goal that ended last, as the answer to `last`. */
export async function selectLast(call: Call): Promise<Selection> {
  const { trace, skipped, passedOver, ...where } = await findLast(call);
  return {
    ...where,
    api: trace.api,
    summaries: [await summarize(call, trace)],
    skipped: toSkipped(skipped, passedOver),
  };
}

/** A trace that was found, where it was looked for, and what was passed over: why, by id. */
export type Found = Pick<Selection, "window" | "population" | "isCut"> & {
  readonly trace: ReadTrace;
  readonly skipped: ReadonlyMap<string, string>;
  readonly passedOver: Listing["passedOver"];
};

/** Looks for it. Throws an AuditError when there is none. */
export async function findLast(call: Call): Promise<Found> {
  const { source, signal, now } = call;
  const skipped = new Map<string, string>();
  let seen: readonly Candidate[] = [];
  let window = windowOf(now, null);
  for (const days of LOOK_BACK) {
    window = windowOf(now, days);
    const newest = await source.listNewest(window, signal);
    // Behind the newest traces of a busy project, those of other applications, there may be one.
    for (const list of [() => newest, () => (newest.isCut ? source.listAll(window, signal) : null)]) {
      const listing = await list();
      if (listing === null) break;
      seen = listing.candidates;
      const fresh = seen.filter(({ traceId }) => !skipped.has(traceId));
      const newestRead = await readNewest(call, fresh, skipped);
      const found = newestRead === null ? null : await toLongest(call, newestRead, seen, skipped);
      if (found !== null)
        return {
          trace: found,
          window,
          population: seen.filter(isWanted).length,
          isCut: listing.isCut,
          passedOver: listing.passedOver,
          skipped,
        };
    }
    if (days === null && newest.api === "legacy" && newest.candidates.length === 0) break;
  }
  throw new AuditError(
    nothingFound(source, seen, skipped, "No completed Claude Code trace with a human's request was found"),
  );
}

/**
 * Of a session that a proxy recorded request by request, the one with the longest history, which is the main agent's: one
 * for a title or by a subagent may have ended later, and not every version of Claude Code marks them.
 */
async function toLongest(
  call: Call,
  found: ReadTrace,
  candidates: readonly Candidate[],
  skipped: Map<string, string>,
): Promise<ReadTrace> {
  const session = candidates.find(({ traceId }) => traceId === found.traceId)?.session ?? null;
  if (found.request === null || found.request.isMain || session === null) return found;
  const others = candidates.filter(
    (one) => one.session === session && one.traceId !== found.traceId && !skipped.has(one.traceId),
  );
  const read = await Promise.all(
    others.slice(0, MAX_READ_OF_SESSION).map(({ traceId }) => readQualified(call, traceId)),
  );
  let longest = found;
  for (const one of read) {
    if (typeof one === "string") continue;
    if ((one.request?.calls ?? 0) > (longest.request?.calls ?? 0)) longest = one;
  }
  if (longest !== found) skipped.set(found.traceId, "another request of its session holds a longer history");
  return longest;
}

/** Reads candidates, the latest end first, until no unread one can have ended later than the best that qualifies. */
async function readNewest(
  call: Call,
  candidates: readonly Candidate[],
  skipped: Map<string, string>,
): Promise<ReadTrace | null> {
  let best: { readonly trace: ReadTrace; readonly end: number } | null = null;
  const queue = candidates.filter((candidate) => {
    if (isWanted(candidate)) return true;
    skipped.set(candidate.traceId, reasonNotToRead(candidate));
    return false;
  });
  const limit = Math.min(queue.length, MAX_READ_PER_WINDOW);
  for (let at = 0; at < limit;) {
    // One at first, which is the common case; when it does not qualify, several at once.
    const size = at === 0 ? 1 : CONCURRENCY;
    const bound: number = best === null ? -Infinity : best.end;
    const batch = queue.slice(at, Math.min(at + size, limit)).filter(({ end }) => end >= bound);
    at += size;
    if (batch.length === 0) break;
    const read = await Promise.all(batch.map(({ traceId }) => readQualified(call, traceId)));
    for (const [index, result] of read.entries()) {
      const traceId = batch[index]?.traceId ?? "";
      if (typeof result === "string") {
        skipped.set(traceId, result);
        continue;
      }
      const end = result.endedAt ?? 0;
      if (best === null || end > best.end || (end === best.end && traceId < best.trace.traceId))
        best = { trace: result, end };
    }
  }
  return best?.trace ?? null;
}
