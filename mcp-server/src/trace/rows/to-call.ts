import { isCheck } from "../call/closing-lines.ts";
import { readClosings } from "../call/read-closings.ts";
import { readHookChecks } from "../call/hook-checks.ts";
import { readMadeCommits } from "../call/made-commits.ts";
import { toFailureClass, toNeverRan, type FailureClass } from "../call/command-failures.ts";
import { toCommand, type Command } from "../shell/command.ts";
import { toOneLine, truncate } from "../values/names.ts";
import { redactSecrets } from "../redact/redact.ts";
import { toEdit } from "../call/edit-facts.ts";
import type { CallError, TaskStep, Todo, ToolCall } from "../call/tool-call.ts";
import { hash } from "../values/hash.ts";
import { hashInput } from "../values/input-hash.ts";
import { isRecord, own, scalarText, text, toNumber, toValue, type JsonRecord } from "../values/json.ts";
import { read, readNested, readText, type Metadata } from "./metadata.ts";
import type { Observation } from "./observation.ts";
import { fromDenial, toErrorKind } from "../call/error-kinds.ts";
import { isInBackground, toResult } from "./tool-result.ts";
import { isShell, toOp, toToolName } from "../call/tools.ts";

const DEMANDS_READ = /^(?:<tool_use_error>)?File has (?:(not been read yet)|been (?:unexpectedly )?modified)/u;

/** The folder that a command was to run in is not there (zsh, bash, dash). */
const LOST =
  /^(?:Exit code \d+\n)?[^\n]{0,200}\bcd:(?:\d+:)? (?:can't cd|[^\n]{0,300}(?:no such file or directory|not a directory))/iu;

const NONE: readonly never[] = [];

/** The tool call that an observation records. */
export function toCall(observation: Observation): ToolCall {
  const { metadata } = observation;
  const written =
    readText(metadata, "tool_name") ??
    readText(metadata, "gen_ai.tool.name") ??
    readText(metadata, "tool.name") ??
    observation.name;
  const named = toToolName(written);
  const { tool } = named;
  const input = toInput(observation);
  const output = toValue(observation.output);
  const result = toResult(observation, output);
  const commandText = isShell(tool) ? commandOf(input, metadata) : null;
  const command = commandText === null ? null : toCommand(commandText);
  const error = toCallError(tool, observation, result);
  const path = pathOf(input, metadata);
  const subagent =
    tool === "agent" ? subagentOf(input, metadata, named.subagent ?? toToolName(observation.name).subagent) : null;
  return {
    id: observation.id,
    start: observation.start,
    end: observation.end,
    subagent,
    skill: tool === "skill" && input !== null ? (text(own(input, "skill")) ?? text(own(input, "command"))) : null,
    actor: "main",
    batch: 0,
    epoch: 0,
    tool,
    op: command?.op ?? toOp(tool),
    callId:
      readText(metadata, "tool_use_id") ??
      readText(metadata, "tool_id") ??
      readText(metadata, "tool.call.id") ??
      readText(metadata, "tool.id") ??
      readText(metadata, "gen_ai.tool.call.id"),
    path,
    range: input === null ? null : rangeOf(input),
    command,
    inputHash: input === null ? (command?.hash ?? null) : hashInput(input),
    error,
    refusedWith: toWords(result),
    closings: hasRunner(command) && result !== null ? readClosings(result) : NONE,
    hookChecks: hasHook(command) && result !== null ? readHookChecks(result) : NONE,
    commits: isCommit(command) && result !== null ? readMadeCommits(result) : NONE,
    failure: command === null || result === null ? null : toFailure(command, error, result),
    isErrorVisible: observation.level === "ERROR" || result !== null,
    outputSize: toNumber(readNested(metadata, "output_meta", "orig_len")) ?? (result === null ? null : result.length),
    isEmptyResult: result !== null && /^\s*(?:No (?:files|matches) found\b|$)/u.test(result.slice(0, 100)),
    demandsRead: result === null ? null : toDemand(result),
    isNewFile: result?.startsWith("File created successfully") ?? false,
    neverRan: isShell(tool) && result !== null && LOST.test(result.slice(0, 600)),
    isBackground:
      (input !== null && own(input, "run_in_background") === true) || isInBackground(observation, output, result),
    changed: NONE,
    read: NONE,
    task: toTaskStep(tool, input, output, result),
    todos: tool === "todowrite" && input !== null ? toTodos(own(input, "todos")) : null,
    edit: input === null || toOp(tool) !== "edit" ? null : toEdit(input, path),
  };
}

/** What a human said when refusing a call, as Claude Code hands it on to the model. */
const WORDS =
  /^The user doesn't want to [\s\S]{0,400}?(?:the user said:|provided the following reason for the rejection:)\s*([\s\S]{1,2000})/u;
const MAX_WORDS = 120;

function toWords(result: string | null): string | null {
  const said = result === null ? undefined : WORDS.exec(result.slice(0, 3000))?.[1];
  if (said === undefined) return null;
  // Redacting before cutting, as for a prompt.
  const line = toOneLine(redactSecrets(said));
  return line === "" ? null : truncate(line, MAX_WORDS);
}

/** Whether a runner may have its say in the output: a check's, or that of a hook of a commit or push. */
function hasRunner(command: Command | null): boolean {
  return hasHook(command) || (command !== null && command.steps.some(({ kind }) => isCheck(kind)));
}

function hasHook(command: Command | null): boolean {
  return command !== null && command.steps.some(({ git }) => git?.action === "commit" || git?.action === "push");
}

function isCommit(command: Command | null): boolean {
  return command !== null && command.steps.some(({ git }) => git?.action === "commit");
}

function toFailure({ steps }: Command, error: CallError | null, result: string): FailureClass | null {
  if (error?.kind === "nonzero_exit" || error?.kind === "tool_error") return toFailureClass(result);
  if (error?.kind === "timeout") return "timed out";
  return error === null && steps.some(({ hidden }) => hidden !== null) ? toNeverRan(result) : null;
}

function toDemand(result: string): ToolCall["demandsRead"] {
  const found = DEMANDS_READ.exec(result.slice(0, 200));
  if (found === null) return null;
  return found[1] === undefined ? "changed" : "unread";
}

/** The tool's arguments, or null when the exporter does not record them. */
function toInput({ input, metadata }: Observation): JsonRecord | null {
  const value = toValue(input);
  if (isRecord(value)) {
    const inner = toValue(own(value, "input"));
    return isRecord(inner) ? inner : value;
  }
  const parameters = toValue(read(metadata, "tool.parameters"));
  return isRecord(parameters) ? parameters : null;
}

function toCallError(tool: string, { level, metadata }: Observation, result: string | null): CallError | null {
  const isFlagged = level === "ERROR";
  const told = result === null ? null : toErrorKind(tool, result);
  const denied = fromDenial(readText(metadata, "tool_denial_kind"));
  if (denied !== null && (told === null || told === "tool_error")) return { kind: denied, isInferred: false };
  // OpenInference's word for a call that was still running when its query ended.
  if (isFlagged && result === "Abandoned") return { kind: "interrupted", isInferred: false };
  if (isFlagged) return { kind: told ?? "tool_error", isInferred: false };
  return told === null ? null : { kind: told, isInferred: true };
}

function commandOf(input: JsonRecord | null, metadata: Metadata): string | null {
  const given = input === null ? null : scalarText(own(input, "command"));
  return given ?? readText(metadata, "full_command") ?? readText(metadata, "tool.command");
}

const PATH_KEYS = ["file_path", "notebook_path", "path"] as const;

function pathOf(input: JsonRecord | null, metadata: Metadata): string | null {
  for (const key of PATH_KEYS) {
    const path = input === null ? null : text(own(input, key));
    if (path !== null) return path;
  }
  return readText(metadata, "file_path") ?? readText(metadata, "tool.file_path");
}

function rangeOf(input: JsonRecord): string {
  const offset = scalarText(own(input, "offset")) ?? "";
  const limit = scalarText(own(input, "limit")) ?? "";
  const pages = scalarText(own(input, "pages")) ?? "";
  return offset === "" && limit === "" && pages === "" ? "" : `${offset}:${limit}:${pages}`;
}

function subagentOf(input: JsonRecord | null, metadata: Metadata, inName: string | null): string | null {
  const given = input === null ? null : text(own(input, "subagent_type"));
  const recorded = given ?? readText(metadata, "subagent_type") ?? readText(metadata, "agent_type") ?? inName;
  return recorded ?? (input === null ? null : "general-purpose");
}

function toTaskStep(tool: string, input: JsonRecord | null, output: unknown, result: string | null): TaskStep | null {
  if (tool === "taskcreate") {
    const task = isRecord(output) ? toValue(own(output, "task")) : undefined;
    const id = isRecord(task)
      ? scalarText(own(task, "id"))
      : (/^Task #(\d{1,9}) created/u.exec(result ?? "")?.[1] ?? null);
    return { action: "create", id, status: null };
  }
  if (tool !== "taskupdate") return null;
  if (input === null) return { action: "update", id: null, status: null };
  const id = scalarText(own(input, "taskId")) ?? scalarText(own(input, "task_id"));
  return { action: "update", id, status: scalarText(own(input, "status")) };
}

function toTodos(raw: unknown): readonly Todo[] | null {
  const list = toValue(raw);
  if (!Array.isArray(list)) return null;
  return list.slice(0, 500).flatMap((item) => {
    if (!isRecord(item)) return [];
    return [{ key: hash(text(own(item, "content")) ?? ""), status: text(own(item, "status")) ?? "pending" }];
  });
}
