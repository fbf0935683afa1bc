import type { ToolCall } from "../call/tool-call.ts";
import type { TimelineEvent } from "./event.ts";
import { isRecord, own, scalarText, text, toValue, type JsonRecord } from "../values/json.ts";
import { toMetadata } from "./metadata.ts";
import type { Observation } from "./observation.ts";
import { blocksText } from "./prompt.ts";
import { toCall } from "./to-call.ts";

/**
 * A tool call that only the messages of a model request tell of, because the exporter writes no row for tools
 *. Its place: which request first held it, and where in that request's history.
 */
export type DerivedCall = {
  readonly key: string;
  readonly call: ToolCall;
  readonly start: number;
  readonly request: string;
  readonly message: number;
  readonly block: number;
  /** How many human messages came before it: what was done for an earlier one is no repetition. */
  readonly humans: number;
};

type Block = { readonly id: string | null; readonly name: string; readonly input: unknown };
type Result = { readonly content: unknown; readonly isError: boolean };

/** Collects the calls that the messages of a trace tell of, until a row that is a tool call makes them needless. */
export function createDerived(): {
  readonly add: (observation: Observation, event: TimelineEvent) => void;
  readonly calls: () => readonly DerivedCall[];
} {
  let known: Map<string, DerivedCall> | null = new Map();
  return {
    add: (observation, { kind }) => {
      if (kind === "tool") known = null;
      if (known === null || kind !== "generation") return;
      for (const call of deriveCalls(observation)) {
        const before = known.get(call.key);
        known.set(call.key, before === undefined ? call : mergeDerived(before, call));
      }
    },
    calls: () => [...(known?.values() ?? [])],
  };
}

/** The calls in a request's history and in its answer, with the results that the history holds. */
function deriveCalls(observation: Observation): readonly DerivedCall[] {
  const messages = [...toMessages(toValue(observation.input)), ...toAnswers(toValue(observation.output))];
  const results = new Map(messages.flatMap(resultsOf));
  const derived: DerivedCall[] = [];
  let humans = 0;
  messages.forEach((message, at) => {
    if (isHuman(message)) humans += 1;
    callsOf(message).forEach(({ id, name, input }, block) => {
      const result = id === null ? undefined : results.get(id);
      const call = toCall({
        ...observation,
        type: "TOOL",
        name,
        level: result?.isError === true ? "ERROR" : "DEFAULT",
        statusMessage: "",
        input,
        output: result?.content ?? null,
        metadata: toMetadata({ tool_name: name, tool_id: id }),
      });
      const { id: request, start } = observation;
      const place = { start: start ?? Number.MAX_SAFE_INTEGER, request, message: at, block, humans };
      derived.push({ key: id ?? `${request} ${at} ${block}`, call, ...place });
    });
  });
  return derived;
}

/** Of two sightings of a call: the place of the first, and the one that tells more, whichever came first. */
function mergeDerived(left: DerivedCall, right: DerivedCall): DerivedCall {
  const [first, second] = comparePlaces(left, right) <= 0 ? [left, right] : [right, left];
  const { call } = rank(second) > rank(first) ? second : first;
  return { ...first, call };
}

function rank({ call }: DerivedCall): string {
  return `${Number(call.isErrorVisible)}${Number(call.inputHash !== null)}${JSON.stringify(call)}`;
}

function comparePlaces(left: DerivedCall, right: DerivedCall): number {
  return (
    left.start - right.start ||
    (left.request < right.request ? -1 : Number(left.request > right.request)) ||
    left.message - right.message ||
    left.block - right.block
  );
}

/** The derived calls as calls in order. They have no times of their own; those of one message were asked for together. */
export function toDerivedCalls(derived: Iterable<DerivedCall>): readonly ToolCall[] {
  // Below the numbers of generations, whose texts are not those before these calls.
  let batch = -Number.MAX_SAFE_INTEGER;
  let last = "";
  return [...derived].toSorted(comparePlaces).map(({ key, call, request, message, humans }) => {
    const place = `${request} ${message}`;
    if (place !== last) batch += 1;
    last = place;
    return { ...call, id: key, start: null, end: null, actor: "main", batch, epoch: humans };
  });
}

/** The messages of a request: a list, or an object that holds one. */
function toMessages(value: unknown): readonly JsonRecord[] {
  const list = isRecord(value) ? toValue(own(value, "messages") ?? own(value, "input")) : value;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** The message of an answer: itself, the first of `choices`, a conversation, or bare content blocks. */
function toAnswers(value: unknown): readonly JsonRecord[] {
  if (Array.isArray(value)) {
    const records = value.filter(isRecord);
    const isBlocks = records.some((one) => own(one, "type") !== undefined && own(one, "role") === undefined);
    return isBlocks ? [{ role: "assistant", content: records }] : records;
  }
  if (!isRecord(value)) return [];
  if (own(value, "role") === undefined && own(value, "messages") !== undefined) return toMessages(value);
  const choices = toValue(own(value, "choices"));
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const message = isRecord(first) ? own(first, "message") : undefined;
  return [isRecord(message) ? message : value];
}

/** What a message asks for: `tool_use` blocks, and `tool_calls` with or without a `function` around name and arguments. */
function callsOf(message: JsonRecord): readonly Block[] {
  const used = blocksOf(message)
    .filter((block) => own(block, "type") === "tool_use")
    .map((block) => ({ id: scalarText(own(block, "id")), name: text(own(block, "name")), input: own(block, "input") }));
  const calls = toValue(own(message, "tool_calls"));
  const asked = (Array.isArray(calls) ? calls.filter(isRecord) : []).map((call) => {
    const inner = toValue(own(call, "function"));
    const named = isRecord(inner) ? inner : call;
    const input = own(named, "arguments") ?? own(named, "input") ?? null;
    return { id: scalarText(own(call, "id")), name: text(own(named, "name")), input };
  });
  const known = new Set(used.map(({ id }) => id));
  const all = [...used, ...asked.filter(({ id }) => id === null || !known.has(id))];
  return all.flatMap(({ id, name, input }) => (name === null ? [] : [{ id, name, input }]));
}

/** What a message brings back: `tool_result` blocks, `tool_results`, or a message of role `tool`. */
function resultsOf(message: JsonRecord): readonly (readonly [string, Result])[] {
  const listed = toValue(own(message, "tool_results"));
  const results = [
    ...blocksOf(message).filter((block) => own(block, "type") === "tool_result"),
    ...(Array.isArray(listed) ? listed.filter(isRecord) : []),
    ...(own(message, "role") === "tool" && listed === undefined ? [message] : []),
  ];
  return results.flatMap((result) => {
    const id = scalarText(own(result, "tool_use_id")) ?? scalarText(own(result, "tool_call_id"));
    if (id === null) return [];
    const content = own(result, "content") ?? own(result, "output") ?? "";
    const isError = scalarText(own(result, "is_error")) === "true";
    return [[id, { content, isError }] as const];
  });
}

/** A message that a human wrote, not one that carries results back. */
function isHuman(message: JsonRecord): boolean {
  if (own(message, "role") !== "user" || resultsOf(message).length > 0) return false;
  const content = toValue(own(message, "content"));
  return typeof content === "string" || (Array.isArray(content) && blocksText(content) !== null);
}

function blocksOf(message: JsonRecord): readonly JsonRecord[] {
  const content = toValue(own(message, "content"));
  return Array.isArray(content) ? content.filter(isRecord) : [];
}
