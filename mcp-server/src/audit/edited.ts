import { isRecord, own, type JsonRecord } from "../trace/values/json.ts";

/**
 * What a file will hold after a call of Write, Edit or MultiEdit, or null when that cannot be told: the text to replace is
 * not there word for word, or more than once. `known` is what it holds now, null without a file.
 */
export function toEdited(tool: string, input: JsonRecord, known: string | null): string | null {
  if (tool === "Write") return textOf(own(input, "content"));
  if (tool === "Edit") return applyEdit(input, known);
  const edits = own(input, "edits");
  if (tool !== "MultiEdit" || !Array.isArray(edits)) return null;
  let content = known;
  for (const edit of edits) {
    content = isRecord(edit) ? applyEdit(edit, content) : null;
    if (content === null) return null;
  }
  return content;
}

function applyEdit(edit: JsonRecord, known: string | null): string | null {
  const old = textOf(own(edit, "old_string"));
  const replacement = textOf(own(edit, "new_string"));
  if (old === null || replacement === null) return null;
  if (old === "") return known === null || known === "" ? replacement : null;
  const parts = (known ?? "").replaceAll("\r\n", "\n").split(old);
  if (parts.length === 1) return null;
  return own(edit, "replace_all") === true || parts.length === 2 ? parts.join(replacement) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
