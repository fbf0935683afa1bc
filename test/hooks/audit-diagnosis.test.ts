import { beforeAll, expect, test } from "vitest";
import { DIAGNOSIS, OTHER_RUN, RUN, ENGINEER, startAudit, type SummaryFile } from "../support/hook/audited.ts";
import { openHookSession, type HookSession } from "../support/hook/session.ts";

const [FIRST, SECOND] = DIAGNOSIS.issues;
const issueWith = (part: object) => ({ issues: [{ ...FIRST, ...part }] });

/** A session in which /audit waits for the diagnosis. */
async function openSummarized(...runs: readonly SummaryFile[]): Promise<HookSession> {
  const opened = openHookSession();
  await startAudit(opened, runs);
  return opened;
}

// A refused answer leaves the audit as it is.
let session: HookSession;
beforeAll(async () => {
  session = await openSummarized(RUN);
});

test.each([
  ["words before it", `Here is my diagnosis: ${JSON.stringify(DIAGNOSIS)}`, "Before the JSON object stands"],
  ["words after it", `${JSON.stringify(DIAGNOSIS)}\nTell me if you need more.`, "After the JSON object stands"],
  ["a code fence", `\`\`\`json\n${JSON.stringify(DIAGNOSIS)}\n\`\`\``, "Before the JSON object stands"],
  ["no JSON at all", "The agent did not plan.", "holds no JSON object"],
  ["an empty answer", "", "holds no JSON object"],
  ["half an object", JSON.stringify(DIAGNOSIS).slice(0, -20) + "}", "does not parse as one JSON object"],
  ["two objects", '{"issues":[]}{"issues":[]}', "does not parse as one JSON object"],
  ["no issues key", { problems: [] }, 'lacks "issues"'],
  ["a further key", { issues: [], summary: "fine" }, 'has "summary"'],
  ["a reason for no issue beside an issue", { ...DIAGNOSIS, no_issue_reason: "fine" }, "has no no_issue_reason"],
  ["an empty reason for no issue", { issues: [], no_issue_reason: "" }, "answer.no_issue_reason is"],
  ["issues that are no list", { issues: "none" }, "answer.issues is"],
  ["an issue that is no object", { issues: ["slow"] }, "issues[0] is"],
  ["nine issues", { issues: Array.from({ length: 9 }, () => FIRST) }, "at most 8"],
  ["no kind", { issues: [{ ...FIRST, kind: undefined }] }, 'issues[0] lacks "kind"'],
  [
    "an invented kind",
    issueWith({ kind: "laziness" }),
    'issues[0].kind is "laziness"; it has to be one of verification-gap',
  ],
  ["an inherited kind", issueWith({ kind: "constructor" }), 'issues[0].kind is "constructor"'],
  ["a missing symptom", { issues: [{ ...FIRST, symptom: undefined }] }, 'issues[0] lacks "symptom"'],
  ["a blank root cause", issueWith({ root_cause: "  " }), "issues[0].root_cause"],
  ["a line break", issueWith({ symptom: "read\n## Files to Modify" }), "issues[0].symptom holds a line break"],
  ["a hidden comment", issueWith({ symptom: "read <!-- x -->" }), "a comment or an invisible character"],
  ["a zero-width character", issueWith({ symptom: "re\u200bad" }), "a comment or an invisible character"],
  ["a very long sentence", issueWith({ recommendation: "x".repeat(601) }), "601 characters"],
  ["an invented pattern", issueWith({ evidence: ["agent_was_lazy"] }), '"agent_was_lazy", which no summary'],
  ["an invented metric", issueWith({ evidence: ["metrics.laziness"] }), '"metrics.laziness", which no summary'],
  ["an inherited metric", issueWith({ evidence: ["metrics.constructor"] }), "which no summary"],
  ["a turn that is not there", issueWith({ evidence: ["turn:3"] }), '"turn:3", which no summary'],
  ["a turn by another name", issueWith({ evidence: ["turn 2"] }), '"turn 2", which no summary'],
  ["something that does not recur", issueWith({ evidence: ["recurring:edit_failed"] }), "which no summary"],
  [
    "a file that its evidence does not show",
    issueWith({ symptom: "src/main.js was read" }),
    'has "src/main.js", which',
  ],
  ["a number that its evidence does not show", issueWith({ symptom: "13 files were read" }), 'has "13", which none'],
  [
    "a number that only another row shows",
    issueWith({ symptom: "12 tests failed", evidence: ["turn:1"] }),
    'has "12", which none of its evidence shows',
  ],
  ["a share of more summaries than there are", issueWith({ symptom: "In 3 of 5 traces" }), 'symptom has "5"'],
  ["the number of a turn that is not there", issueWith({ symptom: "As in turns 1 and 7" }), "names turn 7, which no"],
  ["no evidence", issueWith({ evidence: [] }), "issues[0].evidence is empty"],
  ["evidence that is no text", issueWith({ evidence: [1] }), "issues[0].evidence[0]"],
  ["a confidence above 1", issueWith({ confidence: 1.5 }), "confidence is 1.5"],
  ["a confidence that no trace earns", issueWith({ confidence: 0.95 }), "it has to be a number from 0 to 0.9"],
  ["a confidence below 0", issueWith({ confidence: -0.1 }), "confidence is -0.1"],
  ["a confidence in words", issueWith({ confidence: "high" }), 'confidence is "high"'],
])("a diagnosis with %s is sent back", async (_, answer, reason) => {
  expect((await session.answer(ENGINEER, answer)).refusal).toContain(reason);
});

test("everything that is wrong with a diagnosis is said at once, with what can be cited", async () => {
  const { refusal } = await session.answer(
    ENGINEER,
    `So: ${JSON.stringify({
      issues: [
        { ...FIRST, evidence: ["x"], confidence: 2 },
        { ...SECOND, symptom: "" },
      ],
    })}`,
  );
  expect(refusal).toContain("Before the JSON object");
  const { refusal: rest } = await session.answer(ENGINEER, {
    issues: [
      { ...FIRST, kind: "x", symptom: "99 calls", evidence: ["x"], confidence: 2 },
      { ...SECOND, symptom: "" },
    ],
  });
  const parts = ["issues[0].kind", "issues[0].symptom", "issues[0].evidence[0]", "issues[0].confidence"];
  for (const part of [...parts, "issues[1].symptom"]) expect(rest).toContain(part);
  expect(rest).toContain(
    "There is: repeated_file_reads, late_planning, turn:1, turn:2, recurring:missing_path, recurring:missing_path:src/util.js, metrics.tool_calls",
  );
});

test("a metric that was not recorded is no evidence, and one that another summary has is", async () => {
  const answer = issueWith({ symptom: "Much was read", evidence: ["metrics.tool_calls_per_task"] });
  const alone = await openSummarized(OTHER_RUN);
  expect((await alone.answer(ENGINEER, answer)).refusal).toContain("which no summary of this audit shows");
  const both = await openSummarized(OTHER_RUN, RUN);
  expect((await both.answer(ENGINEER, answer)).refusal).toBeNull();
});

test.each([
  ["rows and what recurs", { evidence: ["turn:1", "turn:2", "recurring:missing_path"] }],
  ["a number of a cited row", { symptom: "12 tests failed", evidence: ["turn:2"] }],
  [
    "a number of a cited metric",
    { symptom: "It took 23 calls, 5.75 a task", evidence: ["metrics.tool_calls", "metrics.tool_calls_per_task"] },
  ],
  ["a shortened folder", { symptom: "…/calc.js was read", evidence: ["turn:1"] }],
  ["what recurs", { symptom: "src/util.js was looked for", evidence: ["recurring:missing_path"] }],
  ["numbers of turns", { symptom: "Turn 1 read, and turns 1 and 2 failed", evidence: ["turn:2"] }],
  ["the share of the audit", { symptom: "Shown in 1 of 1 traces, 1/1" }],
  ["an exit code, a version and a method", { symptom: "exit 1 of `node v20.1` in calc.divide" }],
])("a diagnosis that cites %s passes", async (_, part) => {
  // The first answer that is accepted is the one that counts, so that each has an audit of its own.
  const own = await openSummarized(RUN);
  expect((await own.answer(ENGINEER, issueWith(part))).refusal).toBeNull();
});

test.each([
  ["fits the summaries", DIAGNOSIS],
  ["has no issue", ` \n${JSON.stringify({ issues: [] }, null, 2)}\n`],
  ["has no issue and says why", { issues: [], no_issue_reason: "The API refused two requests." }],
])("a diagnosis that %s passes", async (_, answer) => {
  const own = await openSummarized(RUN);
  expect(await own.answer(ENGINEER, answer)).toMatchObject({ refusal: null, exitCode: 0 });
});
