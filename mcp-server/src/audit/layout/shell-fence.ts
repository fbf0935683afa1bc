import { changesOf } from "../../trace/shell/changes/changes.ts";
import { alternatives, reachOf, toSegments } from "./reach.ts";

/**
 * Whether a shell command writes, moves or removes something below docs/audit, as far as its text tells. `cwd` and
 * `project` are absolute folders; without them the command starts at the top of the project. Reading, listing and
 * `git add` change nothing. This is a fence against haste: what a line does not name passes (`git apply fix.patch`,
 * `xargs rm < list`, `git reset --hard`).
 */
export function writesAudits(
  command: string,
  { cwd, project }: { readonly cwd: string; readonly project: string } = { cwd: "", project: "" },
): boolean {
  const top = toSegments(project);
  const here = toSegments(cwd);
  return changesOf(command, project).some(({ path, reach }) =>
    alternatives(path).some((one) => {
      const found = reachOf(toSegments(one, here), top);
      if (found === "folder of audits") return reach !== "itself";
      return found === "audits" || (found === "project" && reach === "below");
    }),
  );
}
