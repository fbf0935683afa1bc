/**
 * What the sweep counts of one turn, by rules that a reader checks at a glance; null where the naive rule does not decide.
 * Nothing here imports the product's readers: the two are compared.
 */
export interface Counted {
  /** The trace as `fetch_trace` names it. */
  readonly id: string;
  readonly tools: Readonly<Record<string, number>>;
  readonly subagentCalls: number | null;
  readonly subagents: readonly string[];
  readonly failed: number;
  /** Letters and digits that the goal begins with; null where no human asked. */
  readonly goal: string | null;
  readonly end: "answered" | "interrupted" | "api_error" | "cut_off";
  /** Milliseconds. */
  readonly duration: number | null;
}

export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The objects of a list, none where it is no list. */
export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

/** The texts of a message's content. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map(({ text }) => (typeof text === "string" ? text : ""))
    .join("\n");
}

/** A name as summaries count it. */
export function toolOf(name: unknown): string {
  const written = String(name);
  if (written.startsWith("mcp__")) return written;
  return written.toLowerCase().replace(/^task$/u, "agent");
}

/** How often each name occurs. */
export function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const ADDED =
  /<(system-reminder|local-command-[a-z]+|ide_[a-z_]+|bash-std[a-z]+|user-prompt-submit-hook|command-message|command-contents)>[\s\S]*?<\/\1>/gu;
const NOBODY =
  /^(?:<task-notification|\[SYSTEM NOTIFICATION|\[Request interrupted|This session is being continued|Caveat: The messages below|<teammate-message|Stop hook feedback:)/u;

/** What a human typed of a prompt, or null where nobody did. */
export function typedOf(prompt: string): string | null {
  const typed = prompt
    .replaceAll(ADDED, "")
    .replace(/<command-name>\/?([^<]*)<\/command-name>(?:\s*<command-args>([\s\S]*?)<\/command-args>)?/u, "/$1 $2")
    .replace(/^\s*<bash-input>([\s\S]*?)<\/bash-input>/u, "! $1")
    .trim();
  return typed === "" || NOBODY.test(typed) ? null : typed;
}

/** The type of the subagent that an Agent call's input asks for. */
export const agentOf = (input: unknown): string =>
  isJson(input) && typeof input.subagent_type === "string" ? input.subagent_type : "general-purpose";

/** What is answered to an Agent call that started nobody. */
export const NOBODY_STARTED =
  /^(?:<tool_use_error>|Agent type '|The user doesn't want to|Claude requested permissions)/u;

/** Letters and digits that a text begins with: what a comparison of goals can rely on when both were cut and cleaned. */
export function beginOf(text: string): string {
  return [...text.normalize("NFKC").matchAll(/[\p{L}\p{N}]+/gu)].join("").toLowerCase().slice(0, 24);
}
