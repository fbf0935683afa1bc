import type { ShownRow, ShownTable } from "../turns/fit-turns.ts";
import type { Summary, Turn } from "./schema.ts";

/** A table as a summary has it: what a row has nothing of is left out. */
export function showTurns({ turns, folded }: ShownTable): Pick<Summary, "turns" | "turns_folded"> {
  return { turns: turns.map(showTurn), turns_folded: folded };
}

function showTurn({ turn, human, did, unchecked, git, refused, openTasks, end, isBeside = false }: ShownRow): Turn {
  if (isBeside) return { turn, human };
  return {
    turn,
    human,
    did: [...did],
    ...(unchecked.length > 0 ? { unchecked: [...unchecked] } : {}),
    ...(git.length > 0 ? { git: [...git] } : {}),
    ...(refused.length > 0 ? { refused: refused.join("; ").slice(0, 600) } : {}),
    ...(openTasks > 0 ? { open_tasks: openTasks } : {}),
    end,
  };
}
