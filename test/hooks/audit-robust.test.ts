import { readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/files/temporary.ts";
import { openHookSession, runHook } from "../support/hook/session.ts";

test("a hook that cannot keep its record refuses what an audit depends on and nothing else", async () => {
  const data = join(temporaryFolder("data"), "file");
  writeFileSync(data, "in the way");
  const session = openHookSession(temporaryFolder("project"), data);
  expect((await session.call("Read", { file_path: "CLAUDE.md" })).refusal).toBeNull();
  expect((await session.call("Write", { file_path: "src/calc.js", content: "x" })).refusal).toBeNull();
  const command = { command_name: "trace-audit:audit", command_args: "last" };
  expect((await session.send("UserPromptExpansion", command)).refusal).toContain("could not");
});

test.each([
  "",
  "not JSON",
  "[]",
  "{}",
  '{"hook_event_name":"PreToolUse"}',
  '{"hook_event_name":"PreToolUse","tool_name":"Write","tool_input":[]}',
])("an event that is none is answered without a crash: %j", async (input) => {
  const { refusal, exitCode } = await runHook(input, {});
  expect({ refusal, exitCode }).toEqual({ refusal: null, exitCode: input === "" || input === "not JSON" ? 2 : 0 });
});

test("without a data folder the record lies in the temporary one, closed to others", async () => {
  const tmp = temporaryFolder("tmp");
  const env = { TMPDIR: tmp, CLAUDE_PROJECT_DIR: tmp };
  const event = {
    session_id: "s1",
    cwd: tmp,
    hook_event_name: "UserPromptExpansion",
    command_name: "trace-audit:audit",
    command_args: "last",
  };
  expect((await runHook(JSON.stringify(event), env)).refusal).toBeNull();
  const call = {
    ...event,
    hook_event_name: "PreToolUse",
    tool_name: "Agent",
    tool_input: { subagent_type: "trace-audit:prompt-engineer" },
  };
  expect((await runHook(JSON.stringify(call), env)).refusal).toContain("Call write_summary");
  const stopped = {
    ...event,
    hook_event_name: "SubagentStop",
    agent_type: "trace-audit:prompt-engineer",
    last_assistant_message: "prose",
  };
  expect((await runHook(JSON.stringify({ ...stopped, hook_event_name: "Stop" }), env)).refusal).toBeNull();
  expect((await runHook(JSON.stringify(call), env)).refusal).toBeNull();
  // What someone else has put there is not used.
  const theirs = temporaryFolder("theirs");
  const folder = readdirSync(tmp).find((name) => name.startsWith("trace-audit-")) ?? "";
  rmSync(join(tmp, folder), { recursive: true });
  symlinkSync(theirs, join(tmp, folder));
  expect((await runHook(JSON.stringify(event), env)).refusal).not.toBeNull();
  expect(readdirSync(theirs)).toEqual([]);
});
