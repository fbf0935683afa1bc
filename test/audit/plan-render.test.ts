import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDiagnosis } from "../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { checkTranslation } from "../../mcp-server/src/audit/answers/refactoring-specialist.ts";
import { checkPlan } from "../../mcp-server/src/audit/plan/check.ts";
import { renderClosingWords } from "../../mcp-server/src/audit/plan/closing-words.ts";
import { parseCriterion, decideOf } from "../../mcp-server/src/audit/plan/criteria.ts";
import { parsePlan } from "../../mcp-server/src/audit/plan/parse.ts";
import { renderPlan } from "../../mcp-server/src/audit/plan/render.ts";
import { quoteText, readText, showStart, showText } from "../../mcp-server/src/audit/plan/show.ts";
import { anyAudit, anyText } from "../support/audit/answers.ts";

const allow = (): null => null;
const comparison = ["Compared with the audit of 2026-11-12 (2026-11-12-abc.md)."];

describe("whatever the summaries and the answers hold", () => {
  test("the answers that are drawn are such as their checks let pass", () => {
    fc.assert(
      fc.property(anyAudit, ({ diagnosis, translation, files }) => {
        expect(checkDiagnosis(JSON.stringify(diagnosis), null, files).problems).toEqual([]);
        expect(checkTranslation(JSON.stringify(translation), diagnosis, allow, null).problems).toEqual([]);
      }),
    );
  });

  test("a rendered plan passes its own check and says what it was made of", () => {
    fc.assert(
      fc.property(anyAudit, (audit) => {
        const { facts, files, diagnosis, translation } = audit;
        const { plan, problems } = checkPlan(renderPlan({ ...audit, comparison }), allow, files);
        expect(problems).toEqual([]);
        expect(plan.comparison).toBe(comparison.join("\n"));
        expect(plan.traces.map(({ traceId }) => traceId)).toEqual(facts.map(({ trace_id }) => seen(trace_id)));
        expect(plan.rootCauses).toEqual(diagnosis.issues.map(({ root_cause }) => seen(root_cause)));
        expect(plan.issues.map((issue) => /^`([a-z-]+)`: /u.exec(issue)?.[1])).toEqual(
          diagnosis.issues.map(({ kind }) => kind),
        );
        expect(plan.files.toSorted()).toEqual(translation.files_to_change.toSorted());
        expect(plan.changes.map(({ constraints }) => constraints.join(" / ")).toSorted()).toEqual(
          translation.changes.map(({ constraints }) => constraints.map(seen).join(" / ")).toSorted(),
        );
        expect(plan.block?.goal).toBe(translation.goal);
        // What is handed over is word for word what was answered, sentence by sentence in a list.
        const steps = plan.block?.steps ?? [];
        for (const { file, constraints } of translation.changes) {
          const isHandedOver = (text: string): boolean =>
            steps.some((step) => step.startsWith(`In ${file} (change `) && step.endsWith(text));
          expect(isHandedOver(`: ${constraints.join(" ")}`) || constraints.every(isHandedOver)).toBe(true);
        }
        expect(steps.length).toBeGreaterThan(translation.changes.length);
      }),
      { numRuns: 300 },
    );
  });

  test("the surest change comes first, of equal ones the one with the least risk", () => {
    fc.assert(
      fc.property(anyAudit, (audit) => {
        const { changes } = parsePlan(renderPlan({ ...audit, comparison: [] })).plan;
        const keys = changes.map(
          ({ confidence, risk }) => [-confidence, ["Low", "Medium", "High"].indexOf(risk)] as const,
        );
        expect(keys).toEqual(keys.toSorted((left, right) => left[0] - right[0] || left[1] - right[1]));
      }),
    );
  });

  test("each criterion is read again, has the always two, and is decided by any summary without a fault", () => {
    fc.assert(
      fc.property(anyAudit, (audit) => {
        const criteria = parsePlan(renderPlan({ ...audit, comparison: [] })).plan.block?.criteria ?? [];
        const parsed = criteria.filter((line) => !line.includes(": not measurable by an audit. ")).map(parseCriterion);
        expect(parsed).not.toContain(null);
        expect(criteria.length - parsed.length).toBeLessThanOrEqual(1);
        expect(parsed.length).toBeGreaterThanOrEqual(2);
        for (const criterion of parsed)
          for (const facts of audit.facts) {
            const value = criterion === null ? null : decideOf(criterion, facts);
            if (typeof value === "number") expect(value).toBeGreaterThanOrEqual(0);
            if (typeof value === "number" && criterion?.measure.kind === "turns") expect(value).toBeLessThanOrEqual(1);
          }
      }),
    );
  });

  test("a plan without an issue passes its check too, and has no block", () => {
    fc.assert(
      fc.property(anyAudit, anyText, ({ facts, files }, reason) => {
        const checked = checkDiagnosis(JSON.stringify({ issues: [], no_issue_reason: reason }), facts, files);
        if (checked.value === null) return;
        const markdown = renderPlan({ facts, files, diagnosis: checked.value, translation: null, comparison: [] });
        const { plan, problems } = checkPlan(markdown, allow, files);
        expect(problems).toEqual([]);
        expect(plan.block).toBeNull();
        expect(plan.noChange?.startsWith(seen(reason))).toBe(true);
        expect(markdown.split("No prompt change would help:")).toHaveLength(2);
      }),
    );
  });

  test("the closing words are at most seven lines, and one for each change", () => {
    fc.assert(
      fc.property(anyAudit, ({ facts, diagnosis, translation, files }) => {
        const skipped = ["not completed", "not completed", "another project"].map((reason) => ({
          trace_id: "a",
          reason,
        }));
        const replaced = { file: "docs/audit/2026-11-19-abc.md", isEdited: true };
        for (const one of [diagnosis, { issues: [], no_issue_reason: "Nothing" }]) {
          const parts = {
            facts,
            diagnosis: one,
            translation,
            files,
            skipped,
            replaced,
            comparison: comparison.join(" "),
          };
          const lines = renderClosingWords(parts).split("\n");
          const changes = one.issues.length === 0 ? 0 : translation.changes.length;
          expect(lines.length).toBeLessThanOrEqual(7 + changes);
          expect(lines.filter((line) => line.startsWith("- "))).toHaveLength(changes);
          expect(lines.every((line) => line.trim() !== "")).toBe(true);
        }
      }),
    );
  });

  test("a text is shown so that it can be read again, and hides nothing", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = showText(text);
        expect(showText(readText(shown))).toBe(shown);
        // Outside code no tag, no link, no image, no entity, and nowhere a character without a sign.
        expect(shown.replaceAll(CODE, "x")).not.toMatch(
          /(?<!\\)<[A-Za-z/!?]|(?<!\\)\]\(|(?<!\\)&(?:#|\w+;)|[\u200b\u202e\u{e0041}]|\s\s|[\n\r\t]/u,
        );
      }),
    );
  });
});

/** Code as a reader of markdown sees it: between runs of backticks of one length, the first not behind a backslash. */
const CODE = /(?<![\\`])(`+)(?!`)[^`]+(?<!`)\1(?!`)/gu;

test.each([
  ["write `<views>` last", "write `<views>` last"],
  ["write <views> last", "write \\<views> last"],
  ["`a](b` [c](d) `&lt;`", "`a](b` [c\\](d) `&lt;`"],
  ["one ` and <b>", "one \\` and \\<b>"],
  ["`a` ` <b> `", "`a` ` <b> `"],
  ["``<a>`", "\\`\\`\\<a>\\`"],
  ["\\`<a>`", "\\\\\\`\\<a>\\`"],
  ["``<a> ``", "``<a> ``"],
])("outside code alone something is escaped: %s", (text, shown) => {
  expect(showText(text)).toBe(shown);
  expect(readText(shown)).toBe(text);
});

test("no text makes what another one on its line holds as code into markup", () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom("`<b>`", "`` [a](b) ``", "`&lt;`"), (left, code) => {
      expect(`${showText(left)} ${showText(code)}`.match(CODE)?.at(-1)).toBe(code);
    }),
  );
});

test.each([
  ["Run `npm run build` first", 30, "“Run `npm run build` first”"],
  ["Run `npm run build` first", 12, "“Run `npm ru…`”"],
  ["Run it ` first", 10, "“Run it \\`…”"],
])("of a quotation that cuts code off the rest stays code: %s", (text, max, quoted) => {
  expect(quoteText(text, max)).toBe(quoted);
});

test.each([
  ["Run it first", 3, "Run it first"],
  ["Run it first, then go on", 3, "Run it first…"],
  ["Run `npm run build` first", 3, "Run `npm run…`"],
])("of a text only the first words are shown, and code stays code: %s", (text, words, shown) => {
  expect(showStart(text, words)).toBe(shown);
});

/** A text as a reader of the plan sees it. */
function seen(text: string): string {
  return readText(showText(text));
}
