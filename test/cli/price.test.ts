import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { runClaude } from "../support/claude/run.ts";
import { createDemoProject } from "../support/demo/project.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { inSteps, type Step } from "../support/replay/steps.ts";

/** A folder with a `node` that notes what it is started with. */
function countingNode(): { readonly path: string; readonly started: () => readonly string[] } {
  const folder = temporaryFolder("node");
  const log = join(folder, "log");
  writeFileSync(join(folder, "node"), `#!/bin/sh\necho "$@" >> '${log}'\nexec '${process.execPath}' "$@"\n`);
  chmodSync(join(folder, "node"), 0o755);
  return {
    path: [folder, process.env["PATH"]].join(delimiter),
    started: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []),
  };
}

async function startedBy(prompt: string, toSteps: (cwd: string) => readonly Step[]): Promise<readonly string[]> {
  const node = countingNode();
  const cwd = createDemoProject();
  const { result } = await runClaude({
    prompt,
    cwd,
    pluginDirs: [PLUGIN_ROOT],
    env: { PATH: node.path },
    args: ["--allowedTools", "Bash", "Edit", "Write"],
    script: inSteps(toSteps(cwd), "done"),
  });
  expect(result?.result).toBe("done");
  return node.started().filter((line) => line.includes("hooks/dist/main.mjs"));
}

test("the calls of an ordinary session start no process of the plugin", async () => {
  const started = await startedBy("work", (cwd) => [
    (ask) => [ask.tool("Read", { file_path: join(cwd, "CLAUDE.md") })],
    (ask) => [ask.tool("Edit", { file_path: join(cwd, "CLAUDE.md"), old_string: "# ", new_string: "# A " })],
    (ask) => [ask.tool("Write", { file_path: join(cwd, "notes.md"), content: "x" })],
    (ask) =>
      ["echo hi", "ls -la | head -3", "git status; pwd", "npm --version 2>&1", "echo x > out.txt"].map((command) =>
        ask.tool("Bash", { command, description: "x" }),
      ),
    (ask) => [ask.tool("ToolSearch", { query: "select:TaskCreate", max_results: 1 })],
  ]);
  // One for the prompt.
  expect(started).toHaveLength(1);
});

test("an edit below docs/audit and a shell line about /plop are looked at", async () => {
  const started = await startedBy("work", (cwd) => [
    (ask) => [ask.tool("Write", { file_path: join(cwd, "docs/audit/approvals.jsonl"), content: "{}" })],
    (ask) => [ask.tool("Bash", { command: `tmux send-keys "/plop" Enter`, description: "x" })],
    (ask) => [ask.tool("Bash", { command: "cd docs && rm -r audit", description: "x" })],
  ]);
  expect(started.length).toBeGreaterThan(3);
});
