import { isRefusal } from "../tool-errors.ts";
import { plural, type Pattern } from "./pattern.ts";

/**
 * Calls that a rule or a human refused: 2 or more are medium, the same call tried again after a refusal is high
 * (acting against the environment's answer is the "rogue action" of arXiv 2502.08235). One refusal alone
 * occurs in 35 % of real sessions and is no finding. Calls of subagents count too.
 */
export const permissionDenials: Pattern = {
  id: "permission_denials",
  detect: ({ timeline }) => {
    const refused = timeline.calls.filter(({ error }) => error !== null && isRefusal(error.kind));
    if (refused.length < 2) return null;
    const keys = refused.flatMap(({ tool, path, command, inputHash }) => {
      const target = command?.hash ?? inputHash ?? path;
      return target === null ? [] : [`${tool} ${target}`];
    });
    const repeated = keys.length - new Set(keys).size;
    return {
      severity: repeated > 0 ? "high" : "medium",
      count: refused.length,
      detail: `${plural(refused.length, "call")} refused${repeated > 0 ? `, ${repeated} of them the same call again` : ""}`,
      observations: refused.map(({ id }) => id),
    };
  },
};
