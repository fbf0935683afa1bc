import type { JudgeLinks } from "../answers/refactoring-specialist.ts";
import { checkAgainstAudit, type AuditFacts } from "./against-audit.ts";
import { parsePlan } from "./parse.ts";
import type { Plan } from "./plan.ts";
import { checkRelations } from "./relations.ts";

/** A plan as far as it could be read, with everything that is wrong with it; it stands only without a problem. */
export type CheckedPlan = { readonly plan: Plan; readonly problems: readonly string[] };

/** More than any plan of five issues and fifty traces needs. */
const MAX_PLAN = 200_000;

/**
 * Checks a plan's markdown, every problem at once: its form and guardrails and, when the audit is known that it
 * comes from, that it says what the summaries, the diagnosis and the translation of that audit say.
 */
export function checkPlan(markdown: string, audit: AuditFacts | null, judgeLinks: JudgeLinks): CheckedPlan {
  const { plan, problems: formal } = parsePlan(markdown.slice(0, MAX_PLAN));
  const problems = [...formal];
  const addProblem = (problem: string): number => problems.push(problem);
  if (markdown.length > MAX_PLAN) addProblem(`The plan is longer than ${MAX_PLAN} characters.`);
  checkRelations(plan, judgeLinks, addProblem, audit === null);
  if (audit !== null) checkAgainstAudit(plan, audit, addProblem);
  return { plan, problems: [...new Set(problems)] };
}
