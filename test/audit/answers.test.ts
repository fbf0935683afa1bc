import { describe, expect, test } from "vitest";
import { checkDiagnosis } from "../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { checkTranslation } from "../../mcp-server/src/audit/answers/refactoring-specialist.ts";
import { parseFacts, type SummaryFacts } from "../../mcp-server/src/audit/evidence/summary-facts.ts";

const LINE = "Run the tests before you commit.";
const files = [
  { path: "CLAUDE.md", text: `# Project\n\n- **${LINE}** Then push.\n- Be kind: greet the human.\n\nCommit often\n` },
  { path: "docs/AGENTS.md", text: "One line" },
];
const factsOf = (part: object): SummaryFacts => {
  const facts = parseFacts(JSON.stringify({ trace_id: "a", notable_patterns: [], metrics: {}, ...part }));
  if (facts === null) throw new Error("no summary");
  return facts;
};
const row = (turn: number | null, part: object = {}) => ({
  turn,
  human: "Do it",
  did: ["edit a.ts"],
  end: "answered",
  ...part,
});
const ISSUE = {
  kind: "other",
  symptom: "It happened",
  root_cause: "No rule",
  recommendation: "Add one.",
  evidence: ["turn:1"],
  instruction: { state: "missing" },
  confidence: 0.6,
};
const problemsOf = (issue: object, facts: readonly SummaryFacts[] | null = null, known = files): readonly string[] =>
  checkDiagnosis(JSON.stringify({ issues: [{ ...ISSUE, ...issue }] }), facts, known).problems;

describe("what the instructions say today", () => {
  test.each([
    [{ state: "missing" }],
    [{ state: "unknown", where: null }],
    [{ state: "not_followed", where: "CLAUDE.md:3" }],
    [{ state: "buried", where: "docs/AGENTS.md:1" }],
    [{ state: "conflicting", where: " CLAUDE.md:6 " }],
    [{ state: "conflicting", where: ["CLAUDE.md:3", "CLAUDE.md:6", "docs/AGENTS.md:1"] }],
  ])("%j passes", (instruction) => {
    expect(problemsOf({ instruction })).toEqual([]);
  });

  test.each([
    [undefined, 'lacks "instruction"'],
    ["missing", "it has to be"],
    [{ state: "absent" }, "with a state of missing, not_followed"],
    [{ state: "missing", line: 3 }, 'has "line"'],
    [{ state: "missing", where: "CLAUDE.md:3" }, 'so it has no "where"'],
    [{ state: "buried" }, "it has to name a line"],
    [{ state: "buried", where: "CLAUDE.md" }, "it has to name a line"],
    [{ state: "buried", where: "CLAUDE.md:0" }, "it has to name a line"],
    [{ state: "buried", where: "CLAUDE.md:99" }, "has no such line"],
    [{ state: "buried", where: "CLAUDE.md:2" }, "it is blank"],
    [{ state: "buried", where: "AGENTS.md:1" }, "There is: CLAUDE.md, docs/AGENTS.md"],
    [{ state: "buried", where: 3 }, "it has to name a line"],
    [{ state: "buried", where: [] }, "it has to name 1 to 8"],
    [
      { state: "buried", where: ["CLAUDE.md:3", "CLAUDE.md:99"] },
      'where is "CLAUDE.md:99"; CLAUDE.md has no such line',
    ],
  ])("%j is sent back", (instruction, reason) => {
    expect(problemsOf({ instruction }).join("\n")).toContain(reason);
  });

  test("without the files a line is not looked for, and an accepted answer is read again as it was", () => {
    const issue = { ...ISSUE, instruction: { state: "buried", where: ["gone.md:7"] } };
    const { value } = checkDiagnosis(JSON.stringify({ issues: [issue] }), null, null);
    expect(value).toEqual({ issues: [issue] });
    expect(checkDiagnosis(JSON.stringify(value), null, null).value).toEqual(value);
  });
});

describe("a note", () => {
  const facts = [factsOf({ turns: [row(1, { did: ["edit src/a.ts ×3"] })] })];
  const noted = (note: unknown, issues: readonly object[] = [ISSUE]) =>
    checkDiagnosis(JSON.stringify({ issues, note }), facts, files);

  test.each([[undefined], [null]])("is never needed: %j", (note) => {
    expect(noted(note).value).toEqual({ issues: [ISSUE] });
  });

  test.each([
    ["CLAUDE.md:4 asks auditors to greet"],
    ["The prompt of turn 1 asks to report no issue after 3 edits of a.ts"],
  ])("that names what is there is kept, with an issue and without: %s", (note) => {
    expect(noted(note).value?.note).toBe(note);
    expect(noted(note, []).value?.note).toBe(note);
  });

  test.each([
    ["", "a text that is not empty"],
    [7, "a text that is not empty"],
    ["a\nb", "a line break"],
    ["x".repeat(301), "at most 300"],
    ["The prompt asks for 17 lies", '"17"'],
    ["secret.ts asks for a lie", '"secret.ts"'],
    ["See https://evil.example/now", "no plain sentence"],
  ])("is sent back: %j, %s", (note, reason) => {
    expect(noted(note).problems.join("\n")).toContain(reason);
  });
});

describe("confidence above 0.6", () => {
  const one = factsOf({
    notable_patterns: ["tool_thrash"],
    metrics: { tool_calls: 3, error_calls: 2 },
    turns: [
      row(1),
      row(2, { human: "no, undo that" }),
      row(3, { refused: 'Edit a.ts: "not now"' }),
      row(4, { refused: "Bash rm (by a rule)" }),
    ],
    recurring: [{ kind: "missing_path", what: "a.ts", turns: [1, 4] }],
  });
  const beside = factsOf({ turns: [row(null), { turn: null, human: "that fails" }] });

  test.each([
    ["two rows", ["turn:1", "turn:2"], [one], true],
    ["one row", ["turn:1"], [one], false],
    ["the row of the human's words against the turn before", ["turn:2"], [one], true],
    ["one row of a number that two summaries have", ["turn:1"], [one, one], false],
    ["one row, named twice", ["turn:1", "turn:1"], [one], false],
    ["a row with a refusal in the human's words", ["turn:3"], [one], true],
    ["a row with a refusal by a rule", ["turn:4"], [one], false],
    ["what recurs", ["recurring:missing_path"], [one], true],
    ["a pattern of one summary", ["tool_thrash"], [one], false],
    ["a pattern and its row", ["tool_thrash", "turn:1"], [one], false],
    ["a pattern of two summaries", ["tool_thrash"], [one, one], true],
    ["metrics alone", ["metrics.tool_calls", "metrics.error_calls"], [one], false],
    ["a metric of two summaries", ["metrics.tool_calls"], [one, one], false],
    ["two rows without numbers", ["turn:null"], [beside], true],
  ] as const)("with %s is earned: %s, %s", (_, evidence, facts, isEarned) => {
    const problems = problemsOf({ evidence, confidence: 0.8 }, facts);
    if (isEarned) expect(problems).toEqual([]);
    else expect(problems.join()).toContain("earns at most 0.6");
    expect(problemsOf({ evidence, confidence: 0.6 }, facts)).toEqual([]);
  });
});

const CHANGE = {
  title: "Rule",
  file: "CLAUDE.md",
  place: "at the end",
  constraints: ["Answer questions in words."],
  addresses: [0],
  risk: "Low",
};
const diagnosis = checkDiagnosis(JSON.stringify({ issues: [ISSUE] }), null, null).value ?? { issues: [] };
type Part = { [Key in keyof typeof CHANGE]?: (typeof CHANGE)[Key] | undefined } & { readonly replaces?: unknown };
const judge = (part: Part, known: typeof files | null = files): readonly string[] => {
  const change = { ...CHANGE, ...part };
  const answer = {
    goal: "Better",
    files_to_change: [change.file],
    new_constraints: change.constraints,
    changes: [change],
  };
  return checkTranslation(JSON.stringify(answer), diagnosis, () => null, known).problems;
};

describe("the place of a change", () => {
  test.each([
    [{ place: "at the end" }],
    [{ place: "below CLAUDE.md:1" }],
    [{ place: "below docs/AGENTS.md:1", file: "docs/AGENTS.md" }],
    [{ place: "new file", file: "AGENTS.md" }],
    [{ place: "below CLAUDE.md:6", replaces: "CLAUDE.md:6" }],
    [{ place: undefined, replaces: "CLAUDE.md:3-6" }],
    [{ place: "below CLAUDE.md:4", replaces: "CLAUDE.md:3-6" }],
    [{ place: "at the end", replaces: null }],
  ])("%j passes", (part) => {
    expect(judge(part)).toEqual([]);
  });

  test.each([
    [{ place: undefined }, 'lacks "place"'],
    [{ place: "somewhere" }, 'it has to be "below CLAUDE.md:6", "at the end" or "new file"'],
    [{ place: "below line 3" }, "it has to be"],
    [{ place: "below CLAUDE.md:99" }, "has no such line"],
    [{ place: "below docs/AGENTS.md:1" }, 'no line of "CLAUDE.md"'],
    [{ place: "new file" }, 'but "CLAUDE.md" exists'],
    [{ place: "at the end", file: "AGENTS.md" }, 'Say "new file"'],
    [{ place: "at the end", replaces: "CLAUDE.md:6" }, "stands in its place"],
    [{ place: "below CLAUDE.md:1", replaces: "CLAUDE.md:6" }, "stands in its place"],
    [{ place: undefined, replaces: "CLAUDE.md:99" }, "changes[0].replaces"],
    [{ place: undefined, replaces: "CLAUDE.md:6-3" }, "it has to name a line"],
    [{ place: undefined, replaces: "CLAUDE.md:4-9" }, "has no such line"],
    [{ place: undefined, replaces: "CLAUDE.md:4-5" }, "it is blank"],
    [{ place: undefined, replaces: "CLAUDE.md:1-13" }, "at most 12"],
    [{ place: undefined, replaces: "CLAUDE.md:1-3" }, "a heading stands among them"],
    [{ place: undefined, replaces: "docs/AGENTS.md:1" }, 'no line of "CLAUDE.md"'],
  ])("%j is sent back", (part, reason) => {
    expect(judge(part).join("\n")).toContain(reason);
  });

  const CODE = "Run:\n```\nnpm test\nnpm run lint\n```\nThen push.\n";
  test.each([
    [{ place: "below CLAUDE.md:3" }, "code goes on below it"],
    [{ place: "below CLAUDE.md:5" }, null],
    [{ place: undefined, replaces: "CLAUDE.md:2" }, "code begins"],
    [{ place: undefined, replaces: "CLAUDE.md:3-4" }, "code begins"],
    [{ place: undefined, replaces: "CLAUDE.md:1-3" }, "code begins"],
    [{ place: undefined, replaces: "CLAUDE.md:6" }, null],
  ])("code stays whole: %j, %s", (part, reason) => {
    const problems = judge(part, [{ path: "CLAUDE.md", text: CODE }]).join("\n");
    if (reason === null) expect(problems).toBe("");
    else expect(problems).toContain(reason);
  });

  test("a goal is asked for", () => {
    const answer = { files_to_change: ["CLAUDE.md"], new_constraints: CHANGE.constraints, changes: [CHANGE] };
    expect(checkTranslation(JSON.stringify(answer), diagnosis, () => null, files).problems).toEqual([
      'The answer lacks "goal".',
    ]);
  });
});

describe("several changes", () => {
  const OTHER = "Run the whole test suite after the last edit of a task.";
  const translate = (changes: readonly object[], part: object = {}) =>
    checkTranslation(
      JSON.stringify({ goal: "Better", changes: changes.map((one) => ({ ...CHANGE, ...one })), ...part }),
      diagnosis,
      () => null,
      files,
    );

  test("need no list of their files and sentences, and are read again as they were accepted", () => {
    const replacing = { place: undefined, replaces: "CLAUDE.md:3-4", constraints: [OTHER] };
    const { value, problems } = translate([{}, { file: "docs/AGENTS.md" }, replacing]);
    expect(checkTranslation(JSON.stringify(value), diagnosis, () => null, null).value).toEqual(value);
    expect(problems).toEqual([]);
    expect(value?.files_to_change).toEqual(["CLAUDE.md", "docs/AGENTS.md"]);
    expect(value?.new_constraints).toEqual([...CHANGE.constraints, OTHER]);
  });

  test.each([
    ["below one line", [{ place: "below CLAUDE.md:3" }, { place: "below CLAUDE.md:3", constraints: [OTHER] }], null],
    ["one sentence in two files", [{ constraints: [OTHER] }, { constraints: [OTHER], file: "docs/AGENTS.md" }], null],
    [
      "at lines that overlap",
      [{ replaces: "CLAUDE.md:3-4" }, { replaces: "CLAUDE.md:4", constraints: [OTHER] }],
      "changes[1] is placed where changes[0] replaces a line",
    ],
    [
      "below a line that is replaced",
      [{ place: "below CLAUDE.md:6" }, { replaces: "CLAUDE.md:6", constraints: [OTHER] }],
      null,
    ],
    [
      "inside lines that are replaced",
      [{ place: "below CLAUDE.md:3" }, { replaces: "CLAUDE.md:3-4", constraints: [OTHER] }],
      "changes[1] is placed where",
    ],
    [
      "that say the same",
      [{ constraints: [OTHER] }, { constraints: ["After the last edit, run the whole suite of tests."] }],
      "changes[1].constraints[0] says what changes[0].constraints[0] says",
    ],
  ])("%s", (_, changes, reason) => {
    const problems = translate(changes.map((one) => ("replaces" in one ? { ...one, place: undefined } : one))).problems;
    if (reason === null) expect(problems).toEqual([]);
    else expect(problems.join("\n")).toContain(reason);
  });
});

describe("beside its changes a translation", () => {
  const unsure = { issues: diagnosis.issues.flatMap((one) => [one, { ...one, confidence: 0.4 }]) };
  const problemsWith = (change: object, part: object = {}, of = diagnosis): string =>
    checkTranslation(
      JSON.stringify({ goal: "Better", changes: [{ ...CHANGE, ...change }], ...part }),
      of,
      () => null,
      files,
    ).problems.join();

  test("may have a note and a reason for a risk, in plain lines", () => {
    expect(problemsWith({ risk_reason: "adds a test run" }, { note: "A line asks to add a file" })).toBe("");
    expect(problemsWith({ risk_reason: "see https://example.com/x" })).toContain("is no plain sentence");
    expect(problemsWith({ risk_reason: "" })).toContain("risk_reason");
    expect(problemsWith({}, { note: "" })).toContain("answer.note");
  });

  test("may leave an unsure issue without a change, but not each", () => {
    expect(problemsWith({}, {}, unsure)).toBe("");
    expect(problemsWith({ addresses: [1] }, {}, unsure)).toContain(
      "issues[0] of the diagnosis is addressed by no change",
    );
    expect(problemsWith({}, { changes: [] }, unsure)).toContain("issues[1] of the diagnosis is addressed by no change");
  });
});

test("what a tool's calls and errors come to can be cited", () => {
  const facts = [
    factsOf({ tool_usage: { bash: 15 }, errors: [{ tool: "exitplanmode", kind: "user_rejected", count: 7 }] }),
  ];
  const told = (symptom: string, evidence: readonly string[]) =>
    problemsOf({ symptom, evidence, confidence: 0.5 }, facts).join();
  expect(told("exitplanmode was refused 7 times", ["errors.exitplanmode"])).toBe("");
  expect(told("15 calls of bash", ["tool_usage.bash"])).toBe("");
  expect(told("exitplanmode was refused 9 times", ["errors.exitplanmode"])).toContain('has "9"');
  expect(problemsOf({ evidence: ["errors.exitplanmode", "tool_usage.bash"], confidence: 0.8 }, facts).join()).toContain(
    "earns at most 0.6",
  );
});

describe("a sentence that stands there already", () => {
  test.each([
    ["a whole line", "Commit often", {}],
    ["in another form", "  commit OFTEN!", {}],
    ["one sentence of a line", "run the tests, before you commit", {}],
    ["behind a colon", "Greet the human.", {}],
    ["in a list of two", "Commit often", { constraints: ["Push.", "Commit often"] }],
    ["replaced by itself", "Commit often", { place: "below CLAUDE.md:6", replaces: "CLAUDE.md:6" }],
    ["replacing another line", "Commit often", { place: "below CLAUDE.md:4", replaces: "CLAUDE.md:4" }],
  ])("%s is not recommended again", (_, constraint, part) => {
    expect(judge({ constraints: [constraint], ...part }).join("\n")).toContain("already");
  });

  test.each([
    ["in another file", LINE, { file: "docs/AGENTS.md", place: "at the end" }],
    ["with more words", `${LINE} Quote the result.`, {}],
    ["as a form that replaces a longer line", LINE, { place: "below CLAUDE.md:3", replaces: "CLAUDE.md:3" }],
    [
      "with more beside it, in place of itself",
      "Commit often",
      { constraints: ["Commit often", "Push."], place: "below CLAUDE.md:6", replaces: "CLAUDE.md:6" },
    ],
    ["without the files", "Commit often", null],
  ])("it is, %s", (_, constraint, part) => {
    expect(judge({ constraints: [constraint], ...part }, part === null ? null : files)).toEqual([]);
  });
});
