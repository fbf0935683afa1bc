import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/files/temporary.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { createPlopProject, editOf, readHistory, writeProjectFile, openPlopSession } from "../support/hook/plop.ts";
import type { HookSession } from "../support/hook/session.ts";
import { runHook } from "../support/hook/session.ts";

const folderOf = ({ data }: HookSession): string => join(data, "approvals");
const stateOf = (session: HookSession): string => {
  const name = readdirSync(folderOf(session)).find((file) => file.endsWith(".approval"));
  if (name === undefined) throw new Error("there is no state");
  return join(folderOf(session), name);
};
async function approved(): Promise<HookSession> {
  const session = openPlopSession();
  await session.prompt("/plop");
  return session;
}
const edit = ({ project }: HookSession, path = "CLAUDE.md") => editOf(join(project, path));

test("the state is the user's own: a private folder, private files, nothing but the key and one file a session", async () => {
  const session = await approved();
  expect(readdirSync(folderOf(session)).toSorted()).toEqual([
    expect.stringMatching(/^[0-9a-f]{32}-[0-9a-f]{16}\.approval$/u),
    "key",
  ]);
  expect(statSync(folderOf(session)).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(folderOf(session)))
    expect(statSync(join(folderOf(session), name)).mode & 0o777).toBe(0o600);
});

const damages: Readonly<Record<string, (path: string, content: string) => void>> = {
  "a file added to its list": (path, content) => writeFileSync(path, content.replaceAll("CLAUDE.md", "src/calc.js")),
  "another session's approval": (path, content) => writeFileSync(path, content.replaceAll("session-1", "session-9")),
  "half of it": (path, content) => writeFileSync(path, content.slice(0, content.length / 2)),
  "nothing in it": (path) => writeFileSync(path, ""),
  "no signature": (path, content) => writeFileSync(path, content.slice(content.indexOf("\n") + 1)),
  "an empty signature": (path, content) => writeFileSync(path, content.slice(content.indexOf("\n"))),
  noise: (path) => writeFileSync(path, Buffer.from([0, 255, 254, 10, 123])),
};
test.each(Object.entries(damages))("a state with %s is no approval: only reading is left", async (_what, damage) => {
  const session = await approved();
  damage(stateOf(session), readFileSync(stateOf(session), "utf8"));
  expect((await session.call("Edit", edit(session))).refusal).toContain("damaged");
  expect(await session.decide("Edit", edit(session, "src/calc.js"))).toBe("deny");
  expect(await session.decide("Bash", { command: "ls" })).toBe("deny");
  expect(await session.decide("Read", edit(session))).toBe("pass");
  await session.prompt("hello");
  expect(await session.decide("Bash", { command: "ls" })).toBe("pass");
  await session.prompt("/plop");
  expect(await session.decide("Edit", edit(session))).toBe("allow");
});

test("a key that was exchanged or removed voids what it signed, and the next approval has a good one again", async () => {
  const session = await approved();
  const key = join(folderOf(session), "key");
  for (const damage of [() => writeFileSync(key, Buffer.alloc(32)), () => rmSync(key), () => writeFileSync(key, "")]) {
    damage();
    expect(await session.decide("Edit", edit(session))).toBe("deny");
    await session.prompt("/plop");
    expect(await session.decide("Edit", edit(session))).toBe("allow");
  }
});

test("the state of an earlier turn, put back, opens nothing", async () => {
  const session = await approved();
  const old = readFileSync(stateOf(session));
  await session.send("Stop");
  await session.prompt("/plop");
  await session.send("Stop");
  writeFileSync(stateOf(session), old);
  expect(await session.decide("Edit", edit(session))).toBe("deny");
});

test("no approval is given where it cannot be kept or recorded, and the reason is said", async () => {
  const open = openPlopSession();
  mkdirSync(folderOf(open), { recursive: true });
  chmodSync(folderOf(open), 0o777);
  expect((await open.prompt("/plop")).answer).toMatchObject({
    decision: "block",
    reason: expect.stringContaining("not a private folder"),
  });
  const linked = openPlopSession();
  writeProjectFile(linked.project, "elsewhere.txt", "kept\n");
  symlinkSync("../../elsewhere.txt", join(linked.project, "docs/audit/approvals.jsonl"));
  expect((await linked.prompt("/plop")).answer.decision).toBe("block");
  expect(await linked.decide("Edit", edit(linked))).toBe("deny");
  expect(readFileSync(join(linked.project, "elsewhere.txt"), "utf8")).toBe("kept\n");
});

/** Runs the hook where no file can grow, as on a full disk, and returns its answer. */
async function onFullDisk({ project, data }: HookSession, event: object): Promise<string> {
  const full = 'trap \'\' XFSZ; ulimit -f 0; exec "$0" "$1"';
  const child = spawn("sh", ["-c", full, process.execPath, join(PLUGIN_ROOT, "hooks/dist/main.mjs")], {
    env: { PATH: process.env["PATH"], CLAUDE_PROJECT_DIR: project, CLAUDE_PLUGIN_DATA: data },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.end(JSON.stringify({ session_id: "session-1", prompt_id: "session-1-turn-1", cwd: project, ...event }));
  return text(child.stdout);
}

test("what cannot be recorded is not allowed, and what cannot be recorded as spent is void", async () => {
  const unwritten = openPlopSession();
  expect(await onFullDisk(unwritten, { hook_event_name: "UserPromptSubmit", prompt: "/plop" })).toContain('"block"');
  expect(await onFullDisk(unwritten, { hook_event_name: "UserPromptSubmit", prompt: "hello" })).toBe("");
  await unwritten.send("UserPromptSubmit", { prompt: "/plop", prompt_id: "session-1-turn-1" });
  const typed = { hook_event_name: "UserPromptExpansion", command_name: "trace-audit:plop", command_args: "" };
  expect(await onFullDisk(unwritten, typed)).toContain("/plop cannot start");
  const session = await approved();
  const call = { hook_event_name: "PreToolUse", tool_name: "Edit", tool_input: edit(session) };
  expect(await onFullDisk(session, call)).toContain('"deny"');
  const asked = { hook_event_name: "PreToolUse", tool_name: "AskUserQuestion", tool_input: {} };
  for (const event of [asked, { hook_event_name: "Stop" }, { hook_event_name: "SessionEnd" }]) {
    const other = await approved();
    await onFullDisk(other, event);
    expect(await other.decide("Edit", edit(other)), JSON.stringify(event)).toBe("deny");
    expect(await other.decide("Bash", { command: "ls" })).toBe("deny");
  }
});

test("a state in a folder of someone else's, or one that others may write to, opens nothing", async () => {
  const session = await approved();
  chmodSync(folderOf(session), 0o777);
  expect(await session.decide("Edit", edit(session))).toBe("deny");
  chmodSync(folderOf(session), 0o700);
  expect(await session.decide("Edit", edit(session))).toBe("allow");
  if (process.getuid?.() !== 0) return;
  chownSync(folderOf(session), 12_345, 12_345);
  expect(await session.decide("Edit", edit(session))).toBe("pass");
  expect((await session.prompt("/plop")).answer.decision).toBe("block");
});

test("an approvals log that is too large to be read in time stops a /plop, and says what to do", async () => {
  const session = openPlopSession();
  writeFileSync(join(session.project, "docs/audit/approvals.jsonl"), "{}\n".repeat(7_000_000));
  expect((await session.prompt("/plop")).answer.reason).toMatch(/approvals\.jsonl is larger than .* move it away/u);
});

test("a guard that cannot read its state refuses", async () => {
  const session = await approved();
  const state = stateOf(session);
  rmSync(state);
  mkdirSync(state);
  expect((await session.call("Edit", edit(session))).refusal).toContain(
    "is refused, because the guard of /plop failed",
  );
  expect(await session.decide("Edit", edit(session))).toBe("deny");
});

test("what is no event ends with the exit code that blocks", async () => {
  expect(await runHook("not JSON", {})).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("failed") });
});

test("a line of the history that a crash cut in half is left, and the next one is whole", async () => {
  const session = openPlopSession();
  writeProjectFile(session.project, "docs/audit/approvals.jsonl", '{"event":"appr');
  await session.prompt("/plop");
  const lines = readFileSync(join(session.project, "docs/audit/approvals.jsonl"), "utf8").trimEnd().split("\n");
  expect(lines[0]).toBe('{"event":"appr');
  expect(JSON.parse(lines[1] ?? "")).toMatchObject({ event: "approved" });
});

test("hooks that are killed at any moment leave a state that is whole or absent, and /plop works afterwards", async () => {
  const cwd = createPlopProject();
  const data = temporaryFolder("plugin-data");
  const event = { session_id: "session-1", cwd, prompt_id: "session-1-turn-0" };
  for (let delay = 20; delay <= 80; delay += 6) {
    for (const more of [
      { hook_event_name: "UserPromptSubmit", prompt: "/plop" },
      { hook_event_name: "UserPromptExpansion", command_name: "trace-audit:plop", command_args: "" },
      { hook_event_name: "Stop" },
    ]) {
      const child = spawn(process.execPath, [join(PLUGIN_ROOT, "hooks/dist/main.mjs")], {
        env: { CLAUDE_PROJECT_DIR: cwd, CLAUDE_PLUGIN_DATA: data },
        stdio: ["pipe", "ignore", "ignore"],
      });
      child.stdin.on("error", () => undefined).end(JSON.stringify({ ...event, ...more }));
      const ended = once(child, "exit");
      await sleep(delay);
      child.kill("SIGKILL");
      await ended;
    }
    const session = openPlopSession(cwd, data);
    const refusal = (await session.call("Bash", { command: "ls" })).refusal ?? "";
    expect(refusal).not.toContain("damaged");
  }
  const session = openPlopSession(cwd, data);
  await session.prompt("/plop");
  expect(await session.decide("Edit", edit(session))).toBe("allow");
  expect(readHistory(cwd).at(-1)).toMatchObject({ event: "approved" });
});
