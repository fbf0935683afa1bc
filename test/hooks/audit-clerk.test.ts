import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  agentEnded,
  callAgent,
  DIAGNOSIS,
  ENGINEER,
  entriesOf,
  fetched,
  NO_ISSUE,
  openAudited,
  openDiagnosed,
  OTHER_RUN,
  put,
  readAudit,
  RUN,
  SPECIALIST,
  startAudit,
  TRANSLATION,
  written,
} from "../support/hook/audited.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { FETCH, PLAN } from "../support/replay/audit.ts";
import { openHookSession, type HookOutcome, type HookSession } from "../support/hook/session.ts";

const promptOf = ({ answer }: HookOutcome): string => String(answer.hookSpecificOutput?.updatedInput?.["prompt"]);
const planIn = (session: HookSession): string => readFileSync(join(session.project, PLAN), "utf8");

test("each agent is handed its input behind what the main agent wrote", async () => {
  const session = openHookSession();
  await startAudit(session, [RUN, OTHER_RUN]);
  const engineer = await callAgent(session, ENGINEER, "Diagnose these.");
  expect(engineer.answer.hookSpecificOutput?.updatedInput).toMatchObject({ run_in_background: false });
  const [main, added = ""] = promptOf(engineer).split("\n---\n");
  expect(main?.trim()).toBe("Diagnose these.");
  for (const { trace_id } of [RUN, OTHER_RUN])
    expect(added).toContain(`\n${join(session.project, "docs/audit/summaries", `${trace_id}.json`)}\n`);
  expect(added).toContain("CLAUDE.md:3 Run `npm test` before you hand over.");
  await session.answer(ENGINEER, DIAGNOSIS);
  const specialist = promptOf(await callAgent(session, SPECIALIST, "Translate."));
  expect(specialist).toContain(JSON.stringify(DIAGNOSIS, null, 1));
  expect(specialist).toContain(`${RUN.trace_id}.json`);
  expect(specialist).toContain("CLAUDE.md");
});

test("what the main agent adds of its own is cut, and said to be its own", async () => {
  const session = openHookSession();
  await startAudit(session, [RUN]);
  const prompt = promptOf(await callAgent(session, ENGINEER, `Find ${"the heron, ".repeat(100)}and nothing else.`));
  const [main = "", added = ""] = prompt.split("\n---\n");
  expect(main.trim().length).toBeLessThanOrEqual(201);
  expect(prompt).not.toContain("and nothing else.");
  expect(added).toMatch(/^Everything below was put here by trace-audit\..*change none of your rules\./u);
});

test("the agents come in their order, once each, when every summary is written", async () => {
  const session = openHookSession();
  await startAudit(session, []);
  const refused = async (agent: string) => (await callAgent(session, agent)).refusal;
  expect(await refused(ENGINEER)).toContain("Call write_summary first");
  await fetched(session, [RUN, OTHER_RUN]);
  expect((await written(session, [RUN])).note).toContain(
    `Call write_summary with these too: ["${OTHER_RUN.trace_id}"]`,
  );
  expect(await refused(ENGINEER)).toContain("Call write_summary first");
  expect((await written(session, [OTHER_RUN])).note).toMatch(
    /2 summaries are written\. Call Agent .*:prompt-engineer"/u,
  );
  expect(await refused(SPECIALIST)).toContain("No answer of trace-audit:prompt-engineer was accepted");
  expect(await refused(ENGINEER)).toBeNull();
  await session.answer(ENGINEER, DIAGNOSIS, "a1");
  expect((await agentEnded(session, ENGINEER)).note).toMatch(/with 2 issues\. Call Agent .*:refactoring-specialist"/u);
  expect(await refused(ENGINEER)).toContain("is accepted already");
  expect(await refused(SPECIALIST)).toBeNull();
  await session.answer(SPECIALIST, TRANSLATION, "a2");
  expect(await refused(SPECIALIST)).toContain("This audit is over");
});

test("a trace that fetch_trace did not return is not audited, and one without a summary is told", async () => {
  const session = openHookSession();
  await startAudit(session, []);
  await fetched(session, [RUN, { trace_id: "gone" }]);
  expect((await written(session, [RUN, OTHER_RUN], ["gone"])).note).toContain("the summary is written");
  const prompt = promptOf(await callAgent(session, ENGINEER));
  expect(prompt).toContain(RUN.trace_id);
  expect(prompt).not.toContain(OTHER_RUN.trace_id);
  await session.answer(ENGINEER, NO_ISSUE);
  expect(planIn(session)).not.toContain(OTHER_RUN.trace_id);
  expect((await agentEnded(session, ENGINEER)).note).toMatch(/skipped/iu);
});

test("what was fetched for another selector than the human's counts for nothing", async () => {
  const session = openHookSession();
  await startAudit(session, []);
  const other = { tool_name: FETCH, tool_input: { selector: "sample:3" } };
  const response = JSON.stringify({ summaries: [OTHER_RUN], skipped: [] });
  const { note } = await session.send("PostToolUse", { ...other, tool_response: response });
  expect(note).toContain('counts for nothing. Call fetch_trace with "last"');
  expect((await written(session, [OTHER_RUN])).note).toBeNull();
  expect((await callAgent(session, ENGINEER)).refusal).toContain("Call write_summary first");
  // The second time that the right one is fetched, it has found another newest run.
  await fetched(session, [OTHER_RUN]);
  await written(session, [OTHER_RUN]);
  await fetched(session, [RUN]);
  await written(session, [RUN]);
  expect(promptOf(await callAgent(session, ENGINEER))).not.toContain(OTHER_RUN.trace_id);
});

test("the last accepted answer makes the plan, its entry, the index and the words for the human", async () => {
  const session = await openDiagnosed();
  expect(existsSync(join(session.project, PLAN))).toBe(false);
  await session.answer(SPECIALIST, TRANSLATION, "a2");
  const plan = planIn(session);
  for (const text of [RUN.trace_id, "Begin your first message with a PLAN section.", "\n/plop\n"])
    expect(plan).toContain(text);
  expect(entriesOf(session).map((name) => readAudit(session, name))).toEqual([plan]);
  expect(readAudit(session, "README.md")).toContain(RUN.trace_id);
  const { note } = await agentEnded(session, SPECIALIST, "a2");
  expect(note).toMatch(/the plan is written.*\n\n/u);
  expect(note).toContain(PLAN);
  // Whoever calls write_summary again is not sent on.
  expect((await callAgent(session, ENGINEER)).refusal).toContain("This audit is over");
});

test("a diagnosis without issues is the last answer", async () => {
  const session = openHookSession();
  await startAudit(session, [RUN]);
  await session.answer(ENGINEER, NO_ISSUE, "a1");
  expect(planIn(session)).toContain(NO_ISSUE.no_issue_reason);
  expect(planIn(session)).not.toContain("\n/plop");
  expect((await agentEnded(session, ENGINEER)).note).toContain("the plan is written");
});

test("the first accepted answer counts, whatever another agent of its kind says later", async () => {
  const session = openHookSession();
  await startAudit(session, [RUN]);
  await callAgent(session, ENGINEER);
  await session.answer(ENGINEER, DIAGNOSIS, "a1");
  expect((await session.answer(ENGINEER, NO_ISSUE, "a2")).refusal).toBeNull();
  expect((await session.answer(ENGINEER, "prose", "a3")).refusal).toBeNull();
  expect(existsSync(join(session.project, PLAN))).toBe(false);
  expect((await agentEnded(session, ENGINEER, "a2")).note).toContain("with 2 issues");
});

test("an agent that never gives a usable answer leaves the plan as it was, and the human hears why", async () => {
  const session = await openAudited();
  const before = planIn(session);
  await startAudit(session, [RUN]);
  for (let time = 0; time < 9; time += 1) await session.answer(ENGINEER, "The heron did it.", "a1");
  const { note } = await agentEnded(session, ENGINEER);
  for (const text of [
    "there is no plan",
    "Its last answer was refused",
    "no JSON object",
    "It said: The heron did it.",
  ])
    expect(note).toContain(text);
  expect((await callAgent(session, SPECIALIST)).refusal).toContain("nothing to translate");
  expect(planIn(session)).toBe(before);
});

test("an answer of an agent that was handed nothing makes no plan", async () => {
  const session = openHookSession();
  await startAudit(session, []);
  await fetched(session, [RUN]);
  await written(session, [RUN]);
  expect((await session.answer(ENGINEER, NO_ISSUE, "a1")).refusal).toBeNull();
  expect(existsSync(join(session.project, PLAN))).toBe(false);
  expect((await agentEnded(session, ENGINEER)).note).toContain("hooks ran in part only");
});

test("an audit that ends before its translation leaves nothing, and the next one begins anew", async () => {
  const session = await openDiagnosed();
  await session.send("Stop");
  await session.answer(SPECIALIST, TRANSLATION);
  expect(existsSync(join(session.project, PLAN))).toBe(false);
  await startAudit(session, [OTHER_RUN]);
  await session.answer(ENGINEER, NO_ISSUE);
  expect(planIn(session)).toContain(OTHER_RUN.trace_id);
  expect(planIn(session)).not.toContain(RUN.trace_id);
});

test("a plan that was not executed is kept before another takes its place, and the human hears of it", async () => {
  const session = await openAudited();
  const edited = planIn(session).replace("Goal: Let", "Goal: Make");
  put(session, PLAN, edited);
  await startAudit(session, [OTHER_RUN]);
  await session.answer(ENGINEER, NO_ISSUE, "a1");
  const kept = entriesOf(session).find((name) => readAudit(session, name) === edited);
  expect(kept).toMatch(/4f1d9a7b3c2e-2\.md$/u);
  expect((await agentEnded(session, ENGINEER)).note).toContain(`docs/audit/${kept}`);
  expect(entriesOf(session)).toHaveLength(3);
});

test("a plan that was executed is history already, and one that holds nothing is none", async () => {
  const session = await openAudited();
  const plan_sha256 = createHash("sha256").update(planIn(session)).digest("hex");
  const line = { event: "executed", at: "2026-11-21T10:05:00.000Z", session_id: "s", plan_sha256 };
  appendFileSync(join(session.project, "docs/audit/approvals.jsonl"), `${JSON.stringify(line)}\n`);
  const [first = ""] = entriesOf(session);
  await startAudit(session, [OTHER_RUN]);
  await session.answer(ENGINEER, NO_ISSUE, "a1");
  expect((await agentEnded(session, ENGINEER)).note).not.toContain(first);
  expect(entriesOf(session)).toHaveLength(2);
  put(session, PLAN, "\n");
  await startAudit(session, [OTHER_RUN]);
  await session.answer(ENGINEER, { ...NO_ISSUE, no_issue_reason: "Another reason." }, "a1");
  expect(entriesOf(session)).toHaveLength(3);
});

test("two sessions at once in one project make a plan each, and neither is lost", async () => {
  const one = await openDiagnosed();
  const other = openHookSession(one.project, one.data, "another-session");
  await startAudit(other, [OTHER_RUN]);
  await Promise.all([one.answer(SPECIALIST, TRANSLATION), other.answer(ENGINEER, NO_ISSUE)]);
  const kept = entriesOf(one).map((name) => readAudit(one, name));
  expect(kept).toHaveLength(2);
  expect(kept).toContain(planIn(one));
});

test.each<[string, (session: HookSession, outside: string) => void, string]>([
  ["the plan is a link", (session, outside) => symlinkSync(join(outside, "x"), join(session.project, PLAN)), "link"],
  ["the plan is a folder", (session) => mkdirSync(join(session.project, PLAN)), "could not be written"],
  [
    "docs/audit is a link",
    ({ project }, outside) => {
      rmSync(join(project, "docs/audit"), { recursive: true });
      symlinkSync(outside, join(project, "docs/audit"));
    },
    "link",
  ],
  [
    "docs/audit is a file",
    ({ project }) => {
      rmSync(join(project, "docs/audit"), { recursive: true });
      writeFileSync(join(project, "docs/audit"), "mine");
    },
    "could not be written",
  ],
])("when %s no plan is written, and the human hears why", async (_, spoil, reason) => {
  const session = await openDiagnosed();
  const outside = temporaryFolder("outside");
  spoil(session, outside);
  expect((await session.answer(SPECIALIST, TRANSLATION, "a2")).exitCode).toBe(0);
  const { note } = await agentEnded(session, SPECIALIST, "a2");
  expect(note).toContain("there is no plan");
  expect(note).toContain(reason);
  expect(note).not.toContain(session.project);
  expect(existsSync(join(outside, "x")) || existsSync(join(outside, "IMPLEMENTATION_PLAN.md"))).toBe(false);
});

test("asked outside an audit an agent gets the newest summaries behind the question", async () => {
  const session = openHookSession();
  const question = `Why was it slow? ${"Please. ".repeat(100)}`;
  const none = promptOf(await callAgent(session, ENGINEER, question));
  expect(none).toContain("has written no summary in this project yet");
  const runs = ["oldest", "older", "newer", "newest"].map((trace_id) => ({ ...RUN, trace_id }));
  await written(session, runs);
  for (const [at, { trace_id }] of runs.entries())
    utimesSync(join(session.project, `docs/audit/summaries/${trace_id}.json`), 1000 + at, 1000 + at);
  put(session, "docs/audit/summaries/broken.json", '{"trace_id":');
  put(session, "docs/audit/summaries/notes.txt", "heron");
  symlinkSync("../../../CLAUDE.md", join(session.project, "docs/audit/summaries/link.json"));
  for (const agent of [ENGINEER, SPECIALIST]) {
    const call = await callAgent(session, agent, question);
    const prompt = promptOf(call);
    expect(prompt.startsWith(question.trim())).toBe(true);
    const paths = [...prompt.matchAll(/^\/.*\/docs\/audit\/summaries\/(\S+)\.json$/gmu)].map(([, name]) => name);
    expect(paths).toEqual(["newest", "newer", "older"]);
    expect(prompt).toContain('"human": "12 tests fail"');
    expect(prompt).toContain("src/calc.js read 4 times, no change between");
    expect(call.answer.hookSpecificOutput?.updatedInput).toMatchObject({ run_in_background: false });
  }
});

test("summaries that would be too long for one prompt are named alone", async () => {
  const session = openHookSession();
  const turns = Array.from({ length: 40 }, (_, at) => ({ turn: at + 1, human: "x".repeat(400), end: "answered" }));
  await written(
    session,
    ["a", "b", "c"].map((trace_id) => ({ ...RUN, trace_id, turns })),
  );
  const prompt = promptOf(await callAgent(session, ENGINEER, "Why?"));
  expect(prompt.length).toBeLessThan(40_000);
  expect(prompt.match(/\.json$/gmu)).toHaveLength(3);
  expect(prompt.match(/\(it did not fit here\)/gu)).toHaveLength(2);
});

test("an agent that is none of the plugin's gets nothing", async () => {
  const session = openHookSession();
  await written(session, [RUN]);
  const { answer } = await session.call("Agent", { subagent_type: "general-purpose", prompt: "Why?" });
  expect(answer).toEqual({});
});
