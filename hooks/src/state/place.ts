import { createHash } from "node:crypto";
import { lstatSync, readdirSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { readPlain, replaceFile } from "../../../mcp-server/src/disk/files.ts";
import { assertMine, openPrivateFolder, temporaryState } from "./private-folder.ts";

const KEPT_MS = 14 * 24 * 3_600_000;
const SUFFIX = ".place";
/** More notes than two weeks of sessions leave; the rest waits for the next time. */
const MAX_LISTED = 5000;
/** Longer than any path. */
const MAX_BYTES = 8192;

/**
 * Notes where the state of a session lies. Claude Code names that folder (`CLAUDE_PLUGIN_DATA`) to the hooks of hooks.json
 * and not to those of a command's frontmatter, which find it by this note. Throws when it cannot be written.
 */
export function rememberPlace(session: string, place: string): void {
  const folder = temporaryState();
  openPrivateFolder(folder);
  removeOld(folder);
  replaceFile(folder, nameOf(session), place);
}

/** Where the state of a session lies; null without a note, or with one that is not this user's. */
export function recallPlace(session: string): string | null {
  const folder = temporaryState();
  try {
    assertMine(folder);
    const place = readPlain(join(folder, nameOf(session)), MAX_BYTES)?.text ?? "";
    return isAbsolute(place) ? place : null;
  } catch {
    return null;
  }
}

function nameOf(session: string): string {
  return `${createHash("sha256").update(session).digest("hex").slice(0, 32)}${SUFFIX}`;
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder).slice(0, MAX_LISTED)) {
    const path = join(folder, name);
    const changed = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (name.endsWith(SUFFIX) && Date.now() - changed > KEPT_MS) rmSync(path, { force: true });
  }
}
