import { transform } from "esbuild";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runHook, HOOK } from "../support/hook/session.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { BUNDLE, startServer } from "../support/mcp/client.ts";
import { expectClear } from "../support/langfuse/faults.ts";

/** Makes a process believe that its Node is another one. */
const SAYS_18 = `Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.20.8"}})`;
const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SAYS_18)}` };

test("on a Node that is too old each tool call says so, and what to do", async () => {
  const server = await startServer({ env, cwd: temporaryFolder("project") });
  try {
    expect((await server.listTools()).map(({ name }) => name)).toEqual(["fetch_trace", "write_summary"]);
    const calls = [
      server.call("fetch_trace", { selector: "last" }),
      server.call("write_summary", { trace_id: "turn" }),
      server.call("fetch_trace", { selector: "session" }),
    ];
    for (const { isError, text } of await Promise.all(calls)) {
      expect(isError).toBe(true);
      expect(text).toContain("trace-audit needs Node 20 or later");
      expect(text).toContain(`18.20.8 (${process.execPath})`);
      expectClear(text);
    }
    await expect(server.client.listPrompts()).rejects.toThrow();
    expect(server.stderr()).toBe("");
  } finally {
    await server.close();
  }
});

test("on a Node that is too old the hooks stop this plugin's commands alone, and fail nothing", async () => {
  for (const command of ["audit", "plop"]) {
    const event = { hook_event_name: "UserPromptExpansion", command_name: `trace-audit:${command}`, session_id: "s" };
    const { refusal, exitCode, stderr } = await runHook(event, env);
    expectClear(refusal ?? "");
    expect(refusal).toContain("Node 20 or later");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  }
  const others = [
    { hook_event_name: "UserPromptExpansion", command_name: "plop" },
    { hook_event_name: "UserPromptSubmit", prompt: "hello" },
    { hook_event_name: "PreToolUse", tool_name: "Edit", tool_input: { file_path: "/tmp/a" } },
    { hook_event_name: "Stop" },
  ];
  for (const event of others)
    expect(await runHook({ ...event, session_id: "s" }, env)).toMatchObject({ exitCode: 0, stderr: "", answer: {} });
});

test("what says so runs on Node 12.20: it holds no newer syntax and asks for no newer module", async () => {
  for (const path of [BUNDLE, HOOK]) {
    const code = readFileSync(path, "utf8");
    // Lowered for that Node the code is what it was.
    const options = { minify: true, format: "esm", platform: "node", legalComments: "none" } as const;
    const [newest, oldest] = await Promise.all([
      transform(code, { ...options, target: "esnext" }),
      transform(code, { ...options, target: "node12.20" }),
    ]);
    expect(oldest.code, path).toBe(newest.code);
    expect(code).not.toContain("node:");
  }
});
