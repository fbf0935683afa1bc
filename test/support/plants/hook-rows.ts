import { isFailed, resultText, type SessionAgent } from "../exporters/session.ts";
import { asObject, type JsonObject, type LegacyObservation, textOf } from "../langfuse/store.ts";
import { clone, isTool, pick, type PlantedActor, requestsOf, type Templates, type Writer } from "./rows.ts";
import { isFailedRequest, type PlantedCall, type PlantedStep } from "./session.ts";

/**
 * The plugins and hooks that read a session's transcript. How they name tools, where they hang them, whether they write
 * a row for each request and how they flag a failure is taken from the recorded rows.
 */
export function hookWriter({ host, sample }: Templates): Writer {
  const tool = pick(host, isTool, "a call");
  const failure = pick(sample, (row) => isTool(row) && isExit(row.output), "a failed call");
  const requests = requestsOf(host);
  const isNested = requests.some(({ id }) => id === tool.parentObservationId);
  const prefix = String(tool.name).startsWith("Tool: ") ? "Tool: " : "";

  const toolRow = (call: PlantedCall, parent: unknown): LegacyObservation => {
    const text = resultText(call);
    const known = asObject(tool.metadata);
    const flag = isFailed(call)
      ? { level: failure.level, statusMessage: failure.statusMessage === null ? null : text }
      : {};
    return clone(tool, call.id, call.start, call.end, {
      name: `${prefix}${call.tool}`,
      parentObservationId: parent,
      input: call.input,
      output: call.output,
      metadata: { ...known, tool_name: call.tool, tool_id: call.id, ...sized(known, "output_meta", text) },
      ...flag,
    });
  };

  const requestRow = (step: PlantedStep, at: number, { parent, agent }: PlantedActor): readonly LegacyObservation[] => {
    const template = requests[0];
    // A transcript's answers hold no failed request but the last, which ends the turn.
    if (requests.length < 2 || template === undefined || isFailedRequest(step)) return [];
    const known = asObject(template.metadata);
    const isNumbered = String(template.name).startsWith("LLM Call ");
    const asked = step.calls.map(({ id, tool: name }) => ({ id, name }));
    const output = isNumbered
      ? {
          role: "assistant",
          ...(step.text === "" ? {} : { content: step.text }),
          ...(asked.length > 0 ? { tool_calls: asked } : {}),
        }
      : { role: "assistant", content: step.text };
    const row = clone(template, `${agent?.id ?? ""} request ${at}`, step.start, step.end, {
      name: isNumbered ? `${agent === null ? "" : "Subagent "}LLM Call ${at + 1}` : step.model,
      parentObservationId: parent,
      input: null,
      output,
      model: step.model,
      usageDetails: step.usage,
      metadata: {
        ...known,
        ...("assistant_index" in known ? { assistant_index: at } : {}),
        tool_count: step.calls.length,
      },
    });
    return [row];
  };

  const agentRows = (call: PlantedCall, agent: SessionAgent, parent: unknown): readonly LegacyObservation[] => {
    const span = sample.observations.find(({ name }) => textOf(name)?.startsWith("Subagent: ") === true);
    if (span === undefined) return [];
    const row = clone(span, `${call.id} agent`, agent.start, agent.end, {
      name: `Subagent: ${agent.description}`,
      parentObservationId: parent,
      input: { role: "user", content: agent.prompt },
      output: { role: "assistant", content: agent.answer },
      metadata: {
        ...asObject(span.metadata),
        description: agent.description,
        transcript_path: `agent-${agent.id}.jsonl`,
      },
    });
    return [row, ...agent.steps.flatMap((one, at) => stepRows(one, at, { parent: row.id, agent }))];
  };

  const stepRows = (step: PlantedStep, at: number, actor: PlantedActor): readonly LegacyObservation[] => {
    const asked = requestRow(step, at, actor);
    const parent = isNested ? (asked[0]?.id ?? actor.parent) : actor.parent;
    return [
      ...asked,
      ...step.calls.flatMap((call) => [
        toolRow(call, parent),
        ...(call.agent === null ? [] : agentRows(call, call.agent, parent)),
      ]),
    ];
  };
  return { step: stepRows, stretch: (row) => row };
}

const isExit = (output: unknown): boolean => textOf(output)?.startsWith("Exit code ") === true;

/** Some exporters note how long a text was. */
function sized(known: JsonObject, key: string, text: string): JsonObject {
  return key in known ? { [key]: { truncated: false, orig_len: text.length } } : {};
}
