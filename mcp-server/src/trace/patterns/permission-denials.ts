import { isRefusal } from "../call/error-kinds.ts";
import { type Pattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";

/** Tools whose refusal is the human's answer in a conversation: a plan to be changed, a question put aside. */
const DIALOGUE: ReadonlySet<string> = new Set(["exitplanmode", "enterplanmode", "askuserquestion"]);

/**
 * Calls that a rule or a human refused, more than once: medium, and high when the same call is tried again after a
 * refusal (acting against the environment's answer is the "rogue action" of arXiv 2502.08235). Calls asked for together
 * are refused together, by one decision. One refusal alone occurs in 35 % of real sessions and is no finding. Calls of
 * subagents count too.
 */
export const permissionDenials: Pattern = {
  id: "permission_denials",
  detect: ({ timeline }) => {
    const refused = timeline.calls.filter(
      ({ tool, error }) => error !== null && isRefusal(error.kind) && !DIALOGUE.has(tool),
    );
    if (new Set(refused.map(({ batch }) => batch)).size < 2) return null;
    const batches = new Map<string, Set<number>>();
    for (const { tool, path, command, inputHash, batch } of refused) {
      const target = command?.hash ?? inputHash ?? path;
      if (target === null) continue;
      const key = `${tool} ${target}`;
      batches.set(key, (batches.get(key) ?? new Set<number>()).add(batch));
    }
    const repeated = [...batches.values()].reduce((sum, { size }) => sum + size - 1, 0);
    return {
      severity: repeated > 0 ? "high" : "medium",
      count: refused.length,
      detail: `${plural(refused.length, "call")} refused${repeated > 0 ? `, ${repeated} of them the same call again` : ""}`,
      observations: refused.map(({ id }) => id),
    };
  },
};
