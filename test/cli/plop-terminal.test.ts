import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasTmux, startInteractiveClaude } from "../support/claude/interactive.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import type { Script } from "../support/claude/stand-in.ts";
import { blockFor, createPlopProject, planFor, readHistory, sha256 } from "../support/hook/plop.ts";
import { edit, inSteps, read, type Step, toolOutcomes } from "../support/replay/steps.ts";

const BLOCK = blockFor(["CLAUDE.md"]);

if (hasTmux()) {
  test("in the terminal /plop runs to its report, a question ends it, and the next prompt has no part in it", async () => {
    const cwd = createPlopProject();
    const path = join(cwd, "CLAUDE.md");
    const hash = sha256(planFor(["CLAUDE.md"])).slice(0, 12);
    const question = {
      question: "Which heading?",
      header: "Heading",
      multiSelect: false,
      options: ["first", "second"].map((label) => ({ label, description: label })),
    };
    const steps: Step[] = [
      (ask) => [read(ask, path)],
      (ask) => [edit(ask, path)],
      (ask) => [ask.tool("AskUserQuestion", { questions: [question] })],
      (ask) => [edit(ask, path)],
    ];
    let later: Script = inSteps(steps, `Plan: ${hash}. Changed: CLAUDE.md. Ended.`);
    const claude = await startInteractiveClaude({
      cwd,
      pluginDirs: [PLUGIN_ROOT],
      script: (request, ask) => later(request, ask),
    });
    try {
      await claude.submit("/plop");
      await claude.waitFor("Which heading?");
      expect(readFileSync(path, "utf8")).toContain("# PLAN calc");
      await claude.press("Enter");
      await claude.waitFor(/The\s+approval\s+is\s+spent/u);
      expect(toolOutcomes(claude.requests()).at(-1)).toMatchObject({
        isError: true,
        text: expect.stringContaining("new /plop"),
      });
      expect(readHistory(cwd).at(-1)).toMatchObject({ event: "stopped", changed: [{ file: "CLAUDE.md" }] });
      later = inSteps([(ask) => [edit(ask, path)]], "Not done.");
      await claude.submit("please go on");
      await claude.waitFor("Do you want to make this edit");
      await claude.press("Escape");
    } finally {
      await claude.close();
    }
  });

  test("in the terminal a block is pasted behind /plop; pasted alone it is stopped with how to do it", async () => {
    const cwd = createPlopProject();
    const paste = `\u001b[200~${BLOCK}\u001b[201~`;
    const claude = await startInteractiveClaude({
      cwd,
      pluginDirs: [PLUGIN_ROOT],
      script: () => `Plan: ${sha256(planFor(["CLAUDE.md"]))}. The heron is done.`,
    });
    try {
      await claude.type(paste);
      await claude.waitFor("Pasted text");
      await claude.press("Enter");
      await claude.waitFor("type /plop, a space, and paste the block");
      expect(claude.requests()).toEqual([]);
      // The stopped prompt stays in the input.
      await claude.press("C-c");
      await claude.waitFor(/^❯\s*$/mu);
      await claude.type("/plop ");
      await claude.type(paste);
      await claude.waitFor("Pasted text");
      await claude.press("Enter");
      await claude.waitFor("The heron is done.");
      await claude.waitFor(/The\s+approval\s+is\s+spent/u);
      expect(readHistory(cwd).map(({ event }) => event)).toEqual(["approved", "executed"]);
    } finally {
      await claude.close();
    }
  });
}
