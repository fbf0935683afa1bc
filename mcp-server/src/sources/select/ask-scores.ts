import type { Graded } from "../../trace/run/graded.ts";
import type { Subject } from "../../trace/rows/score.ts";
import type { Call } from "../selected-traces.ts";

/** How long scores are waited for when nothing else is missing any more. */
const GRACE_MS = 2000;

/**
 * Asks for scores beside other requests, and gives what to call when these are done: the scores, or null for them when they
 * do not come within the grace. What fails here never fails the call.
 */
export function askScores({ source, signal, outcomeScore }: Call, subject: Subject): () => Promise<Graded> {
  const ended = new AbortController();
  const asked = source.readScores(subject, AbortSignal.any([signal, ended.signal])).catch(() => null);
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), GRACE_MS);
    });
    const scores = await Promise.race([asked, late]);
    clearTimeout(timer);
    ended.abort();
    return { scores, decisive: outcomeScore };
  };
}
