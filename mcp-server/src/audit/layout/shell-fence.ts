import { changesOf } from "../../trace/shell/changes/changes.ts";
import { alternatives, belowAudits, reachOf, toSegments } from "./reach.ts";

/**
 * Whether a shell command writes, moves or removes something below docs/audit, as far as its text tells. `cwd` and
 * `project` are absolute folders; without them the command starts at the top of the project. Reading, listing and
 * `git add` change nothing. `isOurs` is asked of what lies below docs/audit, in lower case: "" for the folder itself, null where a pattern
 * hides what it is. This is a fence against haste: what a line does not name passes (`git apply fix.patch`,
 * `xargs rm < list`, `git reset --hard`).
 */
export function writesAudits(
  command: string,
  { cwd, project }: { readonly cwd: string; readonly project: string } = { cwd: "", project: "" },
  isOurs: (below: string | null) => boolean = () => true,
): boolean {
  const top = toSegments(project);
  const here = toSegments(cwd);
  return changesOf(command, project).some(({ path, reach }) =>
    alternatives(path).some((one) => {
      const segments = toSegments(one, here);
      const found = reachOf(segments, top);
      if (found === "audits") return isOurs(belowAudits(segments));
      return (
        (found === "folder of audits" ? reach !== "itself" : found === "project" && reach === "below") && isOurs("")
      );
    }),
  );
}
