import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { HISTORY_PATH, type HistoryLine } from "../../../mcp-server/src/audit/plop/record.ts";
import { readContent } from "./targets.ts";

const KEPT_PLAN = /^\d{4}-\d\d-\d\d-.+\.md$/u;

/** Appends a line to the history. Throws when it cannot, and when a link stands in the way. */
export function appendHistory(project: string, line: HistoryLine): void {
  const path = join(project, HISTORY_PATH);
  assertPlainFolders(project);
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
  const file = openSync(path, O_RDWR | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0), 0o644);
  try {
    const { size, nlink } = fstatSync(file);
    if (nlink > 1) throw new Error(`${HISTORY_PATH} has a second name on disk (a hard link)`);
    const last = Buffer.alloc(1);
    // A hook that was killed while it wrote may have left half a line, which ends here.
    const isTorn = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== "\n";
    writeSync(file, `${isTorn ? "\n" : ""}${JSON.stringify(line)}\n`);
  } finally {
    closeSync(file);
  }
}

/** Whether there is a place for a history: a project that was never audited gets none. */
export function hasHistoryFolder(project: string): boolean {
  try {
    assertPlainFolders(project);
    return true;
  } catch {
    return false;
  }
}

/** The kept plan with this hash, relative to the project, or null. */
export function findKeptPlan(project: string, sha256: string): string | null {
  const folder = dirname(HISTORY_PATH);
  const names = readdirSync(join(project, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && KEPT_PLAN.test(entry.name))
    .map(({ name }) => `${folder}/${name}`)
    .toSorted()
    .toReversed();
  return names.find((name) => readContent(join(project, name))?.sha256 === sha256) ?? null;
}

function assertPlainFolders(project: string): void {
  for (const folder of ["docs", "docs/audit"]) {
    if (lstatSync(join(project, folder), { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new Error(`${folder} is no plain folder, and links are not followed`);
  }
}
