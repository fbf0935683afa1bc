import { describe, expect, test } from "vitest";
import { ISSUE_KINDS, type Issue } from "../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { decideEvidence, judgeEvidence } from "../../mcp-server/src/audit/compare/evidence-criteria.ts";
import { parseFacts, type SummaryFacts } from "../../mcp-server/src/audit/evidence/summary-facts.ts";
import { toCriteria } from "../../mcp-server/src/audit/plan/choose-criteria.ts";
import { decideOf, parseCriterion, renderCriterion, type Measure } from "../../mcp-server/src/audit/plan/criteria.ts";
import { TURN_TRAITS } from "../../mcp-server/src/audit/plan/turn-traits.ts";
import { createRandom } from "../support/trace/traces.ts";

const METRICS = {
  tool_calls: 23,
  tool_calls_per_task: 5.75,
  plan_before_first_tool: false,
  success: true,
  error_calls: 4,
};
const factsOf = (part: object): SummaryFacts => {
  const base = { trace_id: "a", notable_patterns: [], scope: "session", metrics: METRICS };
  const facts = parseFacts(JSON.stringify({ ...base, ...part }));
  if (facts === null) throw new Error("no summary");
  return facts;
};
const row = (turn: number, human: string, did: readonly string[], part: object = {}) => ({
  turn,
  human,
  did,
  end: "answered",
  ...part,
});
const SESSION = factsOf({
  notable_patterns: ["repeated_file_reads", "retry_failing_command"],
  turns: [
    row(1, "Add it", ["explore 2: a.ts, missing b.ts", "edit a.ts ×2, b.ts", "git commit"], {
      unchecked: ["a.ts"],
      git: ["commit left out b.ts"],
    }),
    row(2, "it still fails", ["edit a.ts", "test npm test FAILED: 2 failed"]),
    row(3, "why?", ["edit c.ts", "test npm test, exit hidden by a pipe"], { refused: 'Edit c.ts: "I asked"' }),
    row(4, "go on", ["agent Explore (3 calls)", "run seed.sh (failed)"], { end: "interrupted" }),
  ],
  recurring: [{ kind: "missing_path", what: "b.ts", turns: [1, 3] }],
});
const issue = (kind: Issue["kind"], evidence: readonly string[], recommendation = "Do so."): Issue => ({
  kind,
  symptom: "It happened",
  root_cause: "No rule",
  recommendation,
  evidence,
  instruction: { state: "missing" },
  confidence: 0.5,
});
/** The criteria of a plan with a change for each issue. */
const criteriaOf = (issues: readonly Issue[], facts: readonly SummaryFacts[] = [SESSION]): readonly string[] =>
  toCriteria(
    issues.map((_issue, at) => ({ addresses: [at] })),
    issues,
    facts,
  );
const ALWAYS = [
  "Tool calls per task decrease versus the audited trace. Audited: 5.75.",
  "Task success rate does not drop (binary success flag unchanged or improved). Audited: true.",
];
const PLAN = "≥1 post-change run shows a PLAN section emitted before first tool call. Audited: false.";

describe("the criterion of an issue", () => {
  test.each([
    [
      "retry_failing_command",
      issue("other", ["retry_failing_command"]),
      "`retry_failing_command` shows in fewer runs that fail a check. Audited: in 1 of 1 runs that fail a check.",
    ],
    [
      "a pattern",
      issue("context-waste", ["repeated_file_reads", "turn:1"]),
      "`repeated_file_reads` shows in fewer runs. Audited: in 1 of 1 runs.",
    ],
    [
      "what its kind is about before a pattern",
      issue("verification-gap", ["repeated_file_reads", "turn:1"]),
      "Fewer turns that change files leave code unchecked. Audited: 1 of 3 (turn 1).",
    ],
    [
      "a hidden exit",
      issue("masked-check", ["turn:3"]),
      "Fewer turns with a check hide its exit. Audited: 1 of 2 (turn 3).",
    ],
    [
      "a red end",
      issue("red-check-dismissed", ["turn:2"]),
      "Fewer turns with a check end with a failed one. Audited: 1 of 2 (turn 2).",
    ],
    [
      "a question",
      issue("question-answered-with-edit", ["turn:3"]),
      "Fewer turns whose prompt is a question change files. Audited: 1 of 1 (turn 3).",
    ],
    [
      "a commit",
      issue("incomplete-commit", ["turn:1"]),
      "Fewer turns with a commit or push leave changed files out of it. Audited: 1 of 1 (turn 1).",
    ],
    [
      "a refusal",
      issue("permission-friction", ["turn:3"]),
      "Fewer turns have a call refused. Audited: 1 of 4 (turn 3).",
    ],
    ["an interruption", issue("scope-overrun", ["turn:4"]), "Fewer turns are interrupted. Audited: 1 of 4 (turn 4)."],
    [
      "a path",
      issue("not-found-paths", ["turn:1"]),
      "Fewer turns look for what is not there. Audited: 1 of 1 (turn 1).",
    ],
    [
      "what recurs",
      issue("not-found-paths", ["recurring:missing_path"]),
      "Fewer turns show a recurring `missing_path`. Audited: 2 of 4 (turns 1, 3).",
    ],
    [
      "a commit that nobody asked for",
      issue("unrequested-git", ["turn:1"]),
      "Fewer turns commit or push although the prompt names no such thing. Audited: 1 of 4 (turn 1).",
    ],
    [
      "a test that a change asks for",
      issue("verification-gap", ["turn:1"], "Add a test to each change of code."),
      "Fewer turns that change code change no test. Audited: 3 of 3 (turns 1, 2, 3).",
    ],
    [
      "a command",
      issue("environment", ["turn:4"]),
      "Fewer turns with a command or check have one that fails. Audited: 2 of 4 (turns 2, 4).",
    ],
    [
      "the same file",
      issue("fix-by-guess", ["turn:2"]),
      "Fewer turns that change files change one that the turn before changed. Audited: 1 of 2 (turn 2).",
    ],
    ["a metric", issue("other", ["metrics.error_calls"]), "`metrics.error_calls` falls. Audited: 4."],
  ])("%s", (_, one, criterion) => {
    expect(criteriaOf([one])).toEqual([`Change 1, next audit: ${criterion}`, ...ALWAYS]);
  });

  test("of planning is the PLAN section's, too", () => {
    expect(criteriaOf([issue("other", ["metrics.plan_before_first_tool"])])).toEqual([PLAN, ...ALWAYS]);
    expect(criteriaOf([issue("plan-ignored", ["turn:4"])])).not.toContain(PLAN);
    expect(criteriaOf([issue("other", ["turn:4"], "Begin with a PLAN section.")])).toContain(PLAN);
    expect(criteriaOf([issue("other", ["turn:4"], "Update the plan file.")])).not.toContain(PLAN);
  });

  test("is of one thing that recurs where that is cited", () => {
    expect(criteriaOf([issue("not-found-paths", ["turn:1", "recurring:missing_path:b.ts"])])[0]).toBe(
      "Change 1, next audit: Fewer turns show a recurring `missing_path` of b.ts. Audited: 2 of 4 (turns 1, 3).",
    );
  });

  test.each([
    ["a pattern of something else", issue("plan-ignored", ["turn:3", "repeated_file_reads"])],
    ["what recurs and is something else", issue("doc-drift", ["turn:1", "recurring:missing_path:b.ts"])],
    ["a subagent where its report is meant", issue("wasted-subagent", ["turn:4"])],
    ["what is looked at first", issue("rediscovery", ["turn:3", "recurring:read_first:(outside)"])],
    ["a correction without a refusal", issue("human-correction", ["turn:1", "turn:2"])],
    ["an unchecked file of a turn that is not cited", issue("verification-gap", ["turn:4"])],
  ])("is none, whatever is cited: %s", (_, one) => {
    expect(criteriaOf([one])[0]).toContain("Change 1: not measurable by an audit.");
  });

  test.each([
    [
      "filtered",
      "Run the whole suite at the end.",
      "Fewer turns with a test run chosen ones only. Audited: 1 of 2 (turn 1).",
    ],
    [
      "unchecked",
      "Run the linter at the end.",
      "Fewer turns that change files leave code unchecked. Audited: 1 of 2 (turn 1).",
    ],
  ])("is of what the recommendation asks for: %s", (_, recommendation, criterion) => {
    const facts = factsOf({
      turns: [
        row(1, "Do it", ["edit a.ts", "test go test, filtered ok"], { unchecked: ["a.ts"] }),
        row(2, "Do that", ["edit b.ts", "test go test, filtered ok", "test go test ok"]),
      ],
    });
    expect(criteriaOf([issue("verification-gap", ["turn:1"], recommendation)], [facts])[0]).toBe(
      `Change 1, next audit: ${criterion}`,
    );
  });

  test("of untested code is of turns whose files are known, and not of documents", () => {
    const facts = factsOf({
      turns: [
        row(1, "Do it", ["edit a.ts, +3"]),
        row(2, "Do that", ["edit README.md, package.json"]),
        row(3, "Do more", ["edit a.ts", "edit test/a.test.ts"]),
        row(4, "Do all", ["write b.go"]),
      ],
    });
    const one = issue("verification-gap", ["turn:4"], "Write a test for each new function.");
    expect(criteriaOf([one], [facts])[0]).toContain("change no test. Audited: 1 of 2 (turn 4).");
  });

  test("that nothing gives says so once, and what to look at", () => {
    const issues = [
      issue("doc-drift", ["turn:4", "turn:3"]),
      issue("other", ["turn:1"]),
      issue("masked-check", ["turn:3"]),
    ];
    expect(criteriaOf(issues)).toEqual([
      "Change 3, next audit: Fewer turns with a check hide its exit. Audited: 1 of 2 (turn 3).",
      "Changes 1, 2: not measurable by an audit. Look whether later turns like 1, 3, 4 do what it says.",
      ...ALWAYS,
    ]);
    expect(criteriaOf([issue("doc-drift", ["giant_reads"])])[0]).toBe(
      "Change 1: not measurable by an audit. Look whether later runs do what it says.",
    );
    expect(parseCriterion(criteriaOf(issues)[1] ?? "")).toBeNull();
  });

  test("stands there once where changes share it, each with all of its own", () => {
    const issues = [issue("context-waste", ["repeated_file_reads"]), issue("masked-check", ["turn:3"])];
    expect(toCriteria([{ addresses: [0, 1] }, { addresses: [0] }], issues, [SESSION]).slice(0, -2)).toEqual([
      "Changes 1, 2, next audit: `repeated_file_reads` shows in fewer runs. Audited: in 1 of 1 runs.",
      "Change 1, next audit: Fewer turns with a check hide its exit. Audited: 1 of 2 (turn 3).",
    ]);
  });

  test("counts the runs of a sample", () => {
    const other = factsOf({ trace_id: "b", metrics: { tool_calls_per_task: 9, success: false } });
    const issues = [issue("context-waste", ["repeated_file_reads"]), issue("masked-check", ["turn:3"])];
    expect(criteriaOf(issues, [SESSION, other, factsOf({ metrics: {} })])).toEqual([
      "Change 1, next audit: `repeated_file_reads` shows in fewer runs. Audited: in 1 of 3 runs.",
      "Change 2, next audit: Fewer turns with a check hide its exit. Audited: 1 of 2 turns of 1 runs.",
      "Tool calls per task decrease versus the audited trace. Audited: median 7.38 of 2 runs.",
      "Task success rate does not drop (binary success flag unchanged or improved). Audited: in 1 of 2 runs.",
    ]);
  });

  test.each(ISSUE_KINDS)("of the kind %s is one that a summary decides, or says that none does", (kind) => {
    const [line = ""] = criteriaOf([issue(kind, ["turn:1", "turn:2", "turn:3", "turn:4"])]);
    const criterion = parseCriterion(line);
    if (criterion === null) expect(line).toContain("not measurable by an audit");
    else if (criterion.measure.kind === "fixed") expect(line).toBe(PLAN);
    else expect(decideOf(criterion, SESSION)).toBeGreaterThan(0);
  });

  test.each<Measure>([
    ...TURN_TRAITS.map((trait): Measure => ({ kind: "turns", trait })),
    { kind: "pattern", id: "repeated_file_reads", among: null },
    { kind: "pattern", id: "edit_without_read", among: "change a file" },
    { kind: "recurring", of: "missing_path", what: null },
    { kind: "recurring", of: "missing_path", what: "b.ts" },
    { kind: "recurring", of: "command_failed", what: "`a` of <b>. Audited: 1" },
    { kind: "metric", name: "error_calls" },
    { kind: "fixed", metric: "success" },
  ])("is read again as it was written, and as older plans wrote its share: %j", (measure) => {
    const line = renderCriterion(measure, [SESSION, SESSION]);
    const at = line.lastIndexOf(" Audited: ");
    const audited = line.slice(at + " Audited: ".length, -1);
    expect(parseCriterion(line)).toEqual({ measure, audited });
    expect(parseCriterion(renderCriterion(measure, [SESSION, SESSION], [1, 12]))).toEqual({ measure, audited });
    expect(parseCriterion(`${line.slice(0, at)} Audited: 2 of 5.`)).toEqual({ measure, audited: "2 of 5" });
  });
});

describe("what one summary decides", () => {
  const decide = (line: string, facts: SummaryFacts) => {
    const criterion = parseCriterion(`${line} Audited: 1 of 1.`);
    return criterion === null ? undefined : decideOf(criterion, facts);
  };
  const empty = factsOf({ turns: [], metrics: {} });
  const unordered = factsOf({ coverage: { order: "not_recorded" }, turns: [row(1, "Do it", ["edit a.ts"])] });

  test.each([
    ["`repeated_file_reads` shows in fewer runs.", SESSION, true],
    ["`repeated_file_reads` shows in fewer runs.", empty, false],
    ["`repeated_file_reads` shows in fewer runs.", unordered, null],
    ["`edit_without_read` shows in fewer runs that change a file.", SESSION, false],
    ["`edit_without_read` shows in fewer runs that change a file.", empty, null],
    ["Fewer turns that change files leave code unchecked.", SESSION, 1 / 3],
    ["Fewer turns that change files leave code unchecked.", empty, null],
    ["Fewer turns that change files leave code unchecked.", unordered, null],
    ["Fewer turns show a recurring `missing_path`.", SESSION, 0.5],
    ["Fewer turns show a recurring `refused`.", SESSION, 0],
    ["Fewer turns show a recurring `missing_path`.", { ...SESSION, scope: "turn" }, null],
    ["`metrics.error_calls` falls.", SESSION, 4],
    ["`metrics.error_calls` falls.", empty, null],
    ["Tool calls per task decrease versus the audited trace.", SESSION, 5.75],
    ["Task success rate does not drop (binary success flag unchanged or improved).", SESSION, true],
    ["The docs mention the option.", SESSION, undefined],
    ["`a` shows in fewer runs that dance.", SESSION, undefined],
    ["`a` shows in fewer runs that constructor.", SESSION, undefined],
  ])("%s", (line, facts, value) => {
    expect(decide(line, facts)).toBe(value);
  });

  test("a line without audited numbers, or with words behind them, is no criterion of ours", () => {
    expect(parseCriterion("`metrics.error_calls` falls.")).toBeNull();
    expect(parseCriterion("`metrics.error_calls` falls. Audited: 3. Really")).toBeNull();
  });

  test("rows between which others were folded are no neighbours", () => {
    const folded = factsOf({ turns: [row(1, "Do it", ["edit a.ts"]), row(5, "it still fails", ["edit a.ts"])] });
    expect(decide("Fewer turns that change files change one that the turn before changed.", folded)).toBeNull();
  });
});

describe("the criteria of the plan before, compared", () => {
  const line = "`repeated_file_reads` shows in fewer runs. Audited: 1 of 1.";
  const runs = (count: number, shows: (at: number) => boolean, part: object = {}) =>
    Array.from({ length: count }, (_run, at) =>
      factsOf({ notable_patterns: shows(at) ? ["repeated_file_reads"] : [], ...part }),
    );
  const verdicts = (then: readonly SummaryFacts[], now: readonly SummaryFacts[], lines = [line], otherClaims = 2) =>
    decideEvidence(judgeEvidence(lines, then, now), otherClaims);

  test("a clear fall is met, a clear stay is not, and one run decides nothing", () => {
    expect(
      verdicts(
        runs(12, () => true),
        runs(12, () => false),
      ),
    ).toMatchObject([
      {
        criterion: "`repeated_file_reads` shows in fewer runs.",
        value_then: "in 12 of 12 runs",
        value_now: "in 0 of 10 runs",
        verdict: "met",
      },
    ]);
    expect(
      verdicts(
        runs(20, () => true),
        runs(20, () => true),
      )[0]?.verdict,
    ).toBe("not met");
    expect(
      verdicts(
        runs(1, () => true),
        runs(50, () => false),
      )[0]?.verdict,
    ).toBe("inconclusive");
  });

  test("shares of turns and numbers are compared by their ranks", () => {
    const unchecked = "Fewer turns that change files leave code unchecked. Audited: 1 of 1.";
    const edits = (part: object) => runs(12, () => false, { turns: [row(1, "Do it", ["edit a.ts"], part)] });
    expect(verdicts(edits({ unchecked: ["a.ts"] }), edits({}), [unchecked])).toMatchObject([
      { value_then: "1 (median of 12 runs)", value_now: "0 (median of 10 runs)", verdict: "met" },
    ]);
  });

  test("runs of another scope, or of a session that has earlier ones, decide nothing", () => {
    const [then, now] = [runs(12, () => true), runs(12, () => false)];
    expect(
      verdicts(
        then,
        now.map((one) => ({ ...one, scope: "turn" })),
      ),
    ).toMatchObject([{ value_now: "not recorded", verdict: "inconclusive" }]);
    const [first, ...others] = then;
    if (first === undefined) throw new Error("no run");
    expect(
      verdicts(
        [{ ...first, session_id: "s" }, ...others],
        now.map((one) => ({ ...one, session_id: "s" })),
      )[0]?.verdict,
    ).toBe("inconclusive");
  });

  test("the fixed criteria and a human's own are left to others", () => {
    expect(
      verdicts(
        runs(2, () => true),
        runs(2, () => true),
        [PLAN, ...ALWAYS, "Nobody complains."],
      ),
    ).toEqual([]);
  });

  test("where nothing changed, at most 5 % of comparisons find any met, though the plan chose what showed most", () => {
    const random = createRandom(5);
    const rates = [0.05, 0.1, 0.2, 0.3, 0.5, 0.8];
    let wrong = 0;
    const comparisons = 120;
    for (let at = 0; at < comparisons; at += 1) {
      const drawn = (count: number) =>
        Array.from({ length: count }, () =>
          factsOf({ notable_patterns: NAMES.filter((_name, place) => random() < (rates[place % rates.length] ?? 0)) }),
        );
      const [then, now] = [drawn(8), drawn(20)];
      const shown = (name: string): number => then.filter(({ evidence }) => evidence.has(name)).length;
      const worst = NAMES.toSorted((left, right) => shown(right) - shown(left)).slice(0, 3);
      const lines = worst.map((id) => renderCriterion({ kind: "pattern", id, among: null }, then));
      if (verdicts(then, now, lines).some(({ verdict }) => verdict === "met")) wrong += 1;
    }
    expect(wrong / comparisons).toBeLessThanOrEqual(0.05);
  });
});
const NAMES = Array.from({ length: 30 }, (_name, at) => `behaviour_${at}`);
