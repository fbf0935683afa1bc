import { isRecord, own, text, toValue, type JsonRecord } from "../values/json.ts";
import type { Observation } from "./observation.ts";
import { blocksText } from "./prompt.ts";

/** The start and length of what the tool answered, as one text; null when the exporter does not record it. */
export function toResult({ output, statusMessage, level }: Observation): string | null {
  if (level === "ERROR" && statusMessage !== "") return statusMessage;
  const value = toValue(output);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return blocksText(value) ?? "";
  if (!isRecord(value)) return null;
  return text(own(value, "error")) ?? text(toValue(own(value, "output"))) ?? structuredText(value);
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
