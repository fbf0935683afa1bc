import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Script } from "../support/claude/stand-in.ts";
import { runClaude } from "../support/claude/run.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { createPlopProject, planFor, readHistory, sha256, writeProjectFile } from "../support/hook/plop.ts";
import { PLAN } from "../support/replay/audit.ts";
import { edit, inSteps, read, toolOutcomes } from "../support/replay/steps.ts";

const never: Script = () => {
  throw new Error("a model was asked");
};

test("a human strikes a change, hands the rest over, lets the agent undo it, and hands it over again", async () => {
  const audited = planFor(["CLAUDE.md", "AGENTS.md"]);
  const cwd = createPlopProject(audited.replace(/\n### 2\. [\s\S]*?(?=\n## )/u, ""));
  writeProjectFile(cwd, "docs/audit/2026-11-20-4f2a.md", audited);
  const path = join(cwd, "CLAUDE.md");
  const before = readFileSync(path, "utf8");
  const index = (): string => readFileSync(join(cwd, "docs/audit/README.md"), "utf8");
  const run = async (prompt: string, script: Script, args: readonly string[] = []) =>
    runClaude({ prompt, cwd, script, args, pluginDirs: [PLUGIN_ROOT] });

  const first = await run("/plop", never);
  expect(first.requests).toEqual([]);
  expect(first.result?.result).toContain("the steps were written anew from the changes");
  expect(first.result?.result).toContain("-2. In AGENTS.md: Begin with a PLAN section.");
  const plan = readFileSync(join(cwd, PLAN), "utf8");

  const execute = (): Script =>
    inSteps(
      [(ask) => [read(ask, path)], (ask) => [edit(ask, path)]],
      `Plan: ${sha256(plan).slice(0, 12)}\nChanged: CLAUDE.md`,
    );
  const executed = await run("/plop", execute());
  expect(readHistory(cwd).at(-1)).toMatchObject({ event: "executed", files: ["CLAUDE.md"] });
  expect(index()).toMatch(/yes, edited, [\d-]+, executed/u);
  const [undo = ""] = /cp docs\/audit\/undo\/\S+ CLAUDE\.md/u.exec(executed.stdout.replaceAll("\\n", "\n")) ?? [];

  const command = { command: undo, description: "Undo the last /plop of claude" };
  const undone = await run("please undo that /plop", inSteps([(ask) => [ask.tool("Bash", command)]], "Undone."), [
    "--allowedTools",
    "Bash",
  ]);
  expect(toolOutcomes(undone.requests)).toMatchObject([{ name: "Bash", isError: false }]);
  expect(readFileSync(path, "utf8")).toBe(before);
  await run("/audit", never);
  expect(index()).toMatch(/yes, edited, [\d-]+, undone/u);

  const again = await run("/plop", execute());
  expect(again.stdout).toContain("It was executed before and undone since");
  expect(readHistory(cwd).map(({ event }) => event)).toEqual([
    "refused",
    "approved",
    "executed",
    "undone",
    "approved",
    "executed",
  ]);
  execFileSync("sh", ["-c", undo], { cwd });
  expect(readFileSync(path, "utf8")).toBe(before);
});
