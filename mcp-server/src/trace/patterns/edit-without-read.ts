import { isPlanFile } from "../timeline/changes.ts";
import { type Pattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";

/**
 * The main agent asked to edit or overwrite a file that it had not looked at, in this turn or an earlier one of the
 * session, and Claude Code refused. An edit that was not refused proves nothing: Claude Code knows of reads that no
 * trace shows (files named in the prompt, a session that goes on). One is low: context before the first edit goes with
 * success (arXiv 2604.02547). Not decidable without the earlier turns: after a compaction Claude Code asks for files
 * anew that the agent had read long before.
 */
export const editWithoutRead: Pattern = {
  id: "edit_without_read",
  detect: ({ timeline, earlier }) => {
    if (!timeline.isOrderKnown || earlier?.isWhole !== true) return null;
    const { paths } = timeline;
    // By name, so that a file that was moved after it was read counts as seen.
    const seen = new Set(earlier.turns.flatMap((turn) => [...turn.seen]).map(nameOf));
    const blind = new Map<string, string>();
    for (const call of timeline.mainCalls) {
      for (const { key } of call.read) seen.add(nameOf(key));
      const { changed } = call;
      if (changed !== "any") for (const file of changed) seen.add(nameOf(file));
      if (call.demandsRead !== "unread" || call.path === null || seen.has(nameOf(call.path))) continue;
      if (isPlanFile(call, paths)) continue;
      blind.set(paths.key(call.path), call.id);
    }
    const [first] = blind.keys();
    if (first === undefined) return null;
    const others = blind.size - 1;
    return {
      severity: "low",
      count: blind.size,
      detail: `${paths.show(first)} was to be changed before it was read${others > 0 ? `; and ${plural(others, "other file")}` : ""}`,
      observations: [...blind.values()],
    };
  },
};

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
