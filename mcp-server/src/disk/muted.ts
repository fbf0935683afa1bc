import { join } from "node:path";
import { MARKS_PATH } from "../audit/layout/places.ts";
import { parseMuted, type Muted } from "../audit/muted/muted.ts";
import { tryRead } from "./files.ts";
import { MAX_BYTES } from "./plan-file.ts";

/** What a human muted in this project; nothing where there is no such file, or a link in its place. Never throws. */
export function readMuted(projectFolder: string): ReadonlyMap<string, Muted> {
  return parseMuted(tryRead(join(projectFolder, MARKS_PATH), MAX_BYTES)?.text ?? "");
}
