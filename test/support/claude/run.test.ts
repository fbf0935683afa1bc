import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "../files/temporary.ts";
import { hasTmux, startInteractiveClaude } from "./interactive.ts";
import { dummyKey, startFakeAnthropic } from "./stand-in.ts";
import { runClaude, runClaudeCommand } from "./run.ts";

afterEach(() => vi.unstubAllEnvs());

test("a scripted answer is the result of a session, and nothing leaves the machine", async () => {
  const outcome = await runClaude({ prompt: "hello", script: () => "hello yourself" });
  expect(outcome.exitCode).toBe(0);
  expect(outcome.result).toMatchObject({ subtype: "success", result: "hello yourself" });
  expect(outcome.requests.map(({ kind, answer }) => ({ kind, answer }))).toEqual([
    { kind: "agent", answer: "hello yourself" },
  ]);
  expect(outcome.requests[0]?.userText).toContain("hello");
  expect(outcome.tools).toContain("Read");
  expect(outcome.traffic.filter(({ method }) => method === "CONNECT")).toEqual([]);
});

test("a tool call runs for real and its result reaches the script", async () => {
  const cwd = temporaryFolder("project");
  const path = join(cwd, "note.txt");
  writeFileSync(path, "the heron is blue\n");
  const { result, requests, permissionDenials } = await runClaude({
    prompt: "read the note",
    cwd,
    script: ({ toolResults: [read] }, ask) =>
      read === undefined
        ? [ask.tool("Read", { file_path: path }), ask.tool("Bash", { command: "touch made" })]
        : `I read: ${read.text}`,
  });
  expect(result?.result).toContain("the heron is blue");
  expect(requests.at(-1)?.toolResults).toMatchObject([
    { name: "Read", input: { file_path: path }, isError: false },
    { name: "Bash", isError: true },
  ]);
  expect(permissionDenials).toMatchObject([{ tool_name: "Bash" }]);
});

test("nothing of the caller's environment but PATH reaches the CLI", async () => {
  vi.stubEnv("ANTHROPIC_API_KEY", "sk-ant-leaked-heron");
  vi.stubEnv("ANTHROPIC_AUTH_TOKEN", "leaked-heron");
  vi.stubEnv("ANTHROPIC_CUSTOM_HEADERS", "x-leak: leaked-heron");
  vi.stubEnv("LANGFUSE_SECRET_KEY", "sk-lf-leaked-heron");
  const { requests, traffic, home } = await runClaude({
    prompt: "show the environment",
    args: ["--allowedTools", "Bash"],
    env: { ADDED: "on purpose" },
    script: ({ toolResults }, ask) => (toolResults.length === 0 ? [ask.tool("Bash", { command: "env" })] : "done"),
  });
  const environment = requests.at(-1)?.toolResults[0]?.text;
  expect(environment).toContain(`HOME=${home}`);
  expect(environment).toContain("ADDED=on purpose");
  // The bodies in the traffic hold the environment, too; the stand-in itself refuses a foreign key.
  expect(JSON.stringify(traffic).includes("leaked-heron")).toBe(false);
});

test("the stand-in answers without streaming, and nobody but the holder of its key", async () => {
  const fake = await startFakeAnthropic({ script: ({ userText }) => `you said ${userText}` });
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] });
  const post = (path: string, key: string) =>
    fetch(fake.url + path, { method: "POST", headers: { "x-api-key": key }, body });
  const answer = await post("/v1/messages", dummyKey);
  expect(await answer.json()).toMatchObject({
    content: [{ type: "text", text: "you said hi" }],
    stop_reason: "end_turn",
  });
  expect((await post("/v1/messages/count_tokens", dummyKey)).status).toBe(200);
  expect((await post("/v1/elsewhere", dummyKey)).status).toBe(404);
  expect((await post("/v1/messages", "sk-ant-foreign")).status).toBe(401);
  expect(fake.requests.map(({ status }) => status)).toEqual([200, 200, 404, 401]);
  expect(JSON.stringify(fake.requests)).not.toContain("sk-ant");
  await fake.close();
});

test("what a script throws is thrown by the run", async () => {
  const script = () => {
    throw new Error("unexpected request");
  };
  await expect(runClaude({ prompt: "hello", script })).rejects.toThrow("unexpected request");
});

test("a session that does not end in time is ended, with what it runs", async () => {
  const outcome = await runClaude({
    prompt: "wait",
    timeoutMs: 10_000,
    args: ["--allowedTools", "Bash"],
    script: (_, ask) => [ask.tool("Bash", { command: "echo $$ >pid; exec tail -f /dev/null" })],
  });
  expect(outcome).toMatchObject({ timedOut: true, result: undefined });
  const pid = Number(readFileSync(join(outcome.cwd, "pid"), "utf8"));
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test("a subcommand runs in the same isolation", async () => {
  const { exitCode, stdout, traffic } = await runClaudeCommand(["--version"]);
  expect({ exitCode, traffic }).toEqual({ exitCode: 0, traffic: [] });
  expect(stdout).toContain("Claude Code");
});

if (hasTmux()) {
  test("the terminal interface starts at its prompt, asks, and shows the answer", async () => {
    const claude = await startInteractiveClaude({
      script: ({ toolResults }, ask) =>
        toolResults.length === 0 ? [ask.tool("Bash", { command: "touch made.txt" })] : "the file is made",
    });
    try {
      await claude.submit("make a file");
      await claude.waitFor("Do you want to");
      await claude.press("Enter");
      await claude.waitFor("the file is made");
      expect(existsSync(join(claude.cwd, "made.txt"))).toBe(true);
      expect(claude.requests().at(-1)?.toolResults).toMatchObject([{ isError: false }]);
      expect(claude.traffic.filter(({ method }) => method === "CONNECT")).toEqual([]);
    } finally {
      await claude.close();
    }
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
