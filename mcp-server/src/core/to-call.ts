import { toCommand } from "./commands.ts";
import type { CallError, EditFacts, TaskStep, Todo, ToolCall } from "./event.ts";
import { hash } from "./hash.ts";
import { isRecord, own, scalarText, text, toNumber, toValue, type JsonRecord } from "./json.ts";
import { readNested, readText, type Metadata } from "./metadata.ts";
import type { Observation } from "./observation.ts";
import { blocksText } from "./prompt.ts";
import { toErrorKind } from "./tool-errors.ts";
import { isShell, toOp, toToolName } from "./tools.ts";

export type NamedCall = { readonly call: ToolCall; readonly subagent: string | null };

const DEMANDS_READ = /^(?:<tool_use_error>)?File has (?:not been read yet|been (?:unexpectedly )?modified)/u;

/** The tool call that an observation records. */
export function toCall(observation: Observation): NamedCall {
  const { metadata } = observation;
  const written =
    readText(metadata, "tool_name") ??
    readText(metadata, "gen_ai.tool.name") ??
    readText(metadata, "tool.name") ??
    observation.name;
  const named = toToolName(written);
  const { tool } = named;
  const subagentInName = named.subagent ?? toToolName(observation.name).subagent;
  const input = toInput(observation);
  const result = toResult(observation);
  const commandText = isShell(tool) ? commandOf(input, metadata) : null;
  const command = commandText === null ? null : toCommand(commandText);
  const path = pathOf(input, metadata);
  const subagent = tool === "agent" ? subagentOf(input, metadata, subagentInName) : null;
  return {
    call: {
      id: observation.id,
      start: observation.start,
      end: observation.end,
      subagent,
      actor: "main",
      batch: 0,
      epoch: 0,
      tool,
      op: command?.op ?? toOp(tool),
      callId:
        readText(metadata, "tool_use_id") ??
        readText(metadata, "tool_id") ??
        readText(metadata, "tool.call.id") ??
        readText(metadata, "gen_ai.tool.call.id"),
      path,
      range: input === null ? null : rangeOf(input),
      command,
      inputHash: input === null ? (command?.hash ?? null) : hashInput(input),
      error: toCallError(tool, observation.level === "ERROR", result),
      isErrorVisible: observation.level === "ERROR" || result !== null,
      outputSize: toNumber(readNested(metadata, "output_meta", "orig_len")) ?? (result === null ? null : result.length),
      isEmptyResult: result !== null && /^\s*(?:No (?:files|matches) found\b|$)/u.test(result.slice(0, 100)),
      demandsRead: result !== null && DEMANDS_READ.test(result.slice(0, 200)),
      isBackground:
        (input !== null && own(input, "run_in_background") === true) ||
        (result?.startsWith("Async agent launched") ?? false),
      task: toTaskStep(tool, input, observation, result),
      todos: tool === "todowrite" && input !== null ? toTodos(own(input, "todos")) : null,
      edit: input === null || toOp(tool) !== "edit" ? null : toEdit(input, path),
    },
    subagent,
  };
}

/** The tool's arguments, or null when the exporter does not record them. */
function toInput({ input, metadata }: Observation): JsonRecord | null {
  const value = toValue(input);
  if (isRecord(value)) {
    const inner = toValue(own(value, "input"));
    return isRecord(inner) ? inner : value;
  }
  const parameters = toValue(readText(metadata, "tool.parameters"));
  return isRecord(parameters) ? parameters : null;
}

/** The start and length of what the tool answered, as one text; null when the exporter does not record it. */
function toResult({ output, statusMessage, level }: Observation): string | null {
  if (level === "ERROR" && statusMessage !== "") return statusMessage;
  const value = toValue(output);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return blocksText(value) ?? "";
  if (!isRecord(value)) return null;
  return text(own(value, "error")) ?? text(toValue(own(value, "output"))) ?? "";
}

function toCallError(tool: string, isFlagged: boolean, result: string | null): CallError | null {
  const kind = result === null ? null : toErrorKind(tool, result);
  // OpenInference's word for a call that was still running when its query ended.
  if (isFlagged && result === "Abandoned") return { kind: "interrupted", isInferred: false };
  if (isFlagged) return { kind: kind ?? "tool_error", isInferred: false };
  return kind === null ? null : { kind, isInferred: true };
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
  const parts = ["offset", "limit", "pages"].map((key) => scalarText(own(input, key)) ?? "");
  return parts.every((part) => part === "") ? "" : parts.join(":");
}

/** Equal for equal arguments in any order of keys (old servers sort them anew). Long texts count by start and length. */
function hashInput(input: JsonRecord): string {
  const keys = Object.keys(input);
  let written = "";
  for (const key of keys.length > 1 ? keys.sort() : keys) {
    if (key === "description") continue;
    const value = input[key];
    const part = typeof value === "string" ? value : writeJson(value);
    written += `${key}=${part.length}:${part.length > 1000 ? part.slice(0, 1000) : part}\n`;
  }
  return hash(written);
}

function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    // Thousands of levels deep: it parses, but writing it overflows the stack.
    return "too deep";
  }
}

function subagentOf(input: JsonRecord | null, metadata: Metadata, inName: string | null): string | null {
  const given = input === null ? null : text(own(input, "subagent_type"));
  const recorded = given ?? readText(metadata, "subagent_type") ?? readText(metadata, "agent_type") ?? inName;
  return recorded ?? (input === null ? null : "general-purpose");
}

function toTaskStep(
  tool: string,
  input: JsonRecord | null,
  observation: Observation,
  result: string | null,
): TaskStep | null {
  if (tool === "taskcreate") {
    const output = toValue(observation.output);
    const task = isRecord(output) ? toValue(own(output, "task")) : undefined;
    const id = isRecord(task)
      ? scalarText(own(task, "id"))
      : (/^Task #(\d{1,9}) created/u.exec(result ?? "")?.[1] ?? null);
    return { action: "create", id, status: null };
  }
  if (tool !== "taskupdate") return null;
  const field = (key: string): string | null => (input === null ? null : scalarText(own(input, key)));
  return { action: "update", id: field("taskId") ?? field("task_id"), status: field("status") };
}

function toTodos(raw: unknown): readonly Todo[] | null {
  const list = toValue(raw);
  if (!Array.isArray(list)) return null;
  return list.slice(0, 500).flatMap((item) => {
    if (!isRecord(item)) return [];
    return [{ key: hash(text(own(item, "content")) ?? ""), status: text(own(item, "status")) ?? "pending" }];
  });
}

const TEST_FILE = /(?:^|[/._-])(?:tests?|specs?|__tests__)(?:[/._-]|$)/iu;
const ASSERT = /\b(?:assert\w*|expect\w*|should|require\.\w+|t\.(?:Error|Fatal)\w*)\b/gu;
const SKIP =
  /\b(?:it|test|describe)\.(?:skip|only|todo)\b|\bx(?:it|describe)\(|@(?:pytest\.mark\.)?(?:skip|ignore|Disabled)|\bt\.Skip\b/gu;

function toEdit(input: JsonRecord, path: string | null): EditFacts {
  const before = text(own(input, "old_string"));
  const after = scalarText(own(input, "new_string")) ?? (before === null ? null : "");
  const isTestFile = path !== null && TEST_FILE.test(path);
  const count = (value: string, pattern: RegExp): number => value.slice(0, 20_000).match(pattern)?.length ?? 0;
  return {
    oldHash: before === null ? null : hash(before),
    newHash: after === null ? null : hash(after),
    weakensTest:
      isTestFile &&
      before !== null &&
      after !== null &&
      (count(after, ASSERT) < count(before, ASSERT) || count(after, SKIP) > count(before, SKIP)),
  };
}
