import { lstatSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "./temporary.ts";

const NAME = "trace-audit-tests";
/** No run of the tests takes so long. */
const DAY_MS = 86_400_000;

/**
 * What vitest calls before all tests, in its own process: the temporary folders of the tests lie in one, which goes away with that
 * process. Vitest kills its workers half a second after it has asked them to end, and thousands of folders take longer to remove.
 * Node keeps there what it has compiled of the bundles, for each process that a test starts.
 */
export default function makeRunFolder(): void {
  removeOld();
  const folder = temporaryFolder(NAME);
  process.env["TMPDIR"] = folder;
  process.env["NODE_COMPILE_CACHE"] = join(folder, "compiled");
}

/** Removes what runs left that were killed. */
function removeOld(): void {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(`${NAME}-`));
  for (const folder of names.map((name) => join(tmpdir(), name))) {
    const changed = lstatSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - changed > DAY_MS) rmSync(folder, { recursive: true, force: true });
  }
}
