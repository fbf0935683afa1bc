import { rankOf } from "./in-force.ts";
import type { Line } from "./lines.ts";
import type { PromptFile } from "./prompt-file.ts";
import type { Seen } from "./seen.ts";

/** What is in force in every session counts most; see in-force.ts. */
const FORCE = [1, 0.6, 0.4, 0.3] as const;

/** Says how much a line counts by the file that it stands in. */
export function toForce(seen: Seen): (line: Line | undefined) => number {
  const known = new Map<PromptFile, number>();
  return (line) => {
    if (line === undefined) return 0;
    const force = known.get(line.file) ?? forceOf(line.file.path, seen);
    known.set(line.file, force);
    return force;
  };
}

/** A file of a folder counts in full where a file of that folder was edited, and for nothing where none was. */
function forceOf(path: string, { edited, used }: Seen): number {
  const rank = rankOf(path);
  if (rank === 2 && used.some((name) => isNamedAs(path.toLowerCase(), name))) return 1;
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1).replace(/\.claude\/$/u, "") : "";
  const isNear = rank === 1 && folder !== "" && edited.some((file) => isBelow(file, folder));
  return isNear || edited.includes(path) ? 1 : (FORCE[rank] ?? 1);
}

/** `.claude/agents/dev.md` is `dev`, `.claude/skills/review/SKILL.md` is `review`. */
function isNamedAs(path: string, name: string): boolean {
  const last = name.split(":").at(-1) ?? "";
  return last !== "" && (path.endsWith(`/${last}.md`) || path.includes(`/skills/${last}/`));
}

/** A path that a summary shortened to `…/last/three` is compared by what it still has. */
function isBelow(file: string, folder: string): boolean {
  if (!file.startsWith("…/")) return file.startsWith(folder);
  const steps = file.slice(2).split("/").slice(0, -1);
  const last = folder.split("/").at(-2) ?? "";
  return steps.includes(last);
}
