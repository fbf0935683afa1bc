import { lengthOf } from "../values/time.ts";
import { grade, type Pattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";

/** Shares of the turn's time, and milliseconds below which nobody minds (Claude Code telemetry). */
const WAIT_SHARE = 0.3;
const WAIT_MS = 60_000;

const duration = (row: Parameters<typeof lengthOf>[0]): number => lengthOf(row) ?? 0;

/** The run spent more than 30 % of its time, and more than a minute, waiting for permissions. Native telemetry only. */
export const permissionWait: Pattern = {
  id: "permission_wait",
  detect: ({ timeline }) => {
    const total = timeline.timing.durationMs;
    if (total === null) return null;
    const waits = timeline.events.filter((event) => event.kind === "permission" && lengthOf(event) !== null);
    const waited = waits.reduce((sum, wait) => sum + duration(wait), 0);
    if (waited <= WAIT_MS || waited <= total * WAIT_SHARE) return null;
    const longest = waits.toSorted((a, b) => duration(b) - duration(a)).slice(0, 5);
    return {
      severity: "low",
      count: waits.length,
      detail: `${Math.round(waited / 1000)} s of ${Math.round(total / 1000)} s spent waiting for permissions`,
      observations: longest.map(({ parentId, id }) => parentId ?? id),
    };
  },
};

/** Requests to the model that failed or had to be repeated: 2 are low (TRAIL service errors). */
export const apiErrorRetries: Pattern = {
  id: "api_error_retries",
  detect: ({ timeline }) => {
    const failed = timeline.generations.filter(({ isApiError, attempt }) => isApiError || attempt > 1);
    const count = failed.reduce(
      (sum, { attempt, isApiError }) => sum + Math.max(0, attempt - 1) + Number(isApiError),
      0,
    );
    if (grade(count, [[2, "low"]]) === null) return null;
    return {
      severity: "low",
      count,
      detail: `${plural(count, "failed or repeated request")} to the model`,
      observations: failed.map(({ id }) => id),
    };
  },
};
