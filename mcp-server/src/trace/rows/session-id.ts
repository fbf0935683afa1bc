import { isRecord, own, text, toValue } from "../values/json.ts";
import { readText } from "./metadata.ts";
import type { Observation } from "./observation.ts";

/** The session that a row's metadata names, or null. */
export function sessionOf({ metadata }: Observation): string | null {
  return readText(metadata, "session.id") ?? readText(metadata, "session_id");
}

/** Claude Code tells the API its session inside the user's id, in JSON or, in older versions, as its last part. */
export function sessionOfUser(userId: string | null): string | null {
  if (userId === null || userId.length > 2000) return null;
  const value = toValue(userId);
  return isRecord(value) ? text(own(value, "session_id")) : (/_session_([\w-]{1,100})$/u.exec(userId)?.[1] ?? null);
}
