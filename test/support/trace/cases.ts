import { describe, expect, test } from "vitest";
import { findingOf, type Run, type Steps } from "./steps.ts";

/** What a run does, and how severe the pattern is there, or null where it must not be reported. */
type Case = readonly [title: string, steps: Steps, expected: "high" | "medium" | "low" | null, run?: Run];

/** Tests of one pattern, one line a case. */
export function cases(id: string, list: readonly Case[]): void {
  describe(id, () => {
    for (const [title, steps, expected, run] of list) {
      test(title, () => {
        expect(findingOf(id, steps, run)?.severity ?? null).toBe(expected);
      });
    }
  });
}
