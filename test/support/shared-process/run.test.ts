import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "../files/temporary.ts";
import { openDiagnosed, SPECIALIST, TRANSLATION } from "../hook/audited.ts";
import { editOf, openPlopSession } from "../hook/plop.ts";
import type { HookOutcome, HookSession } from "../hook/session.ts";
import { type Running, runShared } from "./run.ts";

const folder = temporaryFolder("programs");
const started: Running[] = [];
// A process that waits for its next program would be taken by a later test.
afterEach(() => started.splice(0).forEach(({ kill }) => kill()));

/** Runs lines of a program; `done` is what a parent of a process of its own would have of it. */
function start(source: string, { env = {}, args = [""].slice(1), cwd = folder } = {}) {
  const path = join(folder, `${started.length}-${Date.now()}.mjs`);
  writeFileSync(path, source);
  const said = { stdout: "", stderr: "" };
  const hear = { stdout: (text: string) => (said.stdout += text), stderr: (text: string) => (said.stderr += text) };
  const running = runShared({ path, args, env, cwd }, hear);
  started.push(running);
  return { running, done: running.exited.then((code) => ({ code, ...said })) };
}

const TELL = `
let input = "";
for await (const part of process.stdin) input += part;
globalThis.count = (globalThis.count ?? 0) + 1;
const { argv, env, pid } = process;
process.stdout.write(JSON.stringify({ input, args: argv.slice(2), env, cwd: process.cwd(), count, pid }));
`;

test("a program finds its own arguments, environment, folder and input, in a process that ran others", async () => {
  const runs = [];
  for (const word of ["one", "two"]) {
    const cwd = temporaryFolder(word);
    const { running, done } = start(TELL, { env: { [word]: "ä" }, args: [word], cwd });
    running.write(`${word} `);
    running.write("€");
    running.end();
    const { code, stdout, stderr } = await done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ input: `${word} €`, args: [word], env: { [word]: "ä" }, cwd });
    expect(Object.keys(told.env)).toEqual([word]);
    runs.push(told);
  }
  // It is the same process indeed, or the tests gain nothing.
  expect(runs.map(({ count }) => count)).toEqual([1, 2]);
  expect(runs[0]?.pid).toBe(runs[1]?.pid);
});

test("programs that run at once have a process each", async () => {
  const both = [start(TELL), start(TELL)];
  for (const { running } of both) running.end();
  const told = await Promise.all(both.map(async ({ done }) => JSON.parse((await done).stdout)));
  expect(told[0].pid).not.toBe(told[1].pid);
});

test.each([
  ["exits", "process.exit(3)", { code: 3, stderr: "" }],
  ["sets its exit code", "process.exitCode = 2", { code: 2, stderr: "" }],
  ["throws", "throw new Error('heron')", { code: 1, stderr: expect.stringContaining("heron") }],
  [
    "throws later",
    "setTimeout(() => { throw new Error('heron') }, 5)",
    { code: 1, stderr: expect.stringContaining("heron") },
  ],
  ["rejects", "void Promise.reject(new Error('heron'))", { code: 1, stderr: expect.stringContaining("heron") }],
  ["does not parse", "}", { code: 1, stderr: expect.stringContaining("SyntaxError") }],
])("a program that %s ends as in a process of its own", async (_, source, expected) => {
  const { running, done } = start(source);
  running.end();
  expect(await done).toMatchObject(expected);
});

test("a program has time for what it began, and what it leaves running takes the process with it", async () => {
  const file = join(folder, "late");
  const late = start(
    `import { writeFileSync } from "node:fs"; setTimeout(() => writeFileSync(${JSON.stringify(file)}, ""), 50)`,
  );
  late.running.end();
  expect(await late.done).toMatchObject({ code: 0 });
  expect(existsSync(file)).toBe(true);
  const left = start("setInterval(() => {}, 1000); process.exit(0)");
  left.running.end();
  expect(await left.done).toMatchObject({ code: 0 });
  const next = start(TELL);
  next.running.end();
  expect(JSON.parse((await next.done).stdout).pid).not.toBe(left.running.pid);
});

test("a program that is killed has no exit code", async () => {
  const { running, done } = start("setInterval(() => {}, 1000)");
  running.kill();
  expect(await done).toMatchObject({ code: null });
});

/** What the hooks say in an audit and in a /plop, without the names of temporary folders. */
async function playHooks(): Promise<string> {
  const said: HookOutcome[] = [];
  const noting = (session: HookSession): HookSession => ({
    ...session,
    send: async (...event) => {
      const outcome = await session.send(...event);
      said.push(outcome);
      return outcome;
    },
  });
  const audit = noting(await openDiagnosed());
  said.push(await audit.answer(SPECIALIST, TRANSLATION));
  for (const name of ["Stop", "SessionEnd"]) await audit.send(name);
  const plop = noting(openPlopSession());
  said.push(await plop.prompt("/plop"));
  const input = editOf(join(plop.project, "CLAUDE.md"));
  for (const name of ["PreToolUse", "PermissionRequest", "PostToolUse"])
    await plop.send(name, { tool_name: "Edit", tool_input: input, tool_response: {} });
  said.push(await plop.call("Bash", { command: "ls" }));
  for (const name of ["Stop", "SessionEnd"]) await plop.send(name);
  return JSON.stringify(said).replaceAll(audit.project, "AUDITED").replaceAll(plop.project, "PROJECT");
}

test("the hooks say the same in processes of their own", async () => {
  const shared = await playHooks();
  vi.stubEnv("FRESH_PROCESSES", "1");
  expect(await playHooks()).toBe(shared);
  expect(shared).toContain('"permission":"allow"');
});
