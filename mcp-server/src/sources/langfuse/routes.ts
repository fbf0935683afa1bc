import type { FailureKind } from "./failure.ts";

/**
 * What this process has learned about the server. The two read APIs are disjoint, no version tells which one is open,
 * and each says "not found" in its own way, so the answer is remembered.
 */
export type Routes = {
  v2: "unknown" | "open" | "closed";
  legacy: "unknown" | "open" | "closed";
  /** How many of the newest routes of scores are known to be missing. */
  scores: number;
};

export function createRoutes(): Routes {
  return { v2: "unknown", legacy: "unknown", scores: 0 };
}

/** Answers of `v2/observations` that mean "ask the legacy routes". 3.133 to 3.14x answer 500: the table is not there. */
export const V2_CLOSED: readonly FailureKind[] = ["route_missing", "route_closed", "server_error"];
/** Answers of the legacy routes that mean "`v2/observations` was right". */
export const LEGACY_CLOSED: readonly FailureKind[] = ["events_only", "route_missing", "route_closed"];
