import { isRecord, own, text, type JsonRecord } from "../values/json.ts";
import { toName } from "../values/names.ts";
import { toMillis } from "../values/time.ts";

/** What a score was given to. */
export type Subject = { readonly kind: "trace" | "session"; readonly id: string };

/** A numeric, boolean or categorical score as Langfuse keeps it; `at` is when it was given, in milliseconds since 1970. */
export type Score = {
  readonly name: string;
  readonly value: number | boolean | string;
  /** Who gave it: `API`, `EVAL` or `ANNOTATION`. */
  readonly source: string;
  readonly at: number;
};

/**
 * The scores of a trace, or of a session, in rows of `v3/scores`, `v2/scores` or a trace's own list. Those of a single
 * observation, of anything else and those whose value is free text are left out; comments are not looked at.
 */
export function toScores(rows: readonly unknown[], subject: Subject): readonly Score[] {
  return rows.flatMap((row) => {
    if (!isRecord(row) || !isOf(row, subject)) return [];
    const [name, value] = [text(own(row, "name")), toValue(row)];
    if (name === null || name.trim() === "" || value === null) return [];
    const source = toName(text(own(row, "source")) ?? "unknown", 20);
    return [{ name: toName(name, 60), value, source, at: toMillis(own(row, "timestamp")) ?? 0 }];
  });
}

/** The newest route names a score's subject; the others have a column for each kind of it. */
function isOf(row: JsonRecord, { kind, id }: Subject): boolean {
  const subject = own(row, "subject");
  if (isRecord(subject)) return own(subject, "kind") === kind && own(subject, "id") === id;
  const [trace, session, observation] = ["traceId", "sessionId", "observationId"].map((key) => text(own(row, key)));
  if (observation !== null) return false;
  return kind === "trace" ? trace === id : session === id && trace === null;
}

function toValue(row: JsonRecord): Score["value"] | null {
  const [value, written, type] = [own(row, "value"), text(own(row, "stringValue")), text(own(row, "dataType"))];
  const number = typeof value === "number" && Number.isFinite(value) ? value : null;
  switch (type?.toUpperCase() ?? "NUMERIC") {
    case "NUMERIC":
      return number;
    case "BOOLEAN":
      return typeof value === "boolean" ? value : number === 1 || number === 0 ? number === 1 : null;
    case "CATEGORICAL": {
      const category = text(value) ?? written;
      return category === null ? null : toName(category, 60);
    }
    default:
      return null;
  }
}
