import { beforeAll, expect, test } from "vitest";
import {
  changed,
  DIAGNOSIS,
  EMPTY,
  judgeWrite,
  NO_ISSUE,
  OTHER_RUN,
  planOf,
  RUN,
  TRANSLATION,
  VALID,
  ENGINEER,
  SPECIALIST,
  startAudit,
} from "../support/hook/audited.ts";
import { toPlan } from "../support/replay/plan.ts";
import { openHookSession, type HookSession } from "../support/hook/session.ts";

let audit: HookSession;
let free: HookSession;
let sampled: HookSession;
let clean: HookSession;
beforeAll(async () => {
  [audit, free, sampled, clean] = [openHookSession(), openHookSession(), openHookSession(), openHookSession()];
  await Promise.all([startAudit(audit, [RUN]), startAudit(sampled, [RUN, OTHER_RUN]), startAudit(clean, [RUN])]);
  for (const session of [audit, sampled]) {
    await session.answer(ENGINEER, DIAGNOSIS);
    await session.answer(SPECIALIST, TRANSLATION);
  }
  await clean.answer(ENGINEER, NO_ISSUE);
});
test("the plan that commands/audit.md describes is accepted, in an audit and outside", async () => {
  expect(await judgeWrite(audit, VALID)).toBeNull();
  expect(await judgeWrite(free, VALID)).toBeNull();
  expect(await judgeWrite(sampled, planOf(OTHER_RUN, RUN))).toBeNull();
  expect(await judgeWrite(clean, EMPTY)).toBeNull();
  expect(await judgeWrite(free, VALID.replaceAll("\n", "\r\n"))).toBeNull();
});

test("a plan without an issue gives the diagnosis' own reason, in both sections", async () => {
  const session = openHookSession();
  await startAudit(session, [RUN]);
  const reason = "The API refused two requests, which no instruction changes.";
  await session.answer(ENGINEER, { issues: [], no_issue_reason: reason });
  const plan = changed(/the summary shows no pattern that an instruction caused\./gu, reason, EMPTY);
  expect(await judgeWrite(session, plan)).toBeNull();
  const said = `have to say "No prompt change would help: ${reason}"`;
  expect(await judgeWrite(session, EMPTY)).toContain(said);
  expect(await judgeWrite(session, changed(reason, "All went well.", plan))).toContain(said);
});

test("a plan whose issue rests on rows of the table is accepted; a row is of one trace", async () => {
  const issues = DIAGNOSIS.issues.map((issue, at) => (at === 0 ? { ...issue, evidence: ["turn:1", "turn:2"] } : issue));
  const diagnosis = { issues };
  for (const runs of [[RUN], [RUN, { ...RUN, trace_id: "5a", notable_patterns: [] }]]) {
    const session = openHookSession();
    await startAudit(session, runs);
    expect((await session.answer(ENGINEER, diagnosis)).refusal).toBeNull();
    expect((await session.answer(SPECIALIST, TRANSLATION)).refusal).toBeNull();
    const plan = toPlan(
      runs.map((run) => ({ ...run, date: run.started_at })),
      diagnosis,
      TRANSLATION,
    );
    expect(plan).toContain(`(evidence: turn:1, turn:2, seen in 1/${runs.length} traces)`);
    expect(await judgeWrite(session, plan)).toBeNull();
    expect(await judgeWrite(session, changed("turn:1, turn:2", "turn:1, turn:3", plan))).toContain("lacks issue 1");
  }
});

const AGAINST: readonly (readonly [string, () => string, string])[] = [
  [
    "a trace that was not audited",
    () => VALID.replaceAll(RUN.trace_id, "ffff"),
    'names "ffff", of which this audit wrote no summary',
  ],
  ["another goal", () => changed(RUN.goal ?? "", "Delete the calculator"), `has to be "${RUN.goal}"`],
  ["another date", () => changed(RUN.started_at ?? "", "2026-11-21T09:12:44.000Z"), "the `started_at` of its summary"],
  ["another number of calls", () => changed("Audited: 5.75", "Audited: 4.75"), '"Audited: 5.75."'],
  [
    "success in place of failure",
    () => changed("improved). Audited: false", "improved). Audited: true"),
    "`metrics.success`",
  ],
  [
    "a plan that was not there",
    () => changed("tool call. Audited: false", "tool call. Audited: not recorded"),
    "`metrics.plan_before_first_tool`",
  ],
  [
    "an issue left out",
    () =>
      toPlan(
        [{ ...RUN, date: RUN.started_at }],
        { issues: DIAGNOSIS.issues.slice(0, 1) },
        { ...TRANSLATION, changes: TRANSLATION.changes.slice(0, 1), files_to_change: ["CLAUDE.md"] },
      ),
    "lacks issue 2 of the diagnosis",
  ],
  [
    "an issue in other words",
    () => changed("read four times", "read often"),
    'has to be "1. src/calc.js was read four times',
  ],
  [
    "evidence left out",
    () => changed("repeated_file_reads, metrics.tool_calls_per_task", "repeated_file_reads"),
    "lacks issue 1",
  ],
  ["another share", () => changed("seen in 1/1", "seen in 1/2"), "lacks issue 1"],
  [
    "an invented issue",
    () => changed("\n\n## Root", "\n3. It was slow\n\n## Root").replace("to plan\n", "to plan\n3. No idea\n"),
    "Invent none",
  ],
  [
    "another root cause",
    () => changed("The instructions do not say when to plan", "The model is bad"),
    "Root Causes: line 2 has to be",
  ],
  [
    "a file that the translation does not name",
    () => VALID.replaceAll(".claude/rules/planning.md", "AGENTS.md"),
    '"AGENTS.md" is no file of the translation',
  ],
  ["another title", () => changed("Plan first", "Plan last"), "is not one of the translation"],
  ["a changed constraint", () => changed("Change: Begin", "Change: Never begin"), 'Change 2 has to say "Begin'],
  [
    "a constraint with an addition",
    () => changed("PLAN section.\n- Add", "PLAN section. Then push.\n- Add"),
    "Change 2 has to say",
  ],
  [
    "a step that says something else",
    () => changed("planning.md: Begin", "planning.md: Run it and begin"),
    'Step 2 has to be "In .claude/rules/planning.md: Begin',
  ],
  [
    "an additional step",
    () => changed("3. Do NOT", "3. In CLAUDE.md: Remove the tests.\n4. Do NOT"),
    "2 changes and 3 steps",
  ],
  [
    "a higher confidence",
    () => changed("Confidence: 0.6", "Confidence: 0.65"),
    'Change 2 has to say "Confidence: 0.6"',
  ],
  ["a lower risk", () => changed("Risk: Medium", "Risk: Low"), 'Change 2 has to say "Risk: Medium"'],
  ["other addresses", () => changed("issue 2", "issue 1, 2"), 'Change 2 has to say "Addresses: issue 2"'],
  ["a file without a step", () => changed(/1\. In CLAUDE.md.*\n2\./u, "1."), 'No step says what to do in "CLAUDE.md"'],
  ["no issue at all", () => EMPTY, "lacks issue 1 of the diagnosis"],
];
test.each(AGAINST)("in an audit a plan with %s is refused", async (_, content, reason) => {
  expect(await judgeWrite(audit, content())).toContain(reason);
});

test("what only the audit knows is no reason outside of it", async () => {
  const isFormal = new Set(["an issue left out", "an additional step", "no issue at all"]);
  expect(await judgeWrite(free, changed("Risk: Medium", "Risk: Low"))).toBeNull();
  for (const [name, content] of AGAINST.filter(([name]) => isFormal.has(name)))
    expect(await judgeWrite(free, content()), name).toBeNull();
});

test("all that is wrong with a plan is said at once", async () => {
  const wrong = changed("- No package upgrades or installs.\n", "")
    .replace("Audited: 5.75", "Audited: 1")
    .replace("Confidence: 0.7", "Confidence: 0.9")
    .replace("## Observed Issues", "## Issues");
  const refusal = await judgeWrite(audit, wrong);
  for (const part of [
    "No package upgrades",
    "Audited: 5.75.",
    "Confidence: 0.7",
    "## Observed Issues",
    "lacks issue 1",
  ])
    expect(refusal).toContain(part);
});

test("a sample is planned with every trace, the shares and the values in order", async () => {
  const plan = planOf(RUN, OTHER_RUN);
  expect(plan).toContain("seen in 1/2 traces");
  expect(await judgeWrite(sampled, plan)).toBeNull();
  expect(await judgeWrite(sampled, VALID)).toContain(`lacks the trace "${OTHER_RUN.trace_id}"`);
  expect(await judgeWrite(sampled, plan.replace("5.75, not recorded", "not recorded, 5.75"))).toContain(
    '"Audited: 5.75, not recorded."',
  );
  expect(await judgeWrite(sampled, plan.replace("seen in 1/2", "seen in 2/2"))).toContain("seen in 1/2 traces");
});

test("a goal may be shortened as fetch_trace shortens it", async () => {
  expect(await judgeWrite(audit, changed(RUN.goal ?? "", "Add a divide…"))).toBeNull();
  expect(await judgeWrite(audit, changed(RUN.goal ?? "", "Add a multiply…"))).toContain("The goal of");
});

test("a diagnosis without an issue allows no plan with one, and no diagnosis allows no plan", async () => {
  expect(await judgeWrite(clean, VALID)).toContain("The diagnosis has no issue");
  const early = openHookSession();
  await startAudit(early, []);
  expect(await judgeWrite(early, EMPTY)).toContain("written no summary yet");
  await early.answer(ENGINEER, "prose, for the ninth time");
  expect(await judgeWrite(early, EMPTY)).toContain("No answer of trace-audit:prompt-engineer was accepted");
  await startAudit(early, [RUN]);
  await early.answer(ENGINEER, DIAGNOSIS);
  expect(await judgeWrite(early, VALID)).toContain("No answer of trace-audit:refactoring-specialist was accepted");
});

test("a plan of the next audit cannot use the answers of the one before", async () => {
  const twice = openHookSession();
  await startAudit(twice, [RUN]);
  await twice.answer(ENGINEER, DIAGNOSIS);
  await twice.answer(SPECIALIST, TRANSLATION);
  await startAudit(twice, [RUN]);
  expect(await judgeWrite(twice, VALID)).toContain("No answer of trace-audit:prompt-engineer was accepted");
});
