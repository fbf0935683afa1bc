import type { Summary } from "../../trace/summary/schema.ts";
import { AuditError } from "../../audit-error.ts";
import { SourceFailure, type Api } from "../port.ts";
import type { Call, Selection } from "../selected-traces.ts";
import { isWanted, readQualified, windowOf } from "./skip-reasons.ts";
import { nothingFound, toSkipped } from "./skipped.ts";
import { summarize } from "./with-earlier-turns.ts";

const SAMPLE_DAYS = 30;
const CONCURRENCY = 4;
const NOT_READ = "drawn, but not read any more: the reads before it were given up";

/** A uniform random sample of the qualifying traces of the window, without replacement. */
export async function selectSample(call: Call, size: number): Promise<Selection> {
  const { source, signal, now, random, progress } = call;
  const window = windowOf(now, SAMPLE_DAYS);
  const listing = await source.listAll(window, signal);
  const population = listing.candidates.filter(isWanted);
  // Sorted first, so that the draw depends on chance alone and not on how the pages came.
  const drawn = shuffle(population.map(({ traceId }) => traceId).toSorted(), random);
  const summaries: Summary[] = [];
  const skipped = new Map<string, string>();
  let api = listing.api;
  let firstFailure: unknown = null;
  for (let at = 0; at < drawn.length && summaries.length < size;) {
    const batch = drawn.slice(at, at + Math.min(CONCURRENCY, size - summaries.length));
    at += batch.length;
    const read = await Promise.allSettled(batch.map((traceId) => drawOne(call, traceId)));
    for (const [index, result] of read.entries()) {
      const traceId = batch[index] ?? "";
      if (result.status === "rejected") {
        firstFailure ??= result.reason;
        if (!(result.reason instanceof SourceFailure)) throw result.reason;
        skipped.set(traceId, result.reason.describe(traceId));
      } else if (typeof result.value === "string") skipped.set(traceId, result.value);
      else {
        summaries.push(result.value.summary);
        api = result.value.api;
      }
    }
    progress(summaries.length, size);
    // What stops one read stops them all: keys, the host, or the time that is up.
    if (firstFailure !== null) {
      const missing = size - summaries.length - read.filter(({ status }) => status === "rejected").length;
      for (const traceId of drawn.slice(at, at + Math.max(0, missing))) skipped.set(traceId, NOT_READ);
      break;
    }
  }
  if (summaries.length === 0) {
    if (firstFailure !== null) throw firstFailure;
    const days = `No completed Claude Code trace with a human's request was found in the last ${SAMPLE_DAYS} days`;
    throw new AuditError(nothingFound(source, listing.candidates, skipped, days));
  }
  return {
    api,
    window,
    population: population.length,
    isCut: listing.isCut,
    isBrokenOff: firstFailure !== null,
    summaries,
    skipped: toSkipped(skipped, listing.passedOver),
  };
}

type Drawn = { readonly api: Api; readonly summary: Summary };

/** The summary of a drawn trace, or why it does not qualify. */
async function drawOne(call: Call, traceId: string): Promise<Drawn | string> {
  const trace = await readQualified(call, traceId);
  return typeof trace === "string" ? trace : { api: trace.api, summary: await summarize(call, trace) };
}

/** A random order, each equally likely (Fisher and Yates). */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items];
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const [left, right] = [shuffled[at], shuffled[other]];
    if (left === undefined || right === undefined) continue;
    shuffled[at] = right;
    shuffled[other] = left;
  }
  return shuffled;
}
