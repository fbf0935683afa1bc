import { isFailed, resultText, type SessionAgent } from "../exporters/session.ts";
import { asObject, type JsonObject, type LegacyObservation } from "../langfuse/store.ts";
import { clone, isTool, pick, type PlantedActor, requestsOf, type Templates, type Writer } from "./rows.ts";
import type { PlantedCall, PlantedStep } from "./session.ts";

/** What Claude Code refuses before a call starts; its own telemetry writes no row of it. */
const NEVER_STARTED = /^<tool_use_error>(?!File content)/u;
const DENIED = /^Claude requested permissions|needs approval\. The path/u;
const STOPPED = /^The user doesn't want to proceed/u;

/** Claude Code's own telemetry: three rows a call, no input and no output, paths and commands when they are asked for. */
export function nativeWriter({ host, sample }: Templates): Writer {
  const tool = pick(host, isTool, "a call");
  const part = (name: string): LegacyObservation =>
    pick(host, (row) => row.name === `claude_code.tool.${name}` && row.parentObservationId === tool.id, name);
  const [blocked, execution] = [part("blocked_on_user"), part("execution")];
  const failure = pick(
    sample,
    ({ name, level }) => name === "claude_code.tool.execution" && level === "ERROR",
    "a failure",
  );
  const request = requestsOf(host)[0] ?? tool;
  const hasDetails = "file_path" in attributesOf(tool);

  const toolRows = (call: PlantedCall, { parent, agent }: PlantedActor): readonly LegacyObservation[] => {
    const text = resultText(call);
    if (NEVER_STARTED.test(text)) return [];
    const ids = { tool_use_id: call.id, "gen_ai.tool.call.id": call.id };
    const asked = call.start + 20 + (call.waits ?? 0);
    const row = clone(tool, call.id, call.start, call.end, {
      name: call.tool,
      parentObservationId: parent,
      metadata: withAttributes(tool, {
        ...ids,
        tool_name: call.tool,
        tool_name_safe: call.tool,
        "gen_ai.tool.name": call.tool,
        file_path: hasDetails ? call.input.file_path : undefined,
        full_command: hasDetails ? call.input.command : undefined,
        agent_id: agent?.id,
        duration_ms: call.end - call.start,
      }),
    });
    const isDenied = DENIED.test(text);
    const waited = clone(blocked, `${call.id} blocked`, call.start, asked, {
      // The row of a call in flight never arrives when a human stops the turn.
      parentObservationId: row.id,
      metadata: withAttributes(blocked, { duration_ms: asked - call.start, decision: isDenied ? "reject" : "accept" }),
    });
    if (STOPPED.test(text)) return [waited];
    if (isDenied) return [row, waited];
    const isError = isFailed(call);
    const ran = clone(isError ? failure : execution, `${call.id} execution`, asked, call.end, {
      parentObservationId: row.id,
      level: isError ? "ERROR" : "DEFAULT",
      statusMessage: isError ? text : null,
      metadata: withAttributes(isError ? failure : execution, {
        ...ids,
        duration_ms: call.end - asked,
        ...(isError
          ? { error: text, error_class: text.startsWith("Exit code ") ? "ShellError" : "TelemetrySafeError" }
          : {}),
      }),
    });
    return [row, waited, ran, ...(call.agent === null ? [] : agentRows(call.agent, ran.id))];
  };

  const agentRows = (agent: SessionAgent, parent: string): readonly LegacyObservation[] =>
    agent.steps.flatMap((one, at) => stepRows(one, at, { parent, agent }));

  const stepRows = (step: PlantedStep, at: number, actor: PlantedActor): readonly LegacyObservation[] => {
    const isError = step.text.startsWith("API Error");
    const end = step.calls[0]?.start ?? step.end;
    const asked = clone(request, `${actor.agent?.id ?? ""} request ${at}`, step.start, end, {
      parentObservationId: actor.parent,
      level: isError ? "ERROR" : "DEFAULT",
      statusMessage: isError ? "Overloaded" : null,
      metadata: withAttributes(request, {
        agent_id: actor.agent?.id,
        query_source_safe: actor.agent === null ? "sdk" : `agent.builtin.${actor.agent.type}`,
        "llm_request.context": actor.agent === null ? "interaction" : "tool",
        input_tokens: isError ? undefined : step.usage.input,
        success: !isError,
        stop_reason: isError ? undefined : step.calls.length > 0 ? "tool_use" : "end_turn",
        duration_ms: end - step.start,
        ...(isError ? { status_code: 529, error: "Overloaded", error_class: "server_overload" } : {}),
      }),
    });
    return [asked, ...step.calls.flatMap((call) => toolRows(call, actor))];
  };
  return {
    step: stepRows,
    stretch: (row, shift) => {
      const length = Number(attributesOf(row)["interaction.duration_ms"]) + shift;
      return { ...row, metadata: withAttributes(row, { "interaction.duration_ms": length }) };
    },
  };
}

/** The Agent SDK through OpenInference in JavaScript: calls flat below the query, results as the SDK has them. */
export function openinferenceWriter({ host }: Templates): Writer {
  const tool = pick(host, isTool, "a call");
  const callRows = (call: PlantedCall, parent: string | null): readonly LegacyObservation[] => {
    const text = resultText(call);
    const isStopped = STOPPED.test(text);
    const failure = isFailed(call) ? { level: "ERROR", statusMessage: isStopped ? "Abandoned" : text } : {};
    const row = clone(tool, call.id, call.start, call.end, {
      name: call.tool,
      parentObservationId: parent,
      input: call.input,
      output: isFailed(call) ? null : toStructured(call, text),
      metadata: withAttributes(tool, { "tool.name": call.tool, "tool.parameters": JSON.stringify(call.input) }),
      ...failure,
    });
    const inner = call.agent?.steps.flatMap(({ calls }) => calls) ?? [];
    return [row, ...inner.flatMap((one) => callRows(one, parent))];
  };
  return {
    step: ({ calls }, _at, { parent }) => calls.flatMap((call) => callRows(call, parent)),
    stretch: (row) => row,
  };
}

/** A result as a tool gives it to the SDK, of which the text that the model reads is made. */
function toStructured({ tool, input }: PlantedCall, text: string): JsonObject {
  const isNone = /^No (?:files|matches) found/u.test(text);
  if (tool === "Bash") return { stdout: text, stderr: "", interrupted: false, isImage: false, noOutputExpected: false };
  if (tool === "Read")
    return {
      type: "text",
      file: { filePath: input.file_path, content: text, numLines: 1, startLine: 1, totalLines: 1 },
    };
  if (tool === "Grep")
    return { mode: "content", numFiles: 0, filenames: [], content: isNone ? "" : text, numLines: isNone ? 0 : 1 };
  if (tool === "Agent") return { status: "completed", prompt: input.prompt, content: [{ type: "text", text }] };
  if (tool === "TaskCreate") return { task: { id: "1", subject: input.subject } };
  return { filePath: input.file_path, oldString: input.old_string, newString: input.new_string };
}

const attributesOf = ({ metadata }: LegacyObservation): JsonObject => asObject(asObject(metadata).attributes);

/** The row's metadata with other attributes, each as text; those that are undefined are left out. */
function withAttributes(row: LegacyObservation, changed: JsonObject): JsonObject {
  const all = Object.entries({ ...attributesOf(row), ...changed }).filter(([, value]) => value !== undefined);
  const texts = all.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  return { ...asObject(row.metadata), attributes: Object.fromEntries(texts) };
}
