import { isRecord, own, text, toValue, type JsonRecord } from "../values/json.ts";
import type { Observation } from "./observation.ts";
import { readText } from "./metadata.ts";
import { blocksText } from "./prompt.ts";

/**
 * The start and length of what the tool answered, as one text; null when the exporter does not record it. `value` is the
 * row's output as `toValue` gives it: an answer can be megabytes of JSON, so that it is read once.
 */
export function toResult({ statusMessage, level }: Observation, value: unknown): string | null {
  if (level === "ERROR" && statusMessage !== "") return statusMessage;
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return blocksText(value) ?? "";
  if (!isRecord(value)) return null;
  return text(own(value, "error")) ?? text(toValue(own(value, "output"))) ?? structuredText(value);
}

/**
 * How a result says that its call goes on in the background, asked for or not: Claude Code moves a command there that
 * reaches its time-out or that a message waits for, and a human may (Ctrl+B). What the command had printed stands before.
 */
const MOVED =
  /(?:^|\n)(?:Command (?:running in background with ID: |was manually backgrounded |was moved to the background \(ID: |did not complete within its \S{1,12} timeout and was moved to the background)|The command had already ended when it was to be moved to the background)[^\n]*(?:\n[^\n]*){0,3}$/u;
const STARTED = /^[^\n]{1,300} (?:It )?was moved to the background as task/u;

/** Whether a result begins by saying so. The words are looked for first: most results have none of them. */
function isStarted(start: string): boolean {
  if (start.startsWith("Async agent launched")) return true;
  return start.includes("was moved to the background as task") && STARTED.test(start);
}

/** Whether a call went on in the background, so that its result is not what came of it. `value` as above. */
export function isInBackground({ metadata }: Observation, value: unknown, result: string | null): boolean {
  if (readText(metadata, "background_task_id") !== null) return true;
  if (isRecord(value) && text(own(value, "backgroundTaskId")) !== null) return true;
  if (result === null) return false;
  const end = result.slice(-2000);
  return isStarted(result.slice(0, 600)) || (end.includes(" background") && MOVED.test(end));
}

/** The text in a result as the Agent SDK hands it over: what a shell printed, a file holds, or a search found. */
function structuredText(value: JsonRecord): string {
  const file = toValue(own(value, "file"));
  // What a file was changed to stands beside its path, and is no answer.
  const holder = isRecord(file) ? file : own(value, "filePath") === undefined ? value : {};
  const content = toValue(own(holder, "content"));
  const names = toValue(own(value, "filenames"));
  const texts = [
    own(value, "stdout"),
    own(value, "stderr"),
    Array.isArray(content) ? blocksText(content) : content,
    ...(Array.isArray(names) ? names.slice(0, 1000) : []),
  ];
  return texts.filter((one) => typeof one === "string" && one !== "").join("\n");
}
