import { PLAN_PATH } from "../layout/places.ts";
import { GUARDRAILS } from "../plan/wording.ts";

/**
 * What the model is told to do with a plan that was approved. It comes with the approval, so that a `/plop` whose hook did not run
 * has nothing to carry out.
 */
export const PLOP_STEPS = `The block in ${PLAN_PATH} that starts with \`/plop\` is your task.

${GUARDRAILS.join("\n")}

1. Read the plan, then the files listed under its \`## Files to Modify\`.
2. Carry out the numbered steps in order, with Edit or Write, and say of each in one line what you did. The steps of a file go from its bottom to its top, so line numbers are those of the file before the first step; where a number and the quoted words differ, the words decide. What stands behind the colon is written as it is: \`- \` makes an item of the list.
3. Change only what the step asks for. Run no command, use no other tool to write, start no agent, and leave everything below docs/audit as it is.
4. When a call is refused, read the reason. Do not look for another way. If another file is needed, stop and give the human the line to add under \`## Files to Modify\`; they can type \`/plop\` again.
5. If a step can be read in two ways, ask and stop. A question ends the approval; the human goes on with a new \`/plop\`.

End with this report and nothing after it:

Plan: HASH, as above
Changed: FILE — WHAT CHANGED (one line a file, or "nothing")
Not done: STEP — WHY (one line a step, or "nothing")
Criteria still open: the plan's acceptance criteria, one a line; the next audit measures them`;
