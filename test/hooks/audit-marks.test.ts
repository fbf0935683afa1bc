import { expect, test } from "vitest";
import { briefMarks } from "../../mcp-server/src/audit/history/left-out.ts";
import { parseMarks } from "../../mcp-server/src/audit/layout/marks.ts";
import { DIAGNOSIS, ENGINEER, NO_ISSUE, put, RUN, startAudit } from "../support/hook/audited.ts";
import { openHookSession, type HookSession } from "../support/hook/session.ts";

const MARKS = `# What we decided

- \`repeated_file_reads\`: not wanted, our notes are read on purpose
- giant_reads: wrong
`;
const LEFT_OUT =
  "trace-audit: Left out, as docs/audit/marks.md says: repeated_file_reads (not wanted: our notes are read on purpose).";

async function openWithMarks(marks: string | null): Promise<HookSession> {
  const session = openHookSession();
  if (marks !== null) put(session, "docs/audit/marks.md", marks);
  await startAudit(session, [RUN]);
  return session;
}

test("an issue that cites a marked pattern goes back, with the human's reason", async () => {
  const session = await openWithMarks(MARKS);
  const { refusal } = await session.answer(ENGINEER, DIAGNOSIS);
  expect(refusal).toContain(
    "issues[0] cites repeated_file_reads, which a human marked in docs/audit/marks.md (not wanted: our notes are read on purpose)",
  );
  expect(refusal).not.toContain("issues[1]");
});

test("the agent is handed the marks before it answers", async () => {
  const agent = { subagent_type: `trace-audit:${ENGINEER}`, prompt: "Diagnose." };
  const handed = async (marks: string | null) =>
    JSON.stringify((await (await openWithMarks(marks)).call("Agent", agent)).answer);
  expect(await handed(MARKS)).toContain("- repeated_file_reads (not wanted: our notes are read on purpose)");
  expect(await handed(null)).not.toContain("marks.md");
});

test("an issue that rests on other evidence is kept, and the human is told what was left out and why", async () => {
  const session = await openWithMarks(MARKS);
  expect((await session.answer(ENGINEER, { issues: DIAGNOSIS.issues.slice(1) })).refusal).toBeNull();
  expect((await session.send("Stop")).answer.systemMessage).toBe(LEFT_OUT);
  expect((await session.send("Stop")).answer.systemMessage).toBeUndefined();
});

test("a line that was meant as a mark and marks nothing is told, with what was probably meant", async () => {
  const session = await openWithMarks(
    "- repeated-file-reads: not wanted\n- doc-drift: unwanted\n- scope-overrun: wrong\n- my own: note\n",
  );
  await session.answer(ENGINEER, NO_ISSUE);
  const message = (await session.send("Stop")).answer.systemMessage ?? "";
  expect(message).toBe(
    'trace-audit: docs/audit/marks.md has lines that mark nothing: "repeated-file-reads" is no kind of issue, and a pattern is written repeated_file_reads; "doc-drift" has to be followed by "wrong" or "not wanted".',
  );
});

test("it is told when nothing else was found, too", async () => {
  const session = await openWithMarks(MARKS);
  await session.answer(ENGINEER, NO_ISSUE);
  expect((await session.send("Stop")).answer.systemMessage).toBe(LEFT_OUT);
});

test.each([
  ["no file", null],
  ["a file that marks nothing", "# Notes\n\nrepeated_file_reads: not wanted\n- repeated_file_reads: fine\n"],
  ["a mark of what these runs do not show", "- giant_reads: wrong\n"],
])("with %s nothing is left out", async (_, marks) => {
  const session = await openWithMarks(marks);
  expect((await session.answer(ENGINEER, DIAGNOSIS)).refusal).toBeNull();
  expect((await session.send("Stop")).answer.systemMessage).toBeUndefined();
});

test.each([
  ["- cat_then_read: wrong", ["cat_then_read", "wrong", null]],
  ["  * `Cat_Then_Read` :  Not wanted — it is slow.\r", ["cat_then_read", "not wanted", "it is slow."]],
  ["- verification-gap: not wanted, 2026-03-04", ["verification-gap", "not wanted", null]],
  ["- doc-drift: not wanted since 2026-04-05", ["doc-drift", "not wanted", null]],
  ["- x: wrong, 2026-03-04, it is fine", ["x", "wrong", "it is fine"]],
  ["- cat_then_read: wrong, a\u0000b\u202ec  d", ["cat_then_read", "wrong", "a b c d"]],
  [`- cat_then_read: wrong ${"x".repeat(300)}`, ["cat_then_read", "wrong", `${"x".repeat(200)}…`]],
  ["- cat_then_read: wrongly", null],
  ["- cat then read: wrong", null],
  ["cat_then_read: wrong", null],
])("of %j is read", (line, expected) => {
  const [entry = null] = parseMarks(`# Marks\n${line}\n`);
  expect(entry && [entry[0], entry[1].verdict, entry[1].reason]).toEqual(expected);
});

test("the agent is told of all that is marked; of two lines about one name the last counts", () => {
  expect(briefMarks(new Map())).toBeNull();
  const brief = briefMarks(parseMarks(`${MARKS}- giant_reads: not wanted\n- rediscovery: wrong, we want it\n`)) ?? "";
  expect(brief.split("\n").slice(2)).toEqual([
    "- repeated_file_reads (not wanted: our notes are read on purpose)",
    "- giant_reads (not wanted)",
    "- rediscovery (wrong: we want it)",
  ]);
});
