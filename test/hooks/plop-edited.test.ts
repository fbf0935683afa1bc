import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  createPlopProject,
  openPlopSession,
  planFor,
  readHistory,
  sha256,
  writeProjectFile,
} from "../support/hook/plop.ts";
import { PLAN as PLAN_PATH } from "../support/replay/audit.ts";

const AUDITED = planFor(["CLAUDE.md", "AGENTS.md"]);
const SECOND = /\n### 2\. [\s\S]*?(?=\n## )/u;

/** A project whose audit wrote one plan, and whose human left another there. */
function reviewed(plan: string): string {
  const cwd = createPlopProject(plan);
  writeProjectFile(cwd, "docs/audit/2026-11-20-4f2a.md", AUDITED);
  return cwd;
}

const planIn = (cwd: string): string => readFileSync(join(cwd, PLAN_PATH), "utf8");

test("what a human rewords or strikes among the changes is written into the steps, shown, and approved by a second /plop", async () => {
  const cwd = reviewed(AUDITED.replace(SECOND, "").replace("- Change: Begin with a PLAN", "- Change: End with a PLAN"));
  const session = openPlopSession(cwd);
  const { answer } = await session.prompt("/plop");
  expect(answer.decision).toBe("block");
  expect(answer.reason).toContain("the steps were written anew from the changes");
  expect(answer.reason).toContain("+1. In CLAUDE.md (change 1), at the file's end add: - End with a PLAN section.");
  expect(answer.reason).toContain("-2. In AGENTS.md: Begin with a PLAN section.");
  expect(await session.decide("Edit", { file_path: join(cwd, "CLAUDE.md") })).toBe("deny");
  expect(planIn(cwd)).toContain(
    "Steps:\n1. In CLAUDE.md (change 1), at the file's end add: - End with a PLAN section.\n2. Do NOT modify runtime code",
  );
  expect(planIn(cwd)).not.toContain("\n- AGENTS.md");
  const again = await session.prompt("/plop");
  expect(again.answer.decision).toBeUndefined();
  expect(readHistory(cwd).at(-1)).toMatchObject({ event: "approved", files: ["CLAUDE.md"] });
});

test("a step that a human wrote and no change says is refused in words, and the plan stays as it is", async () => {
  const plan = AUDITED.replace(
    "1. In CLAUDE.md: Begin with a PLAN section.",
    "1. In CLAUDE.md: End with a PLAN section.",
  );
  const cwd = reviewed(plan);
  const { answer } = await openPlopSession(cwd).prompt("/plop");
  expect(answer.reason).toMatch(/^\/plop is refused: step 1 says "In CLAUDE\.md: End with .* which no change says/u);
  expect(planIn(cwd)).toBe(plan);
});

test("numbers that a taken out line left wrong are set right, and the plan is approved", async () => {
  const first = /\n### 1\. [\s\S]*?(?=\n### 2)/u;
  const edited = AUDITED.replace(first, "").replace("1. In CLAUDE.md: Begin with a PLAN section.\n", "");
  const cwd = reviewed(edited.replace("- CLAUDE.md\n", ""));
  const { answer } = await openPlopSession(cwd).prompt("/plop");
  expect(answer.decision).toBeUndefined();
  expect(planIn(cwd)).toContain("### 1. Enforce");
  expect(planIn(cwd)).toContain("Steps:\n1. In AGENTS.md: Begin with a PLAN section.\n2. Do NOT modify");
  expect(readHistory(cwd).at(-1)).toMatchObject({ event: "approved", plan_sha256: sha256(planIn(cwd)) });
});

test("after a second edit the human sees all that changed since the audit, not since the first /plop", async () => {
  const reworded = AUDITED.replaceAll("Begin with a PLAN section.", "End with a PLAN section.");
  const cwd = reviewed(reworded);
  const session = openPlopSession(cwd);
  expect((await session.prompt("/plop")).answer.systemMessage).toContain("+- Change: End with a PLAN section.");
  writeProjectFile(cwd, PLAN_PATH, reworded.replaceAll("- Risk: Low", "- Risk: High"));
  const shown = (await session.prompt("/plop")).answer.systemMessage ?? "";
  expect(shown).toContain("-- Change: Begin with a PLAN section.");
  expect(shown).toContain("+- Change: End with a PLAN section.");
  expect(shown).toContain("+- Risk: High");
  expect(readHistory(cwd).at(-1)?.edited.join("\n")).toContain("-- Change: Begin with a PLAN section.");
  // The same plan once more: it is still another than the audit's.
  expect((await session.prompt("/plop")).answer.systemMessage).toContain("+- Change: End with a PLAN section.");
});
