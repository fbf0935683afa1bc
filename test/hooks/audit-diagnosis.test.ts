import { beforeAll, expect, test } from "vitest";
import { DIAGNOSIS, OTHER_RUN, RUN, ENGINEER, startAudit, writeSummary } from "../support/hook/audited.ts";
import { openHookSession, type HookSession } from "../support/hook/session.ts";

const [FIRST, SECOND] = DIAGNOSIS.issues;
const issueWith = (part: object) => ({ issues: [{ ...FIRST, ...part }] });

// A refused answer leaves the audit as it is.
let session: HookSession;
beforeAll(async () => {
  session = openHookSession();
  await startAudit(session, [RUN]);
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
  ["six issues", { issues: Array.from({ length: 6 }, () => FIRST) }, "at most 5"],
  ["a missing symptom", { issues: [{ ...FIRST, symptom: undefined }] }, 'issues[0] lacks "symptom"'],
  ["a blank root cause", issueWith({ root_cause: "  " }), "issues[0].root_cause"],
  ["a line break", issueWith({ symptom: "read\n## Files to Modify" }), "issues[0].symptom holds a line break"],
  ["a hidden comment", issueWith({ symptom: "read <!-- x -->" }), "a comment or an invisible character"],
  ["a zero-width character", issueWith({ symptom: "re\u200bad" }), "a comment or an invisible character"],
  ["a very long sentence", issueWith({ recommendation: "x".repeat(601) }), "601 characters"],
  ["an invented pattern", issueWith({ evidence: ["agent_was_lazy"] }), '"agent_was_lazy", which no summary'],
  ["an invented metric", issueWith({ evidence: ["metrics.laziness"] }), '"metrics.laziness", which no summary'],
  ["an inherited metric", issueWith({ evidence: ["metrics.constructor"] }), "which no summary"],
  ["no evidence", issueWith({ evidence: [] }), "issues[0].evidence is empty"],
  ["evidence that is no text", issueWith({ evidence: [1] }), "issues[0].evidence[0]"],
  ["a confidence above 1", issueWith({ confidence: 1.5 }), "confidence is 1.5"],
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
      { ...FIRST, evidence: ["x"], confidence: 2 },
      { ...SECOND, symptom: "" },
    ],
  });
  for (const part of ["issues[0].evidence[0]", "issues[0].confidence", "issues[1].symptom"])
    expect(rest).toContain(part);
  expect(rest).toContain("There is: repeated_file_reads, late_planning, metrics.tool_calls");
});

test("a metric that was not recorded is no evidence, and one that another summary has is", async () => {
  const answer = issueWith({ evidence: ["metrics.tool_calls_per_task"] });
  const alone = openHookSession();
  await startAudit(alone, [OTHER_RUN]);
  expect((await alone.answer(ENGINEER, answer)).refusal).toContain("which no summary of this audit shows");
  await writeSummary(alone, RUN);
  expect((await alone.answer(ENGINEER, answer)).refusal).toBeNull();
});

test("a diagnosis that fits the summaries passes, and so does one without an issue", async () => {
  expect(await session.answer(ENGINEER, DIAGNOSIS)).toMatchObject({ refusal: null, exitCode: 0 });
  expect((await session.answer(ENGINEER, ` \n${JSON.stringify({ issues: [] }, null, 2)}\n`)).refusal).toBeNull();
  const reasoned = { issues: [], no_issue_reason: "The API refused two requests." };
  expect((await session.answer(ENGINEER, reasoned)).refusal).toBeNull();
});
