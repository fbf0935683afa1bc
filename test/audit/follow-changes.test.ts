import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPlan } from "../../mcp-server/src/audit/plan/check.ts";
import { followChanges } from "../../mcp-server/src/audit/plan/follow-changes.ts";
import { renumber } from "../../mcp-server/src/audit/plan/numbering.ts";
import { parsePlan } from "../../mcp-server/src/audit/plan/parse.ts";
import { renderPlan } from "../../mcp-server/src/audit/plan/render.ts";
import { anyAudit } from "../support/audit/answers.ts";
import { DIAGNOSIS, FILES, SUMMARY, TRANSLATION } from "../support/audit/example.ts";
import { parseFacts } from "../../mcp-server/src/audit/evidence/summary-facts.ts";
import { checkDiagnosis } from "../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { checkTranslation } from "../../mcp-server/src/audit/answers/refactoring-specialist.ts";

const allow = (): null => null;
const CHANGE = /\n### \d+\. [\s\S]*?(?=\n### |\n## )/gu;

describe("whatever an audit came to", () => {
  test("its own plan's steps follow from its changes, also when the prompt files have changed since", () => {
    fc.assert(
      fc.property(anyAudit, (audit) => {
        const plan = renderPlan({ ...audit, comparison: [] });
        expect(renumber(plan)).toBe(plan);
        for (const files of [audit.files, []])
          expect(followChanges(plan, { kept: null, files })).toEqual({ is: "agree" });
      }),
      { numRuns: 100 },
    );
  });

  test("a change that is taken out takes its step with it, and what is left passes the check and agrees", () => {
    fc.assert(
      fc.property(anyAudit, fc.nat(), (audit, at) => {
        const text = renderPlan({ ...audit, comparison: [] });
        const changes = text.match(CHANGE) ?? [];
        fc.pre(changes.length > 1);
        const gone = changes[at % changes.length] ?? "";
        const beside = { kept: parsePlan(text).plan, files: audit.files };
        const edited = renumber(text.replace(gone, () => ""));
        const followed = followChanges(edited, beside);
        if (followed.is !== "rewritten") throw new Error(`not rewritten: ${followed.is}`);
        const { plan, problems } = checkPlan(followed.text, allow, null);
        expect(problems).toEqual([]);
        const titles = plan.changes.map(({ title }) => title);
        expect(titles).toHaveLength(changes.length - 1);
        for (const step of plan.block?.steps ?? []) expect(step).not.toContain(`(change ${changes.length})`);
        expect(followChanges(followed.text, beside)).toEqual({ is: "agree" });
        // Whatever else stands there is as the human left it.
        expect(followed.text.split("\n## Files to Modify")[0]).toBe(edited.split("\n## Files to Modify")[0]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("in the example of docs/plan.md", () => {
  const facts = [parseFacts(JSON.stringify(SUMMARY))].filter((one) => one !== null);
  const diagnosis = checkDiagnosis(JSON.stringify(DIAGNOSIS), facts, FILES).value;
  if (diagnosis === null) throw new Error("the example's diagnosis is refused");
  const translation = checkTranslation(JSON.stringify(TRANSLATION), diagnosis, allow, FILES).value;
  const text = renderPlan({ facts, diagnosis, translation, files: FILES, comparison: [] });
  const beside = { kept: parsePlan(text).plan, files: FILES };
  const rewritten = (edited: string): string => {
    const followed = followChanges(renumber(edited), beside);
    return followed.is === "rewritten" ? followed.text : JSON.stringify(followed);
  };
  const SENTENCE = "- Change: Answer a question in words, and change no file until the human asks for it.";

  test("a reworded sentence is in the step, which keeps its place and its quoted line", () => {
    const after = rewritten(text.replace(/- Change: Before you commit.*/u, "- Change: Run `npm test` first."));
    expect(after).toContain(
      "2. In CLAUDE.md (change 1), replace line 6 (“- Run the tests when it makes sense.”) by: - Run `npm test` first.\n3. Do NOT",
    );
    expect(after).toContain("- Change 2, next audit: Fewer turns whose prompt is a question change files.");
  });

  test("another place is in the step", () => {
    const after = rewritten(text.replace("- Place: at the file's end", "- Place: below CLAUDE.md:5"));
    expect(after).toContain(
      "2. In CLAUDE.md (change 2), below line 5 (“- Run `npm run lint` before you commit.”) add: - Answer",
    );
  });

  test("a dropped change drops its step and its criterion, and a criterion of the human's own stays", () => {
    const own = text.replace("- Tool calls per task", "- The changelog is kept.\n- Tool calls per task");
    const [first = ""] = own.match(CHANGE) ?? [];
    const after = rewritten(own.replace(first, ""));
    expect(after).toContain("### 1. Answer questions in words");
    expect(after).toContain("Steps:\n1. In CLAUDE.md (change 1), at the file's end add: - Answer a question in words");
    expect(after).toContain("\n2. Do NOT modify runtime code");
    expect(after).not.toContain("words like");
    expect(after).toContain("- Change 1, next audit: Fewer turns whose prompt is a question change files. Audited");
    expect(after).toContain("- The changelog is kept.");
  });

  test("steps that were deleted are written from the changes", () => {
    const after = rewritten(text.replace(/\n1\. In CLAUDE\.md[\s\S]*?\n3\. Do NOT.*/u, ""));
    expect(after).toBe(text);
  });

  test("a step of the human's own that no change says is a problem each, in words", () => {
    const edited = text
      .replace("add: - Answer a question in words, and change", "add: - Answer in words. Change")
      .replace(SENTENCE, "- Change: Ask first.");
    const followed = followChanges(edited, beside);
    expect(followed).toMatchObject({ is: "differ", problems: [expect.stringContaining("step 1 says")] });
    expect(JSON.stringify(followed)).toContain("which no change says");
  });

  test("the same edit on both places agrees, and so does another order of both", () => {
    const both = text.replaceAll(
      "Answer a question in words, and change no file",
      "Answer questions, and change nothing",
    );
    expect(followChanges(both, beside)).toEqual({ is: "agree" });
  });

  test("numbers are set right, and what a change addresses follows its issue", () => {
    const edited = text
      .replace(/\n1\. `human-as-tester`.*/u, "")
      .replace(/\n1\. CLAUDE\.md leaves.*/u, "")
      .replace((text.match(CHANGE) ?? [])[0] ?? "", "")
      .replace(/\n2\. In CLAUDE\.md \(change 1\), replace.*/u, "");
    expect(edited).toContain("\n2. `question-answered-with-edit`");
    const numbered = renumber(edited);
    expect(checkPlan(numbered, allow, null).problems).toEqual([]);
    expect(numbered).toContain("\n1. `question-answered-with-edit`");
    expect(numbered).toContain("- Addresses: issue 1\n");
    expect(numbered).toContain("\n2. Do NOT modify");
    expect(followChanges(numbered, beside)).toEqual({ is: "agree" });
  });
});
