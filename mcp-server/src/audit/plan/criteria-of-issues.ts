import { ISSUE_KINDS } from "../answers/prompt-engineer.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { toCriteria } from "./choose-criteria.ts";
import { AUDITED } from "./wording.ts";

/**
 * The criteria that a plan has for these of its observed issues, without the audited numbers. `issues` are lines as a plan has
 * them; one whose kind or evidence cannot be read has none.
 */
export function criteriaOfIssues(issues: readonly string[], facts: readonly SummaryFacts[]): readonly string[] {
  const read = issues.flatMap((issue) => {
    const kind = ISSUE_KINDS.find((name) => issue.startsWith(`\`${name}\``));
    const evidence = /\(evidence: ([^()]*?)(?:, seen in \d+\/\d+ traces)?\)$/u.exec(issue)?.[1];
    return kind === undefined || evidence === undefined
      ? []
      : [{ kind, evidence: evidence.split(", "), recommendation: "" }];
  });
  return toCriteria(read, facts).map((criterion) => criterion.slice(0, criterion.lastIndexOf(AUDITED)));
}
