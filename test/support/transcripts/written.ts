import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Place, transcriptFolder } from "./recorded.ts";

type Json = Readonly<Record<string, unknown>>;

/** A line of a session, without what every line has. */
export type Said = Json;

export const user = (content: unknown, more: Json = {}): Said => ({
  type: "user",
  message: { role: "user", content },
  ...more,
});

export const system = (subtype: string, more: Json = {}): Said => ({ type: "system", subtype, content: "", ...more });

/** The model's last word of a turn. */
export const answer = (text = "Done."): Said => toAnswer([{ type: "text", text }], "end_turn");

/** A call without a result. */
export const call = (id: string, name: string, input: Json): Said =>
  toAnswer([{ type: "tool_use", id, name, input }], "tool_use");

export type Told = { readonly isError?: boolean; readonly more?: Json };

export const result = (id: string, text: string, { isError = false, more = {} }: Told = {}): Said =>
  user([{ type: "tool_result", tool_use_id: id, content: text, ...(isError ? { is_error: true } : {}) }], more);

let calls = 0;

/** A call and its result. */
export function tool(name: string, input: Json, text = "ok", told: Told = {}): readonly Said[] {
  calls += 1;
  return [call(`toolu_${calls}`, name, input), result(`toolu_${calls}`, text, told)];
}

function toAnswer(content: readonly unknown[], stop: string): Said {
  return { type: "assistant", message: { role: "assistant", model: "claude-opus-4-5", content, stop_reason: stop } };
}

/** Writes a session, a line a second, where Claude Code would have; its last line is a minute and more old. */
export function writeSession(
  { home, project }: Place,
  sessionId: string,
  lines: readonly (Said | readonly Said[])[],
): void {
  const folder = transcriptFolder(home, project);
  mkdirSync(folder, { recursive: true });
  const all = lines.flat();
  const end = Date.now() - 120_000;
  const written = all.map((line, at) => {
    const timestamp = new Date(end - (all.length - at) * 1000).toISOString();
    return JSON.stringify({
      uuid: `${sessionId}-${at}`,
      timestamp,
      cwd: project,
      sessionId,
      isSidechain: false,
      ...line,
    });
  });
  const path = join(folder, `${sessionId}.jsonl`);
  writeFileSync(path, `${written.join("\n")}\n`);
  utimesSync(path, end / 1000, end / 1000);
}

/** A session's id, by a number. */
export const sessionOf = (at: number): string => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
