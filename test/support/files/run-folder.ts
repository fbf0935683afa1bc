import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What vitest calls before all tests: their temporary folders lie in one, which goes away when all are over. Vitest kills its
 * workers half a second after it has asked them to end, and thousands of folders take longer to remove.
 */
export default function makeRunFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "trace-audit-tests-"));
  process.env["TMPDIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
