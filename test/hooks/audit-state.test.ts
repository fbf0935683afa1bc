import { appendFileSync, chownSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import {
  DIAGNOSIS,
  RUN,
  TRANSLATION,
  ENGINEER,
  SPECIALIST,
  callAgent,
  fetched,
  startAudit,
} from "../support/hook/audited.ts";
import { openHookSession, type HookSession } from "../support/hook/session.ts";

const [FIRST] = DIAGNOSIS.issues;

let session: HookSession;
beforeAll(async () => {
  session = openHookSession();
  await startAudit(session, [RUN]);
});

test("an answer is sent back eight times, even when the agent reads in between, and then counts for nothing", async () => {
  const own = openHookSession();
  await startAudit(own, [RUN]);
  for (let time = 1; time <= 8; time += 1) expect((await own.answer(ENGINEER, "prose", "a1")).refusal).not.toBeNull();
  expect((await own.answer(ENGINEER, "prose", "a1")).refusal).toBeNull();
  expect((await callAgent(own, SPECIALIST)).refusal).toContain("was accepted");
});

test("outside an audit the agents may answer in prose", async () => {
  const direct = openHookSession();
  await direct.send("UserPromptSubmit", { prompt: "@prompt-engineer why was it slow?" });
  expect(await direct.answer(ENGINEER, "It read a file four times.")).toMatchObject({ refusal: null, exitCode: 0 });
  expect((await direct.answer(SPECIALIST, "Add a line to CLAUDE.md.")).refusal).toBeNull();
});

test.each([
  ["the main agent's turn ends", "Stop", {}],
  ["the human types something else", "UserPromptSubmit", { prompt: "thanks", prompt_id: "prompt-2" }],
])("an audit is over when %s", async (_, name, fields) => {
  const own = openHookSession();
  await startAudit(own, [RUN]);
  expect((await own.answer(ENGINEER, "prose")).refusal).not.toBeNull();
  await own.send(name, fields);
  expect((await own.answer(ENGINEER, "prose")).refusal).toBeNull();
});

test("a prompt that joins the running turn does not end the audit", async () => {
  await session.send("UserPromptSubmit", { prompt: "and be quick" });
  expect((await session.answer(ENGINEER, "prose")).refusal).not.toBeNull();
});

test("an audit belongs to its session, and a refused argument starts none", async () => {
  const other = openHookSession(session.project, session.data, "another-session");
  expect((await other.answer(ENGINEER, "prose")).refusal).toBeNull();
  const refused = await other.send("UserPromptExpansion", { command_name: "trace-audit:audit", command_args: "" });
  expect(refused.refusal).toContain("Usage: /audit");
  expect((await other.answer(ENGINEER, "prose")).refusal).toBeNull();
});

test("an audit that the model starts with the Skill tool is held to the same", async () => {
  const own = openHookSession();
  expect((await own.call("Skill", { skill: "trace-audit:audit", args: "" })).refusal).toContain("Usage: /audit");
  const { note } = await own.call("Skill", { skill: "trace-audit:audit", args: "last" });
  expect(note).toContain('Call fetch_trace with "last"');
  expect((await callAgent(own, ENGINEER)).refusal).toContain("Call write_summary");
});

test("damage to the record of an audit costs the damaged line and no more", async () => {
  const [log = ""] = readdirSync(join(session.data, "audits"));
  appendFileSync(
    join(session.data, "audits", log),
    '{"event":"audit_en\n\0\0[]\nnull\n{"event":"summary_written","path":"x","summary":7}\n{"event":"fetched","trace_ids":7}\n{"event":"answer_accepted","agent":"trace-audit:prompt-engineer","answer":"{}"}',
  );
  expect((await session.answer(ENGINEER, { issues: [{ ...FIRST, evidence: ["made_up"] }] })).refusal).toContain(
    "made_up",
  );
  expect((await session.answer(ENGINEER, DIAGNOSIS)).refusal).toBeNull();
  await fetched(session, [RUN]);
  expect((await callAgent(session, SPECIALIST)).refusal).toBeNull();
  expect((await session.answer(SPECIALIST, "prose")).refusal).toContain("holds no JSON object");
  expect((await session.answer(SPECIALIST, TRANSLATION)).refusal).toBeNull();
});

test("a summary that is not what write_summary wrote counts for nothing", async () => {
  const own = openHookSession();
  await startAudit(own, []);
  await fetched(own, [RUN]);
  mkdirSync(join(own.project, "docs/audit/summaries"), { recursive: true });
  writeFileSync(join(own.project, "docs/audit/summaries/x.json"), JSON.stringify(RUN));
  for (const path of ["docs/audit/summaries/x.json", "docs/audit/summaries/../../../CLAUDE.md", "../x.json"]) {
    const one = { trace_id: RUN.trace_id, path, sha256: "0".repeat(64) };
    await own.send("PostToolUse", {
      tool_name: "mcp__plugin_trace-audit_langfuse__write_summary",
      tool_response: JSON.stringify({ summaries: [one] }),
    });
  }
  expect((await callAgent(own, ENGINEER)).refusal).toContain("Call write_summary");
});

test("the record of somebody else counts for nothing", async () => {
  if (process.getuid?.() !== 0) return;
  const own = openHookSession();
  await startAudit(own, [RUN]);
  const folder = join(own.data, "audits");
  const [log = ""] = readdirSync(folder);
  const isHeld = async () => (await own.call("Bash", { command: "ls" })).refusal !== null;
  expect(await isHeld()).toBe(true);
  chownSync(join(folder, log), 12_345, 12_345);
  expect(await isHeld()).toBe(false);
  chownSync(join(folder, log), 0, 0);
  expect(await isHeld()).toBe(true);
  chownSync(folder, 12_345, 12_345);
  expect(await isHeld()).toBe(false);
});
