import { isRecord, own, toValue } from "../values/json.ts";
import { blocksText } from "./prompt.ts";

/** What the assistant said and asked for in one output. Null fields: this form does not record them. */
export type Answer = { readonly text: string | null; readonly toolCalls: number | null };

const NOTHING: Answer = { text: null, toolCalls: null };

/** What stands for an answer where there was none: how Arize's hooks close a turn whose end they did not see. */
const NO_ANSWER = /^\((?:No response|Turn closed by fail-safe: Stop hook did not fire|Stop failed: [^\n]{0,200})\)$/u;

/**
 * Reads an assistant's answer: text, `{role, content, tool_calls}`, content blocks, `{choices}`, a conversation whose last
 * message is the answer (a list, or `{messages}`), or any of these inside `{output}` or `{result}`.
 */
export function toAnswer(raw: unknown, depth = 0): Answer {
  if (depth > 4) return NOTHING;
  const value = toValue(raw);
  if (typeof value === "string") return { text: NO_ANSWER.test(value) ? "" : value, toolCalls: null };
  if (Array.isArray(value)) return fromMessages(value, depth) ?? fromBlocks(value);
  if (!isRecord(value)) return NOTHING;
  const choices = own(value, "choices");
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (isRecord(first)) return toAnswer(own(first, "message"), depth + 1);
  const content = toValue(own(value, "content") ?? own(value, "text"));
  const calls = toValue(own(value, "tool_calls"));
  const toolCalls = Array.isArray(calls) ? calls.length : null;
  if (Array.isArray(content)) {
    const blocks = fromBlocks(content);
    return { text: blocks.text ?? "", toolCalls: toolCalls ?? blocks.toolCalls };
  }
  if (typeof content === "string") return { text: content, toolCalls: toolCalls ?? 0 };
  if (toolCalls !== null) return { text: "", toolCalls };
  for (const key of ["messages", "output", "result"]) {
    const inner = own(value, key);
    if (inner !== undefined && inner !== null) return toAnswer(inner, depth + 1);
  }
  return NOTHING;
}

/** The last message of a conversation, or null for a list of anything else. Where a tool has the last word, nothing was said. */
function fromMessages(list: readonly unknown[], depth: number): Answer | null {
  const last = list.findLast((one) => isRecord(one) && typeof own(one, "role") === "string");
  if (!isRecord(last)) return null;
  return own(last, "role") === "assistant" ? toAnswer(last, depth + 1) : { text: "", toolCalls: 0 };
}

function fromBlocks(blocks: readonly unknown[]): Answer {
  const uses = blocks.filter((block) => isRecord(block) && own(block, "type") === "tool_use");
  return { text: blocksText(blocks), toolCalls: uses.length };
}

/** Whether an answer ends with a question; null for one that is not recorded. */
export function asksBack(said: string | null): boolean | null {
  return said === null ? null : /\?["'”’)\]*_`]{0,3}\s*$/u.test(said.slice(-200));
}

const API_ERROR = /^\s*API Error(?:: |\b)/u;
/** Claude Code writes a failed request as the answer's text. */
export function isApiErrorText(said: string | null): boolean {
  return said !== null && API_ERROR.test(said.slice(0, 200));
}

/** Whether Claude Code wrote a text in the model's name where nothing was asked: no answer, and no failure. */
export function isStandIn(said: string | null): boolean {
  return said === "No response requested.";
}

// A heading, bold line or label that opens a plan; "I plan to …" in running text is none.
const PLAN =
  /^[ \t]*(?:#{1,6}[ \t]*|\*\*|__)?(?:PLAN\b|(?:[Mm]y |[Tt]he |[Ii]mplementation )?[Pp]lan(?:\*\*|__)?[ \t]*:)|^[ \t]*(?:#{1,6}[ \t]+|\*\*)(?:[Mm]y |[Ii]mplementation )?[Pp]lan\b/mu;
/** Whether the text holds a PLAN section. */
export function hasPlanSection(said: string | null): boolean {
  // Most answers hold no such word, and finding that out takes no look at each of their lines.
  return said !== null && (said.includes("PLAN") || said.includes("lan")) && PLAN.test(said.slice(0, 20_000));
}
