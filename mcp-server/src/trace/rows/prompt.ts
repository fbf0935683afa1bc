import { isRecord, own, toValue } from "../values/json.ts";
import { toOneLine, truncate } from "../values/names.ts";
import { bashInput, isInterrupt, isNotice } from "./not-typed.ts";
import { redactSecrets } from "../redact/redact.ts";

/**
 * What a turn was started with. `human` carries the cleaned text; `redacted` and `absent` were a prompt that was not
 * recorded, which counts as human; `notification`, `interrupt` and `phantom` (nothing left after cleaning) are no
 * human's, and `continuation` is the summary after a compaction.
 */
export type Prompt = {
  readonly kind: "human" | "redacted" | "absent" | "notification" | "interrupt" | "phantom" | "continuation";
  readonly text: string | null;
  /** The same with its head and its tail where it was longer, and how much was pasted; null like `text`. */
  readonly said: string | null;
};

const ABSENT: Prompt = { kind: "absent", text: null, said: null };
/** What Claude Code's own telemetry, Arize's hooks and LiteLLM write for a prompt that they were told to hide. */
const REDACTED = /^(?:<REDACTED>|<redacted \(\d+ chars\)>|redacted-by-litellm)$/u;
/** Longest prompt that is cleaned; what follows cannot reach the goal's 200 characters but for system text before it. */
const SCAN = 60_000;
const GOAL = 200;

/** Reads a prompt from the forms exporters use: text, `{role, content}`, `{prompt}`, `{messages}`, content blocks. */
export function toPrompt(raw: unknown): Prompt {
  // Later requests carry tool results, which can be long: their role tells it without parsing them.
  if (typeof raw === "string" && /^\s*\{\s*"role"\s*:\s*"(?:tool|assistant|system)"/u.test(raw.slice(0, 80)))
    return ABSENT;
  const written = promptText(toValue(raw), 0);
  if (written === null) return ABSENT;
  if (REDACTED.test(written)) return { kind: "redacted", text: null, said: null };
  const scanned = written.slice(0, SCAN);
  const clean = stripSystemText(scanned).trim();
  if (clean === "") {
    const bash = bashInput(scanned);
    if (bash !== null) return toHuman(`! ${bash}`);
    const holdsNotice =
      scanned.includes("[SYSTEM NOTIFICATION - NOT USER INPUT]") || scanned.includes("<task-notification>");
    return { kind: holdsNotice ? "notification" : "phantom", text: null, said: null };
  }
  if (isNotice(clean)) return { kind: "notification", text: null, said: null };
  if (isInterrupt(clean)) return { kind: "interrupt", text: null, said: null };
  if (clean.startsWith("This session is being continued from a previous conversation")) {
    return { kind: "continuation", text: null, said: null };
  }
  return toHuman(clean);
}

/** Each request of a turn repeats its prompt, and redacting one takes longer than reading a row. */
let latest: { readonly clean: string; readonly prompt: Prompt } | null = null;

function toHuman(clean: string): Prompt {
  if (latest?.clean !== clean) latest = { clean, prompt: readHuman(clean) };
  return latest.prompt;
}

function readHuman(clean: string): Prompt {
  // Redacting before cutting, so that a cut cannot turn a secret into something that no longer looks like one.
  const line = toOneLine(redactSecrets(clean.slice(0, 4000)));
  if (line === "") return { kind: "phantom", text: null, said: null };
  return { kind: "human", text: truncate(line, GOAL), said: toSaid(clean, line) };
}

/** So many lines are no typed prompt any more: a log, a review, a diff was pasted. */
const PASTED_LINES = 12;
const HEAD = 120;
const TAIL = 75;

/** Head and tail of a long prompt, because the order often stands at its end; `line` is its redacted beginning. */
function toSaid(clean: string, line: string): string {
  const lines = clean.split("\n").length;
  const pasted = lines >= PASTED_LINES ? ` [pasted, ${lines} lines]` : "";
  if (line.length <= GOAL && clean.length <= 4000) return `${truncate(line, GOAL - pasted.length)}${pasted}`;
  // A cut can halve a secret, so the tail begins behind the first blank of a longer piece.
  const end = toOneLine(redactSecrets(clean.slice(-1000))).replace(/^\S*\s/u, "");
  const head = truncate(line, HEAD - pasted.length);
  return `${head.replace(/…$/u, "")} … ${end
    .slice(-TAIL)
    .replace(/^\S*\s/u, "")
    .trim()}${pasted}`;
}

/** The text of the first user message in a prompt's form, or null. */
function promptText(value: unknown, depth: number): string | null {
  if (typeof value === "string") return value.trim() === "" ? null : value;
  if (depth > 3) return null;
  if (Array.isArray(value)) return blocksText(value) ?? firstUserText(value, depth);
  if (!isRecord(value)) return null;
  const role = own(value, "role");
  if (role !== undefined && role !== "user" && role !== "human") return null;
  for (const key of ["content", "prompt", "messages", "text", "input"]) {
    const found = promptText(toValue(own(value, key)), depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** Of a conversation's user messages the first that holds more than what Claude Code added, else the first. */
function firstUserText(messages: readonly unknown[], depth: number): string | null {
  let first: string | null = null;
  for (const message of messages) {
    const found = isRecord(message) && own(message, "role") !== undefined ? promptText(message, depth + 1) : null;
    if (found === null) continue;
    if (stripSystemText(found.slice(0, SCAN)).trim() !== "") return found;
    first ??= found;
  }
  return first;
}

/** The text blocks of a message's content, joined; null when there is none. */
export function blocksText(blocks: readonly unknown[]): string | null {
  const texts = blocks.flatMap((block) => {
    const isText = isRecord(block) && own(block, "type") === "text";
    const written = isText ? own(block, "text") : undefined;
    return typeof written === "string" ? [written] : [];
  });
  return texts.length > 0 ? texts.join("\n") : null;
}

// Blocks that Claude Code adds to a prompt. `command-*` is handled apart: it holds what the human typed.
const SYSTEM_TAG =
  /<(system-reminder|local-command-[a-z]+|ide_[a-z_]+|bash-[a-z]+(?:-[a-z]+)*|user-prompt-submit-hook|post-tool-use-hook|user-memory-input|command-message|command-contents|tools-used-before-summary)>/gu;
const COMMAND = /<command-name>\s*(\/?[^<\s]{1,100})\s*<\/command-name>/u;
const COMMAND_ARGS = /<command-args>([\s\S]{0,4000}?)<\/command-args>/u;

function stripSystemText(written: string): string {
  let clean = "";
  let at = 0;
  SYSTEM_TAG.lastIndex = 0;
  for (let open = SYSTEM_TAG.exec(written); open; open = SYSTEM_TAG.exec(written)) {
    const close = `</${open[1]}>`;
    const end = written.indexOf(close, SYSTEM_TAG.lastIndex);
    clean += written.slice(at, open.index);
    // A block that was cut off ends with the text: nothing after its start was typed by a human.
    at = end === -1 ? written.length : end + close.length;
    SYSTEM_TAG.lastIndex = at;
  }
  clean += written.slice(at);
  // A human may quote the tag in a sentence; a command starts with it.
  const command = clean.trimStart().startsWith("<command-") ? COMMAND.exec(clean) : null;
  if (command) {
    const name = command[1] ?? "";
    const args = COMMAND_ARGS.exec(clean)?.[1]?.trim() ?? "";
    return `${name.startsWith("/") ? name : `/${name}`} ${args}`.trim();
  }
  return clean.replace(
    /^Caveat: The messages below were generated by the user while running local commands[^\n]*/mu,
    "",
  );
}
