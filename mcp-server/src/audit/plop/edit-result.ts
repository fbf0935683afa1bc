import { toEdited } from "../edited.ts";
import { judgeChange } from "../sentences/judge-change.ts";
import type { JsonRecord } from "../../trace/values/json.ts";
import type { ApprovedFile } from "./approval.ts";

/** What a file will hold after an edit that may be made, or why it may not. */
export type EditResult = { readonly after: string } | { readonly refused: string };

/**
 * Judges what an edit makes of a listed file: by its text at the approval, which the human's review was about. `path` is
 * relative to the project, links followed; `known` is what the file holds, null without one.
 */
export function judgeEditResult(
  { before, sha256_before }: ApprovedFile,
  path: string,
  { tool, input }: { readonly tool: string; readonly input: JsonRecord },
  known: string | null,
): EditResult {
  const after = toEdited(tool, input, known);
  if (after === null)
    return {
      refused: `what it would make of ${path} cannot be told before it is done. Name text that stands there once, word for word, or write the whole file with Write`,
    };
  const reasons = judgeChange(path, sha256_before === null ? null : before, after);
  return reasons.length === 0 ? { after } : { refused: explainChange(path, reasons) };
}

/** What speaks against a change of a file, as the end of a sentence. */
export function explainChange(path: string, reasons: readonly string[]): string {
  return `the change gives ${path} more than words:\n${reasons.map((reason) => `- ${reason}`).join("\n")}\nLeave that out. If the plan asks for it, tell the human which line they have to add themselves`;
}

/** A text as it is compared with what was written: editors and Claude Code itself may differ in line ends, a byte order mark and white space at the end of lines. */
export function toCompared(text: string): string {
  return text
    .replace(/^\ufeff/u, "")
    .replaceAll(/\r\n?/gu, "\n")
    .replaceAll(/[ \t]+$/gmu, "")
    .replace(/\n*$/u, "\n");
}
