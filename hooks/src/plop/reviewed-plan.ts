import { toChecked, type Checked } from "../../../mcp-server/src/audit/answers/answer-json.ts";
import { PLAN_PATH } from "../../../mcp-server/src/audit/layout/places.ts";
import { withoutNote } from "../../../mcp-server/src/audit/plan/change-note.ts";
import { followChanges } from "../../../mcp-server/src/audit/plan/follow-changes.ts";
import { renumber } from "../../../mcp-server/src/audit/plan/numbering.ts";
import { diffLines } from "../../../mcp-server/src/audit/plop/line-diff.ts";
import { showDiff } from "../../../mcp-server/src/audit/plop/record.ts";
import type { Content } from "../../../mcp-server/src/disk/files.ts";
import { noteChanges, readBeside } from "../../../mcp-server/src/disk/keep-plan.ts";
import { replacePlan } from "../../../mcp-server/src/disk/plan-file.ts";

/** A plan that says one thing only, and what of it a human approves. */
export type Reviewed = { readonly plan: Content; readonly files: readonly string[] };

/**
 * The plan as a human left it, with its numbers set right. Where its steps lag behind its changes they are written anew into
 * the plan, which is a problem too: the human has not seen them. `judge` judges a text, and whether it is that of the file.
 */
export function reviewPlan(
  project: string,
  plan: Content,
  judge: (text: string, isRewritten: boolean) => Checked<readonly string[]>,
): Checked<Reviewed> {
  const numbered = renumber(plan.text);
  const followed = followChanges(numbered, readBeside(project, numbered));
  const isRewritten = followed.is === "rewritten";
  const { value: files, problems } = judge(isRewritten ? followed.text : numbered, isRewritten);
  const all = [...problems, ...(followed.is === "differ" ? followed.problems : [])];
  if (files === null || all.length > 0) return toChecked({ plan, files: [] }, all);
  if (!isRewritten) {
    const settled = numbered === plan.text ? plan : replacePlan(project, numbered);
    return toChecked({ plan: settled, files }, []);
  }
  replacePlan(project, followed.text);
  noteChanges(project, followed.text);
  const diff = showDiff(diffLines(withoutNote(plan.text), withoutNote(followed.text)).lines);
  return toChecked({ plan, files }, [
    `its changes were edited and its steps were not, so the steps were written anew from the changes. ${PLAN_PATH} was changed so:\n${diff}\nLook at it. When it says what you want, type /plop again`,
  ]);
}
