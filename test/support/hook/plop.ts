import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { createDemoProject } from "../demo/project.ts";
import { writeFile } from "../files/tree.ts";
import { openHookSession, type HookSession } from "./session.ts";
import { PLAN } from "../replay/audit.ts";

/** The plan's block for these files. */
export function blockFor(files: readonly string[]): string {
  return `/plop

Goal: Let the agent plan before it acts.

Steps:
${files.map((file, at) => `${at + 1}. In ${file}: Begin with a PLAN section.`).join("\n")}
${files.length + 1}. Do NOT modify runtime code — prompt changes only.

Acceptance Criteria (measurable):
- ≥1 post-change run shows a PLAN section emitted before first tool call. Audited: false.
- Tool calls per task decrease versus the audited trace. Audited: 12.
- Task success rate does not drop (binary success flag unchanged or improved). Audited: true.`;
}

/** A plan as /audit writes it, about these files. */
export function planFor(files: readonly string[], block = blockFor(files)): string {
  return `# Audit Implementation Plan

## Source Trace

- Trace ID: 4f2a
- Goal: Add a percent function
- Date: 2026-11-20T09:12:44.000Z

## Observed Issues

1. The task list is written late (evidence: late_planning)

## Root Causes (Prompt-Level)

1. The instructions do not say when to plan

## Proposed Changes

${files.map((file, at) => `### ${at + 1}. Enforce a planning section\n\n- File: ${file}\n- Change: Begin with a PLAN section.\n- Addresses: issue 1\n- Confidence: 0.7\n- Risk: Low\n`).join("\n")}
## Files to Modify

${files.map((file) => `- ${file}`).join("\n")}

## Claude Code Execution Prompt

Guardrails:
- No runtime code changes; prompt/config files only.
- No package upgrades or installs.
- No infra changes, secrets, or environment edits.
- Stop and ask if scope is unclear.

${block}
`;
}

/** A plan of an audit that found nothing. */
export const EMPTY_PLAN = planFor(["X"], "")
  .replace(/(## Observed Issues\n\n).*\n/u, "$1None.\n")
  .replace(/(## Root Causes \(Prompt-Level\)\n\n).*\n/u, "$1No prompt change would help: all went well.\n")
  .replace(
    /(## Proposed Changes\n\n)[\s\S]*(\n## Files to Modify\n\n).*\n/u,
    "$1No prompt change would help: all went well.\n$2None.\n",
  );

/** The demo project with a plan for `CLAUDE.md`, or for other files, or none. */
export function createPlopProject(plan: string | null = planFor(["CLAUDE.md"])): string {
  const folder = createDemoProject();
  if (plan !== null) writeProjectFile(folder, PLAN, plan);
  return folder;
}

export function writeProjectFile(folder: string, path: string, content: string): void {
  writeFile(join(folder, path), content);
}

/** The input of an Edit of the demo project's CLAUDE.md that changes words alone. */
export function editOf(file_path: string) {
  return { file_path, old_string: "# calc", new_string: "# PLAN calc" };
}

export function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

const Line = z.strictObject({
  event: z.enum(["approved", "executed", "stopped", "undone", "refused"]),
  at: z.iso.datetime(),
  session_id: z.string(),
  plan_sha256: z.string().length(64).nullable(),
  plan_file: z.string().nullable(),
  files: z.array(z.string()),
  changed: z.array(
    z.strictObject({
      file: z.string(),
      sha256_before: z.string().nullable(),
      sha256_after: z.string().nullable(),
      added: z.number().int(),
      removed: z.number().int(),
    }),
  ),
  edited: z.array(z.string()),
  reason: z.string().nullable(),
  tool: z.string().nullable(),
});

/** The lines of docs/audit/approvals.jsonl. */
export function readHistory(folder: string): readonly z.infer<typeof Line>[] {
  const lines = readFileSync(join(folder, "docs/audit/approvals.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => Line.parse(JSON.parse(line)));
}

/** A session in the demo project with a plan for `CLAUDE.md`, or in another project. */
export function openPlopSession(
  project = createPlopProject(),
  data?: string,
  id?: string,
  env?: Readonly<Record<string, string>>,
): HookSession {
  return openHookSession(project, data, id, env);
}
