import { isPlanFile } from "../timeline/changes.ts";
import type { SessionPattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";

/**
 * The main agent asked to edit or overwrite a file that it had not looked at, in this turn or an earlier one of the
 * session, and Claude Code refused. An edit that was not refused proves nothing: Claude Code knows of reads that no
 * trace shows (files named in the prompt, a session that goes on). One is low: context before the first edit goes with
 * success (arXiv 2604.02547). Not decidable without the earlier turns: after a compaction Claude Code asks for files
 * anew that the agent had read long before.
 */
export const editWithoutRead: SessionPattern = {
  id: "edit_without_read",
  goesOn: false,
  remember: ({ timeline: { isOrderKnown, mainCalls, paths } }) => {
    // By name, so that a file that was moved after it was read counts as seen.
    const seen = new Set<string>();
    const blind = new Map<string, { readonly id: string; readonly name: string; readonly shown: string }>();
    for (const call of isOrderKnown ? mainCalls : []) {
      for (const { key } of call.read) seen.add(nameOf(key));
      const { changed } = call;
      if (changed !== "any") for (const file of changed) seen.add(nameOf(file));
      if (call.demandsRead !== "unread" || call.path === null || seen.has(nameOf(call.path))) continue;
      if (isPlanFile(call, paths)) continue;
      const key = paths.key(call.path);
      const first = blind.get(key)?.shown ?? paths.show(key);
      blind.set(key, { id: call.id, name: nameOf(call.path), shown: first });
    }
    if (blind.size === 0) return null;
    return ({ turns, isWhole }) => {
      if (!isWhole) return null;
      const known = new Set(turns.flatMap((turn) => [...turn.seen]).map(nameOf));
      const unseen = [...blind.values()].filter(({ name }) => !known.has(name));
      const [first] = unseen;
      if (first === undefined) return null;
      const others = unseen.length - 1;
      return {
        severity: "low",
        count: unseen.length,
        detail: `${first.shown} was to be changed before it was read${others > 0 ? `; and ${plural(others, "other file")}` : ""}`,
        observations: unseen.map(({ id }) => id),
      };
    };
  },
};

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
