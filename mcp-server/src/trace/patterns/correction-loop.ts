import { isProse } from "../timeline/changes.ts";
import type { EarlierTurn } from "../run/earlier-turns.ts";
import { statesFault } from "../values/objection.ts";
import type { SessionPattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";

/**
 * Turns in a row, each begun by a human, that change code in the same set of files: the first answers did not settle it.
 * Four or more are medium, where at least two of the prompts after the first state a fault: otherwise it is one small wish
 * after another, as in two of three that were read blind. Documents are left out, as they are refined turn by turn on
 * purpose. Needs the session and its prompts.
 */
export const correctionLoop: SessionPattern = {
  id: "correction_loop",
  goesOn: true,
  remember: ({ timeline: { mainCalls, paths }, coverage, isHuman, said }) => {
    const edits = mainCalls.filter(({ changed }) => changed !== "any" && changed.length > 0);
    const now = new Set(edits.flatMap(({ changed }) => (changed === "any" ? [] : changed)));
    if (!isHuman || coverage.targets !== "recorded" || [...now].every(isProse)) return null;
    const [first = ""] = [...now].sort().map(paths.show);
    const observations = edits.map(({ id }) => id).slice(0, 10);
    const { key } = paths;
    return ({ turns }) => {
      const human = turns.filter((turn) => turn.isHuman);
      const isSame = ({ areTargetsKnown, edited }: EarlierTurn): boolean => {
        const files = new Set([...edited].map(key));
        return areTargetsKnown && files.size === now.size && [...files].every((file) => now.has(file));
      };
      const length = human.length - human.findLastIndex((turn) => !isSame(turn));
      if (length < MIN_TURNS) return null;
      const prompts = [...human.map((turn) => turn.said), said].slice(1 - length);
      if (prompts.filter((words) => statesFault(words) === true).length < MIN_FAULTS) return null;
      return {
        severity: "medium",
        count: length,
        detail: `${plural(length, "turn")} in a row changed ${now.size === 1 ? "only" : `the same ${plural(now.size, "file")}, one of them`} ${first}`,
        observations,
      };
    };
  },
};

const MIN_TURNS = 4;
const MIN_FAULTS = 2;
