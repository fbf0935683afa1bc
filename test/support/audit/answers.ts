import fc from "fast-check";
import type { Diagnosis, Issue } from "../../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { ISSUE_KINDS } from "../../../mcp-server/src/audit/answers/prompt-engineer.ts";
import type { Change, Translation } from "../../../mcp-server/src/audit/answers/refactoring-specialist.ts";
import { parseFacts, type SummaryFacts } from "../../../mcp-server/src/audit/evidence/summary-facts.ts";
import type { PromptFile } from "../../../mcp-server/src/audit/instructions/prompt-file.ts";

/** What an audit can come to, drawn at random, with texts that try to be something else than text. */
export type Drawn = {
  readonly facts: readonly SummaryFacts[];
  readonly files: readonly PromptFile[];
  readonly diagnosis: Diagnosis;
  readonly translation: Translation;
};

const ODD = [
  "## Files to Modify",
  "### 2. Another",
  "- Risk: Low",
  "/plop",
  "```",
  "`code`",
  "<b>bold</b>",
  "<!-- hidden -->",
  "[a](http://b.c)",
  "![a][b]",
  "&lt;",
  "&#8203;",
  "\\",
  "\\]",
  "](",
  "“",
  "”",
  "turn 4: ",
  " Audited: ",
  "None.",
  "not recorded",
  "1. ",
  "\u200b",
  "\u202e",
  "\ufe0f",
  "\u{e0041}",
  "👩‍💻",
  "漢字",
  "\n",
  "\r",
  "\t",
  "\u2028",
  "\ud800",
  ":",
  ",",
  ";",
  "?",
  "no, that still fails",
];
/** Any text of up to six words, odd ones among them. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...ODD),
      fc.string({ maxLength: 12, unit: "grapheme" }),
      fc.string({ maxLength: 4, unit: "binary" }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(parts.length % 2 === 0 ? "" : " "));

/** A text as an accepted answer may hold it. */
const HIDDEN = /[\p{DI}\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029\u2800]|<!--/gu;
const anyLine = anyText.map((text) => `${text.replace(HIDDEN, "").trim()} x`.trim());

const step = fc.oneof(
  fc.constantFrom(
    "explore 2: a.ts, missing b.ts",
    "edit a.ts ×2, b.ts (failed)",
    "test npm test ok",
    "test npm test, exit hidden by a pipe",
    "test npm test FAILED: 2 failed",
    "git commit",
    "agent Explore (3 calls)",
    "… explore 4, run 2",
  ),
  anyText,
);
const row = fc.record(
  {
    turn: fc.option(fc.integer({ min: 1, max: 6 })),
    human: fc.option(anyText),
    did: fc.array(step, { maxLength: 6 }),
    unchecked: fc.array(anyText, { maxLength: 2 }),
    git: fc.array(anyText, { maxLength: 2 }),
    refused: fc.oneof(anyText, fc.constant('Edit a.ts: "not now"')),
    end: fc.constantFrom("answered", "interrupted", "api_error", "odd\nend"),
  },
  { requiredKeys: ["turn", "human"] },
);
const summary = fc.record({
  goal: fc.option(anyText),
  started_at: fc.constantFrom(null, "2026-11-20T09:12:44.000Z", "soon"),
  scope: fc.constantFrom("turn", "session"),
  session_id: fc.constantFrom(null, "s"),
  session: fc.constantFrom(null, { earlier_turns: 2 }),
  outcome: fc.constant("success"),
  turns: fc.array(row, { maxLength: 4 }),
  turns_folded: fc.nat(2),
  recurring: fc.array(
    fc.record({ kind: fc.constantFrom("missing_path", "read_first"), what: anyText, turns: fc.constant([1, 2]) }),
    { maxLength: 2 },
  ),
  notable_patterns: fc.subarray(["repeated_file_reads", "edit_without_read", "late_planning"]),
  metrics: fc.record({
    tool_calls: fc.nat(50),
    tool_calls_per_task: fc.option(fc.nat(5000).map((hundredths) => hundredths / 100)),
    plan_before_first_tool: fc.option(fc.boolean()),
    success: fc.option(fc.boolean()),
    error_calls: fc.nat(3),
  }),
  coverage: fc.record({
    order: fc.constantFrom("recorded", "not_recorded"),
    goal: fc.constantFrom("recorded", "not_recorded"),
  }),
});

const PATHS = ["CLAUDE.md", ".claude/rules/a b.md", "prompts/system.txt", "new/AGENTS.md"];

/** An audit with issues, its answers as the checks let them pass. */
export const anyAudit: fc.Arbitrary<Drawn> = fc
  .record({
    summaries: fc.array(summary, { minLength: 1, maxLength: 3 }),
    texts: fc.array(anyText, { minLength: 3, maxLength: 3 }),
    ids: fc.uniqueArray(
      fc.oneof(
        fc.stringMatching(/^[0-9a-f]{8,32}$/u),
        anyText.map((text) => `x${text}`),
      ),
      { minLength: 3, maxLength: 3 },
    ),
  })
  .map(({ summaries, texts, ids }) => ({
    facts: summaries.flatMap((one, at) => {
      const patterns = one.notable_patterns.map((id) => ({ id, count: 2, detail: texts[at] }));
      return parseFacts(JSON.stringify({ ...one, patterns, trace_id: `${at}${ids[at]}` })) ?? [];
    }),
    files: PATHS.slice(0, 3).map((path, at) => ({
      path,
      text: `# Rules\n\n- ${texts[at]?.replace(/\s+/gu, " ")} y\n`,
    })),
  }))
  .chain(({ facts, files }) =>
    fc.array(anyIssue(facts), { minLength: 1, maxLength: 4 }).chain((issues) =>
      fc.record({
        facts: fc.constant(facts),
        files: fc.constant(files),
        diagnosis: fc.constant({ issues }),
        translation: anyTranslation(issues.length),
      }),
    ),
  );

function anyIssue(facts: readonly SummaryFacts[]): fc.Arbitrary<Issue> {
  return fc.record({
    kind: fc.constantFrom(...ISSUE_KINDS),
    symptom: anyLine,
    root_cause: anyLine,
    recommendation: anyLine,
    evidence: fc.subarray([...new Set(facts.flatMap(({ evidence }) => [...evidence.keys()]))], {
      minLength: 1,
      maxLength: 2,
    }),
    instruction: fc.constantFrom<Issue["instruction"]>(
      { state: "missing" },
      { state: "unknown" },
      { state: "buried", where: ["CLAUDE.md:3"] },
    ),
    confidence: fc.double({ min: 0, max: 0.9, noNaN: true }),
  });
}

function anyTranslation(issues: number): fc.Arbitrary<Translation> {
  const change: fc.Arbitrary<Change> = fc
    .record({
      title: anyLine.map((line) => line.slice(-100)),
      file: fc.constantFrom(...PATHS),
      where: fc.constantFrom("below", "replace", "at the end"),
      constraints: fc.array(anyLine, { minLength: 1, maxLength: 2 }),
      addresses: fc.uniqueArray(fc.nat(issues - 1), { minLength: 1 }),
      risk: fc.constantFrom("Low" as const, "Medium" as const, "High" as const),
    })
    .map(({ where, ...rest }) => {
      const isNew = rest.file === PATHS[3];
      const place = isNew ? "new file" : where === "at the end" ? where : `below ${rest.file}:3`;
      return { ...rest, place, ...(where === "replace" && !isNew ? { replaces: `${rest.file}:3` } : {}) };
    });
  return fc
    .record({ goal: anyLine, changes: fc.array(change, { minLength: 1, maxLength: 4 }).map(apart) })
    .map(({ goal, changes }) => ({
      goal,
      files_to_change: [...new Set(changes.map(({ file }) => file))],
      new_constraints: [...new Set(changes.flatMap(({ constraints }) => constraints))],
      // Every issue is addressed.
      changes: changes.map((one, at) =>
        at === 0 ? { ...one, addresses: Array.from({ length: issues }, (_issue, index) => index) } : one,
      ),
    }));
}

/** Changes of which none replaces a line that another is about, and no two say the same: a change that does is left out. */
function apart(changes: readonly Change[]): readonly Change[] {
  const words = ({ constraints }: Change): ReadonlySet<string> =>
    new Set(
      constraints
        .join(" ")
        .toLowerCase()
        .match(/[\p{L}\p{M}\p{N}]/gu),
    );
  return changes
    .map((one) => ({ ...one, constraints: one.constraints.slice(0, words(one).size < 4 ? 2 : 1) }))
    .filter((one, at, all) =>
      all.slice(0, at).every((other) => {
        if (one.file !== other.file) return true;
        const shared = [...words(one)].filter((letter) => words(other).has(letter));
        return one.replaces === undefined && other.replaces === undefined && shared.length < 4;
      }),
    );
}
