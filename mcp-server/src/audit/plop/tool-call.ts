import { EDITING_TOOLS } from "../editing-tools.ts";
import { judgePromptFile } from "../instructions/judge-prompt-file.ts";
import { own, text, type JsonRecord } from "../../trace/values/json.ts";
import { PLAN_PATH } from "../layout/places.ts";
import type { Approval, ApprovedFile } from "./approval.ts";
import { isReading, judgeReading, type ReadTarget } from "./reading.ts";
import { startsPlop } from "./shell-start.ts";
import { isTyped } from "./typed-plop.ts";

/** A tool call as a PreToolUse or PermissionRequest event tells it. */
export type ToolCall = {
  readonly tool: string;
  readonly input: JsonRecord;
  readonly isSubagent: boolean;
  readonly promptId: string | null;
};

/** Where a path that is to be written leads once all links are followed (absolute), or why that is not certain. */
export type Target = { readonly real: string; readonly inProject: string | null } | { readonly problem: string };

/**
 * `pass`: Claude Code's own rules decide, as without a `/plop`; `input` replaces the call's where that names its file by
 * another path than the real one. `allow`: the human's `/plop` covers an edit of that file (`path`, links followed),
 * if what it makes of it may be made.
 * `ask`: passes, and ends the approval. `deny`: refused, with the reason for the model.
 */
export type Verdict =
  | { readonly is: "pass"; readonly input: JsonRecord | null }
  | { readonly is: "allow"; readonly file: ApprovedFile; readonly path: string; readonly input: JsonRecord }
  | { readonly is: "ask" }
  | { readonly is: "deny"; readonly reason: string };

/** How the paths of a call are looked up: where an edit would write, and what a reading tool would read. */
export type Lookup = {
  readonly cwd: string;
  readonly toWrite: (path: string) => Target;
  readonly toRead: (path: string) => ReadTarget;
};

/** They keep the agent's own list or load a tool's description, and touch nothing else. What is not named here is refused. */
const HARMLESS = new Set(["ToolSearch", "TodoWrite", "TaskCreate", "TaskUpdate", "TaskList", "TaskGet"]);
const ASKING = "AskUserQuestion";
const SHELLS = new Set(["Bash", "PowerShell", "Monitor", "BashOutput", "KillShell", "KillBash"]);
const DELEGATING = new Set(["Agent", "Task", "SendMessage", "Workflow", "Skill", "SlashCommand"]);

/** They hand a text to a session as if it had been typed. */
const SENDING = new Set(["SendMessage", "CronCreate", "ScheduleWakeup", "RemoteTrigger"]);

/** Judges a call in a guarded turn. */
export function judgeCall(approval: Approval, call: ToolCall, lookup: Lookup): Verdict {
  if (isReading(call.tool)) {
    const reading = judgeReading(call.tool, call.input, lookup.cwd, lookup.toRead);
    return "refused" in reading
      ? deny(`${name(call)} is refused while a /plop runs: ${reading.refused}.`)
      : { is: "pass", input: reading.input };
  }
  if (call.isSubagent) return deny(`${name(call)} is refused: while a /plop runs, subagents only read.`);
  const key = EDITING_TOOLS.get(call.tool);
  if (key !== undefined) return judgeEdit(approval, call, key, lookup);
  if (HARMLESS.has(call.tool)) return { is: "pass", input: null };
  if (call.tool === ASKING) return { is: "ask" };
  return deny(`${name(call)} is refused while a /plop runs: ${whyNot(call.tool)}`);
}

function judgeEdit(approval: Approval, call: ToolCall, key: string, { toWrite }: Lookup): Verdict {
  if (approval.stage === "pending")
    return deny(
      `${name(call)} is refused: no plan was approved in this turn. Stop, and tell the human to type /plop again.`,
    );
  if (approval.stage !== "running")
    return deny(
      `${name(call)} is refused: the approval has ended (${approval.cause ?? "the turn was over"}). Going on takes a new /plop, typed by the human.`,
    );
  if (call.promptId !== approval.prompt_id)
    return deny(`${name(call)} is refused: the approval is for another turn. Going on takes a new /plop.`);
  const path = text(own(call.input, key));
  if (path === null) return deny(`${name(call)} is refused: it names no file.`);
  for (const other of new Set(EDITING_TOOLS.values()))
    if (other !== key && Object.hasOwn(call.input, other)) return deny(`${name(call)} is refused: it names two files.`);
  const shape = judgePath(path);
  if (shape !== null) return deny(`${name(call)} is refused: ${shape}.`);
  const target = toWrite(path);
  if ("problem" in target) return deny(`${name(call)} is refused: ${target.problem}.`);
  const file = approval.files.find(({ real }) => real === target.real);
  if (file !== undefined)
    return { is: "allow", file, path: target.inProject ?? file.file, input: { ...call.input, [key]: file.real } };
  return deny(explainUnlisted(call, target.inProject));
}

/** Spellings of a path that two programs could read in two ways. Claude Code itself hands over plain absolute paths. */
function judgePath(path: string): string | null {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/u.test(path)) return "its path holds a control character";
  if (path.trim() !== path) return "its path begins or ends with white space";
  if (!/^(?:\/|[A-Za-z]:[\\/])/u.test(path)) return "its path is not absolute; name the file from the root on";
  if (/[\\/]$/u.test(path)) return "its path ends with a slash";
  if (/(?:^|[\\/])\.{1,2}(?:[\\/]|$)/u.test(path)) return "its path holds . or .. steps";
  return null;
}

function explainUnlisted(call: ToolCall, inProject: string | null): string {
  const outside = "it leads out of the project, and a plan is only about files of the project";
  const never = inProject === null ? outside : judgePromptFile(inProject);
  const refused = `${name(call)} is refused: ${inProject === null ? "the file" : inProject} is not listed under "## Files to Modify" of the approved plan`;
  if (never !== null) return `${refused}, and can't be: ${never}. Leave it as it is.`;
  return `${refused}. If it is needed, stop and tell the human to add this line under "## Files to Modify" in ${PLAN_PATH} and to type /plop again:\n- ${inProject ?? ""}`;
}

function whyNot(tool: string): string {
  if (SHELLS.has(tool))
    return "it runs no command, because any command could write files. Use Read to read; edit listed files with Edit or Write.";
  if (DELEGATING.has(tool))
    return "no other agent, skill or session may act in its place. Carry out the plan's steps yourself.";
  if (tool.startsWith("mcp__")) return "no MCP server may act in its place.";
  return "only reading, editing the plan's files, the task list and a question to the human are left to it.";
}

function name({ tool }: ToolCall): string {
  return tool.slice(0, 100);
}

function deny(reason: string): Verdict {
  return { is: "deny", reason };
}

/**
 * Why a call is refused with or without a `/plop`, or null: only a human starts one. Claude Code itself keeps the command
 * from the Skill tool and expands no scheduled prompt; a shell could start a second Claude Code that types it.
 */
export function judgeStart({ tool, input }: Pick<ToolCall, "tool" | "input">): string | null {
  // What a call says of itself to the human starts nothing.
  const texts = Object.entries(input).flatMap(([key, value]) => (key === "description" ? [] : textsIn(value, 5)));
  const isStart = SHELLS.has(tool)
    ? texts.some(startsPlop)
    : tool === "Skill" || tool === "SlashCommand"
      ? texts.some((value) => /^\s*\/?(?:trace-audit:)?plop(?:\s|$)/iu.test(value))
      : SENDING.has(tool) && texts.some((value) => isTyped(value.trimStart()));
  return isStart ? `${tool} is refused: only a human starts /plop, by typing it.` : null;
}

/** Every text of a tool's input, also those in lists and objects, so many levels down. */
function textsIn(value: unknown, depth: number): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || depth === 0) return [];
  return Object.values(value).flatMap((one) => textsIn(one, depth - 1));
}
