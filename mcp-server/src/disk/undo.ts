import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { UNDO_PATH } from "../audit/layout/places.ts";
import { createFile, namesIn, openFolder, timeOf, toSha256 } from "./files.ts";

const KEPT_MS = 30 * 24 * 3_600_000;
const OURS = /^[0-9a-f]{6}-[\w.-]+$/u;

/**
 * Keeps what a file held, for a human who wants it back within a month: its path relative to the project, short and of
 * characters that no shell reads, so that a terminal breaks no command with it. git leaves the folder alone. Throws when a
 * link stands in the way, or it cannot be written.
 */
export function keepForUndo(projectFolder: string, file: string, before: string): string {
  const folder = openFolder(projectFolder, UNDO_PATH);
  createFile(folder, ".gitignore", "*\n");
  for (const name of namesIn(folder))
    if (OURS.test(name) && Date.now() - timeOf(join(folder, name)) > KEPT_MS)
      rmSync(join(folder, name), { force: true });
  const name = `${toSha256(`${file}\n${before}`).slice(0, 6)}-${basename(file)
    .replaceAll(/[^\w.-]/gu, "_")
    .slice(-24)}`;
  // The same name holds the same content.
  createFile(folder, name, before);
  return `${UNDO_PATH}/${name}`;
}
