import { isRecord, type JsonRecord } from "../../trace/values/json.ts";
import { quote } from "./form.ts";

/** The result of a check: the value when there is nothing wrong with it, else every reason. */
export type Checked<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value: null; readonly problems: readonly [string, ...string[]] };

/** Ends a check: the value counts only without a problem. */
export function toChecked<T>(value: T, problems: readonly string[]): Checked<T> {
  const [first, ...others] = problems;
  return first === undefined ? { value, problems: [] } : { value: null, problems: [first, ...others] };
}

/** The JSON object that an answer consists of; anything around it is a problem, a code fence included. */
export function parseAnswer(answer: string): Checked<JsonRecord> {
  const text = answer.trim();
  const from = text.indexOf("{");
  const to = text.lastIndexOf("}") + 1;
  if (from === -1 || to <= from) return toChecked({}, [`The answer holds no JSON object: it is ${quote(text)}.`]);
  const around: string[] = [];
  if (from > 0) around.push(`Before the JSON object stands ${quote(text.slice(0, from).trim())}. Leave it out.`);
  if (to < text.length) around.push(`After the JSON object stands ${quote(text.slice(to).trim())}. Leave it out.`);
  const parsed = parse(text.slice(from, to));
  if (typeof parsed === "string") return toChecked({}, [...around, parsed]);
  return toChecked(parsed.record, around);
}

function parse(text: string): { readonly record: JsonRecord } | string {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? { record: value } : `The answer is ${quote(value)}, not one JSON object.`;
  } catch (error) {
    return `The answer does not parse as one JSON object: ${error instanceof Error ? error.message.slice(0, 160) : ""}.`;
  }
}
