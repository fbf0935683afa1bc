import { type Pattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";

/** Calls of a tool that does not exist or with input that it refuses: 2 are low (TRAIL tool errors). */
export const invalidToolCalls: Pattern = {
  id: "invalid_tool_calls",
  detect: ({ timeline }) => {
    const invalid = timeline.calls.filter(
      ({ error }) => error?.kind === "invalid_input" || error?.kind === "invalid_tool",
    );
    if (invalid.length < 2) return null;
    return {
      severity: "low",
      count: invalid.length,
      detail: `${plural(invalid.length, "call")} with invalid input or of a tool that does not exist`,
      observations: invalid.map(({ id }) => id),
    };
  },
};
