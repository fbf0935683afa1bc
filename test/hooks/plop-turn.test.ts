import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  blockFor,
  createPlopProject,
  editOf,
  planFor,
  readHistory,
  sha256,
  writeProjectFile,
  openPlopSession,
} from "../support/hook/plop.ts";
import type { HookSession } from "../support/hook/session.ts";

const PLAN = planFor(["CLAUDE.md"]);
const BLOCK = blockFor(["CLAUDE.md"]);
const PLAN_FILE = "docs/audit/IMPLEMENTATION_PLAN.md";

async function approved(cwd?: string): Promise<HookSession & { readonly listed: ReturnType<typeof editOf> }> {
  const session = openPlopSession(cwd);
  expect((await session.prompt("/plop")).answer.decision).toBeUndefined();
  return { ...session, listed: editOf(join(session.project, "CLAUDE.md")) };
}

describe("the approval", () => {
  test("is spent when the turn ends, and the history says what was changed", async () => {
    const session = await approved();
    const before = readFileSync(session.listed.file_path, "utf8");
    const after = before.replace("# calc", "# calc\n\nBegin with a PLAN section.");
    writeFileSync(session.listed.file_path, after);
    const { answer } = await session.send("Stop", { last_assistant_message: `${sha256(PLAN)} CLAUDE.md` });
    expect(answer).toEqual({ systemMessage: expect.stringContaining("CLAUDE.md +2 -0") });
    expect(answer.systemMessage).toContain("+Begin with a PLAN section.");
    const undo = /^cp .*$/mu.exec(answer.systemMessage ?? "")?.[0] ?? "";
    // A terminal of 80 columns breaks no line of it.
    expect(undo).toMatch(/^cp docs\/audit\/undo\/[0-9a-f]{6}-CLAUDE\.md CLAUDE\.md$/u);
    execFileSync("sh", ["-c", undo], { cwd: session.project });
    expect(readFileSync(session.listed.file_path, "utf8")).toBe(before);
    expect(readHistory(session.project).at(-1)).toMatchObject({
      event: "executed",
      plan_sha256: sha256(PLAN),
      changed: [
        { file: "CLAUDE.md", sha256_before: sha256(before), sha256_after: sha256(after), added: 2, removed: 0 },
      ],
    });
    expect(await session.decide("Edit", session.listed)).toBe("deny");
    await session.send("Stop", { last_assistant_message: "again" });
    expect(readHistory(session.project).filter(({ event }) => event === "executed")).toHaveLength(1);
  });

  test("is given again to a plan that was undone, and the index, which had it as executed, says undone", async () => {
    const session = await approved(createPlopProject(planFor(["CLAUDE.md", "AGENTS.md"])));
    writeProjectFile(session.project, "docs/audit/2026-11-20-4f2a.md", planFor(["CLAUDE.md", "AGENTS.md"]));
    const index = (): string => readFileSync(join(session.project, "docs/audit/README.md"), "utf8");
    const before = readFileSync(session.listed.file_path, "utf8");
    writeFileSync(session.listed.file_path, `${before}\nBegin with a PLAN section.\n`);
    writeProjectFile(session.project, "AGENTS.md", "Begin with a PLAN section.\n");
    await session.send("Stop");
    await session.send("Stop", { stop_hook_active: true });
    expect(index()).toContain(", executed |");
    expect((await session.prompt("/plop")).answer.reason).toContain("this plan was executed at");
    // Only a part is put back: what is left of the plan stands.
    rmSync(join(session.project, "AGENTS.md"));
    expect((await session.prompt("/plop")).answer.reason).toContain("this plan was executed at");
    writeFileSync(session.listed.file_path, before);
    const { answer } = await session.prompt("/plop");
    expect(answer.systemMessage).toContain("It was executed before and undone since, so it can be executed again.");
    expect(index()).toContain(", undone |");
    await session.send("Stop");
    expect(readHistory(session.project).filter(({ event }) => event === "undone")).toHaveLength(1);
  });

  test("does not keep the model from undoing it, nor from a word in a path or in what a call says of itself", async () => {
    const session = openPlopSession();
    await session.prompt("please undo that /plop");
    const undo = "cp docs/audit/undo/3f9c1a-CLAUDE.md CLAUDE.md";
    for (const command of [undo, `${undo} && echo "undid /plop"`, "cp ~/.claude/plop-notes/a.md /tmp/x"])
      expect(await session.decide("Bash", { command, description: "Undo the last /plop of claude" }), command).toBe(
        "pass",
      );
    for (const command of ["echo x > docs/audit/undo/3f9c1a-CLAUDE.md", "cp /tmp/f /dev/pts/1; echo /plop"])
      expect(await session.decide("Bash", { command }), command).toBe("deny");
    const file_path = join(session.project, "docs/audit/undo/3f9c1a-CLAUDE.md");
    expect(await session.decide("Write", { file_path, content: "x" })).toBe("deny");
  });

  test("is not used twice: the next prompt is free of it, and a new /plop approves what lies there then", async () => {
    const session = await approved();
    await session.send("Stop");
    await session.prompt("thank you");
    expect(await session.decide("Edit", session.listed)).toBe("pass");
    expect(await session.decide("Bash", { command: "ls" })).toBe("pass");
    const changed = planFor(["AGENTS.md"]);
    writeProjectFile(session.project, PLAN_FILE, changed);
    await session.prompt("/plop");
    expect(await session.decide("Edit", session.listed)).toBe("deny");
    expect(readHistory(session.project).filter(({ event }) => event === "approved")).toMatchObject([
      { plan_sha256: sha256(PLAN) },
      { plan_sha256: sha256(changed), files: ["AGENTS.md"] },
    ]);
  });

  test("is not another session's", async () => {
    const session = await approved();
    const other = openPlopSession(session.project, session.data, "session-2");
    await other.prompt("hello");
    expect(await other.decide("Edit", session.listed)).toBe("pass");
    expect(await session.decide("Edit", session.listed)).toBe("allow");
  });

  test("ends with all that the model could do when the plan changes while it runs", async () => {
    const session = await approved();
    appendFileSync(join(session.project, PLAN_FILE), "\n");
    const { answer } = await session.send("PreToolUse", { tool_name: "Edit", tool_input: session.listed });
    expect(answer.systemMessage).toContain("the plan has changed since it was approved");
    for (const tool of ["Edit", "Read", "TodoWrite"]) {
      expect((await session.call(tool, session.listed)).refusal).toContain(
        "the plan has changed since the human approved it",
      );
    }
    writeProjectFile(session.project, PLAN_FILE, PLAN);
    expect(await session.decide("Edit", session.listed)).toBe("deny");
    await session.send("Stop");
    expect(readHistory(session.project).at(-1)).toMatchObject({
      event: "stopped",
      reason: "the plan has changed since it was approved",
    });
  });

  test.each([
    ["is gone", (path: string) => rmSync(path)],
    [
      "is a link to an equal plan",
      (path: string) => (renameSync(path, `${path}.old`), symlinkSync(`${path}.old`, path)),
    ],
  ])("holds no longer when the plan %s", async (_what, damage) => {
    const session = await approved();
    damage(join(session.project, PLAN_FILE));
    expect(await session.decide("Edit", session.listed)).toBe("deny");
  });

  test("ends with a question to the human; reading goes on, edits do not", async () => {
    const session = await approved();
    expect(await session.decide("AskUserQuestion", { questions: [] })).toBe("pass");
    expect((await session.call("Edit", session.listed)).refusal).toContain("Going on takes a new /plop");
    expect(await session.decide("Read", session.listed)).toBe("pass");
    await session.send("Stop");
    expect(readHistory(session.project).at(-1)).toMatchObject({
      event: "stopped",
      reason: expect.stringContaining("question"),
    });
  });

  test.each(["and fix the tests", "<task-notification>\n<task-id>b1</task-id>\n</task-notification>"])(
    "belongs to its prompt id, whatever joins the running turn, which stays guarded: %s",
    async (prompt) => {
      const session = await approved();
      expect((await session.send("UserPromptSubmit", { prompt })).answer).toEqual({});
      expect(await session.decide("Edit", session.listed)).toBe("allow");
      expect(await session.decide("Bash", { command: "ls" })).toBe("deny");
      expect(readHistory(session.project).map(({ event }) => event)).toEqual(["approved", "refused"]);
    },
  );

  test("is spent by a prompt in another process of the session, and its own turn stays guarded", async () => {
    const session = await approved();
    const other = openPlopSession(session.project, session.data, "session-1");
    await other.send("UserPromptSubmit", { prompt: "hello", prompt_id: "another-process" });
    expect(await other.decide("Bash", { command: "ls" }, { prompt_id: "another-process" })).toBe("pass");
    for (const tool of ["Edit", "Write", "Bash", "Agent"])
      expect(await session.decide(tool, { ...session.listed, content: "x" }), tool).toBe("deny");
    await other.send("SessionEnd", { prompt_id: "another-process" });
    expect(await session.decide("Edit", session.listed)).toBe("deny");
    expect(await session.decide("Edit", session.listed, { prompt_id: null })).toBe("pass");
  });

  test("does not pass to another turn when its own was interrupted, and what was changed is recorded", async () => {
    const session = await approved();
    appendFileSync(session.listed.file_path, "x\n");
    expect(await session.decide("Edit", session.listed, { prompt_id: "a-notification" })).toBe("deny");
    expect((await session.prompt("go on")).answer.systemMessage).toContain("CLAUDE.md +1 -0");
    expect(await session.decide("Edit", session.listed)).toBe("pass");
    expect(readHistory(session.project).at(-1)).toMatchObject({
      event: "stopped",
      reason: expect.stringContaining("the turn was interrupted"),
      changed: [{ file: "CLAUDE.md", added: 1 }],
    });
  });

  test("ends with the session", async () => {
    const session = await approved();
    await session.send("SessionEnd", { reason: "other" });
    expect(readHistory(session.project).at(-1)).toMatchObject({ event: "stopped", reason: "the session ended" });
    expect(await session.decide("Edit", session.listed)).toBe("deny");
    await session.prompt("hello again");
    expect(await session.decide("Edit", session.listed)).toBe("pass");
  });

  test("asks once for a report that lacks the hash or a changed file, and nothing is edited meanwhile", async () => {
    const session = await approved();
    appendFileSync(session.listed.file_path, "x\n");
    const { answer } = await session.send("Stop", { last_assistant_message: "All done!" });
    expect(answer).toMatchObject({ decision: "block", reason: expect.stringContaining("CLAUDE.md +1 -0") });
    expect(answer.reason).toContain(sha256(PLAN).slice(0, 12));
    expect(await session.decide("Edit", session.listed)).toBe("deny");
    expect((await session.send("Stop", { last_assistant_message: "No.", stop_hook_active: true })).answer).toEqual({});
  });
});

test("a turn that begins with /plop edits nothing when Claude Code does not expand it, as for a scheduled prompt", async () => {
  const session = openPlopSession();
  await session.send("UserPromptSubmit", { prompt: BLOCK });
  const edit = editOf(join(session.project, "CLAUDE.md"));
  expect((await session.call("Edit", edit)).refusal).toContain("no plan was approved in this turn");
  expect(await session.decide("Bash", { command: "ls" })).toBe("deny");
  await session.prompt("hello");
  expect(await session.decide("Edit", edit)).toBe("pass");
});

test("a project's own command of that name is not taken for the hand-over of a plan, and nobody is left in doubt", async () => {
  const own = { command_name: "plop", command_args: "", command_source: "project" };
  const session = openPlopSession();
  await session.send("UserPromptSubmit", { prompt: "/plop" });
  expect((await session.send("UserPromptExpansion", own)).refusal).toContain("/trace-audit:plop");
  expect(await session.decide("Bash", { command: "ls" })).toBe("deny");
  const other = openPlopSession(createPlopProject(null));
  await other.send("UserPromptSubmit", { prompt: "/plop" });
  expect((await other.send("UserPromptExpansion", own)).answer.systemMessage).toContain("Nothing guards it");
  expect(await other.decide("Bash", { command: "ls" })).toBe("pass");
});

test("a plan that was executed is not executed again, and the human is told when it was and what it changed", async () => {
  const session = await approved();
  appendFileSync(session.listed.file_path, "x\n");
  await session.send("Stop", { last_assistant_message: `${sha256(PLAN)} CLAUDE.md` });
  const { refusal } = await session.prompt("/plop");
  expect(refusal).toMatch(/was executed at \d{4}-.* and changed CLAUDE\.md \+1 -0/u);
  expect(await session.decide("Edit", session.listed)).toBe("deny");
});

test("a plan that changed nothing, or was stopped, may be handed over again", async () => {
  const session = await approved();
  await session.send("Stop", { last_assistant_message: sha256(PLAN) });
  expect((await session.prompt("/plop")).refusal).toBeNull();
  appendFileSync(session.listed.file_path, "x\n");
  await session.prompt("stop");
  expect((await session.prompt("/plop")).refusal).toBeNull();
});

test("a plan that a human edited is that audit's plan, and what they changed is shown and recorded", async () => {
  const cwd = createPlopProject();
  writeProjectFile(cwd, "docs/audit/2026-11-20-4f2a.md", PLAN);
  const edited = PLAN.replace("Risk: Low", "Risk: High");
  writeProjectFile(cwd, PLAN_FILE, edited);
  const session = openPlopSession(cwd);
  const { answer } = await session.prompt("/plop");
  expect(answer.systemMessage).toContain("not as /audit wrote it");
  expect(answer.systemMessage).toContain("+- Risk: High");
  expect(readFileSync(join(cwd, "docs/audit/2026-11-20-4f2a.md"), "utf8")).toBe(edited);
  expect(readHistory(cwd)).toMatchObject([
    {
      event: "approved",
      plan_file: "docs/audit/2026-11-20-4f2a.md",
      edited: expect.arrayContaining(["-- Risk: Low", "+- Risk: High"]),
    },
  ]);
  await session.send("Stop", { last_assistant_message: sha256(edited) });
  expect(readFileSync(join(cwd, "docs/audit/README.md"), "utf8")).toMatch(
    /\| yes, edited, \d{4}-\d\d-\d\d, executed \|/u,
  );
});
