import { join } from "node:path";
import { temporaryFolder } from "./temporary.ts";

/**
 * What vitest calls before all tests, in its own process: the temporary folders of the tests lie in one, which goes away with that
 * process. Vitest kills its workers half a second after it has asked them to end, and thousands of folders take longer to remove.
 * Node keeps there what it has compiled of the bundles, for each process that a test starts.
 */
export default function makeRunFolder(): void {
  const folder = temporaryFolder("trace-audit-tests");
  process.env["TMPDIR"] = folder;
  process.env["NODE_COMPILE_CACHE"] = join(folder, "compiled");
}
