import type { Paths } from "../timeline/paths.ts";
import type { Summary } from "./schema.ts";
import type { EarlierTurns } from "../run/earlier-turns.ts";

/**
 * Where a turn stands in its session: `turn` counts the turns that a human began, this one included, and is null when
 * not all earlier ones were read. The totals are of the turns that were; nothing is said of later ones. `paths` are the
 * audited turn's, by which spellings of one file are known.
 */
export function toPlace(earlier: EarlierTurns | null, isHuman: boolean, paths: Paths): Summary["session"] {
  if (earlier === null || (earlier.turns.length === 0 && !earlier.isWhole)) return null;
  const { turns, isWhole } = earlier;
  const human = turns.filter((turn) => turn.isHuman).length;
  const sum = (valueOf: (turn: (typeof turns)[number]) => number): number =>
    turns.reduce((total, turn) => total + valueOf(turn), 0);
  return {
    turn: isWhole ? Math.max(1, human + (isHuman ? 1 : 0)) : null,
    earlier_turns: human,
    earlier_tool_calls: sum(({ calls }) => calls),
    earlier_failed_calls: sum(({ failedCalls }) => failedCalls),
    earlier_files_changed: new Set(turns.flatMap(({ edited }) => [...edited].map(paths.key))).size,
  };
}
