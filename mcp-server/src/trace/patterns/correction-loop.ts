import { isProse } from "../timeline/changes.ts";
import { editsByTurn } from "./edits-by-turn.ts";
import { statesFault } from "../values/objection.ts";
import { type Pattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";

/**
 * Turns in a row, each begun by a human, that change code in the same set of files: the first answers did not settle it.
 * Four or more are medium, where at least two of the prompts after the first state a fault: otherwise it is one small wish
 * after another, as in two of three that were read blind. Documents are left out, as they are refined turn by turn on
 * purpose. Needs the session and its prompts.
 */
export const correctionLoop: Pattern = {
  id: "correction_loop",
  detect: (evidence) => {
    const turns = editsByTurn(evidence);
    const now = turns.at(-1);
    if (now === undefined || now.size === 0 || [...now].every(isProse)) return null;
    const before = turns.findLastIndex((files) => !isSame(files, now));
    const length = turns.length - 1 - before;
    if (length < MIN_TURNS) return null;
    const prompts = [...(evidence.earlier?.turns ?? []).filter(({ isHuman }) => isHuman), evidence].slice(1 - length);
    if (prompts.filter(({ said }) => statesFault(said) === true).length < MIN_FAULTS) return null;
    const { paths, mainCalls } = evidence.timeline;
    const [first = ""] = [...now].sort();
    const edits = mainCalls.filter(({ changed }) => changed !== "any" && changed.length > 0);
    return {
      severity: "medium",
      count: length,
      detail: `${plural(length, "turn")} in a row changed ${now.size === 1 ? "only" : `the same ${plural(now.size, "file")}, one of them`} ${paths.show(first)}`,
      observations: edits.map(({ id }) => id),
    };
  },
};

const MIN_TURNS = 4;
const MIN_FAULTS = 2;

function isSame(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left.size === right.size && [...left].every((file) => right.has(file));
}
