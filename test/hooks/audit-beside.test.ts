// What git tells stands in a plan beside its criteria: a real repository, a real hook process.
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRepository } from "../support/files/repository.ts";
import {
  callAgent,
  DIAGNOSIS,
  ENGINEER,
  openAudited,
  readAudit,
  RUN,
  SPECIALIST,
  startAudit,
  TRANSLATION,
} from "../support/hook/audited.ts";
import { openHookSession } from "../support/hook/session.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

test("a plan names the instructions that changed between its runs and those before, and tells what git knew of their commits", async () => {
  const session = await openAudited();
  const { project, data } = session;
  const repository = createRepository(project);
  repository.commit("AGENTS.md", "Before the first run", "2026-11-19T09:00:00Z");
  repository.git("checkout", "--quiet", "-b", "side");
  repository.commit("GEMINI.md", "Written before the first run, merged behind it", "2026-11-19T10:00:00Z");
  repository.git("checkout", "--quiet", "main");
  repository.commit("src/app.js", "Code", "2026-11-21T10:00:00Z");
  repository.commit("AGENTS.md", "By the plan", "2026-11-22T12:00:00Z");
  const sha256_after = sha256(readFileSync(join(project, "AGENTS.md"), "utf8"));
  repository.commit(".claude/rules/notes.md", "By a colleague", "2026-11-22T15:00:00Z");
  repository.merge("side", "2026-11-23T10:00:00Z");
  repository.commit("agents/late.md", "Behind the last run", "2026-11-25T10:00:00Z");
  const changed = [{ file: "AGENTS.md", sha256_after, added: 1, removed: 0 }];
  const plan_sha256 = sha256(readAudit(session, "IMPLEMENTATION_PLAN.md"));
  const executed = { event: "executed", at: "2026-11-22T11:00:00.000Z", plan_sha256, changed };
  appendFileSync(join(project, "docs/audit/approvals.jsonl"), `${JSON.stringify(executed)}\n`);

  const later = openHookSession(project, data, "another-session");
  const [first, second] = DIAGNOSIS.issues;
  const issues = [{ ...first, evidence: ["repeated_file_reads", "afterwards"] }, second];
  const afterwards = { commits: 3, in_history: 2, reverted: 1, reverted_turns: [2] };
  await startAudit(later, [{ ...RUN, trace_id: "later-run", started_at: "2026-11-24T09:00:00.000Z", afterwards }]);
  await later.answer(ENGINEER, { issues });
  await callAgent(later, SPECIALIST);
  await later.answer(SPECIALIST, TRANSLATION);
  const lines = readAudit(later, "IMPLEMENTATION_PLAN.md").split("\n");
  const today = new Date().toISOString().slice(0, 10);
  expect(lines.filter((line) => /instructions changed|[Gg]it afterwards/u.test(line))).toEqual([
    `The instructions changed between the first and the last of these runs: AGENTS.md +1 -0 by the plan of ${today}; GEMINI.md, .claude/rules/notes.md by commits that no plan made.`,
    "Git afterwards, when each side was audited: then not known; now 2 of 3 commits in HEAD's history, 1 of them reverted.",
    expect.stringContaining("git afterwards: 2 of 3 commits in HEAD's history, 1 of them reverted (turn 2)"),
  ]);
  const criteria = lines.findIndex((line) => line.startsWith("Acceptance Criteria"));
  expect(criteria).toBeGreaterThan(0);
  expect(lines.slice(criteria).join("\n")).not.toContain("afterwards");
});
