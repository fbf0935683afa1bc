import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PromptFile } from "../audit/instructions/prompt-file.ts";

/** Stands in for the reading of every prompt file until that is there. */
export function readPromptFiles(project: string): readonly PromptFile[] {
  return ["CLAUDE.md", "AGENTS.md", ".claude/rules/planning.md"].flatMap((path) => {
    try {
      return [{ path, text: readFileSync(join(project, path), "utf8") }];
    } catch {
      return [];
    }
  });
}
