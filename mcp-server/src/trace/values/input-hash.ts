import { addText, createHash, whole } from "./hash.ts";
import type { JsonRecord } from "./json.ts";

/** Equal for equal arguments in any order of keys (old servers sort them anew). Long texts count by start and length. */
export function hashInput(input: JsonRecord): number {
  const hash = createHash();
  for (const key of Object.keys(input).sort()) {
    if (key === "description") continue;
    const value = input[key];
    const part = typeof value === "string" ? value : writeJson(value);
    addText(hash, key);
    addText(hash, "=");
    addText(hash, String(part.length));
    addText(hash, ":");
    addText(hash, part.length > 1000 ? part.slice(0, 1000) : part);
    addText(hash, "\n");
  }
  return whole(hash);
}

function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    // Thousands of levels deep: it parses, but writing it overflows the stack.
    return "too deep";
  }
}
