// The composition root: the only file that reads the process.
import { answerOpening, type Opening } from "./opening.ts";

// Both are put in by the build; run from source there is no record, and the SDK answers everything itself.
declare const OPENING: Opening | undefined;
declare const VERSION: string | undefined;

if (process.argv[2] === "scan") {
  const { createAuditor } = await import("./auditor.ts");
  const { toScanPage } = await import("./scan-page.ts");
  const auditor = createAuditor(process.env, { now: Date.now, random: Math.random });
  process.stdout.write(await toScanPage(auditor, Date.now()), () => process.exit(0));
} else await serve();

async function serve(): Promise<void> {
  const opening = typeof OPENING === "undefined" ? null : OPENING;
  const input = opening === null ? process.stdin : await answerOpening(process.stdin, process.stdout, opening);
  if (input !== null) {
    const { StdioServerTransport } = await import("@modelcontextprotocol/sdk/server/stdio.js");
    const { createAuditor } = await import("./auditor.ts");
    const { createServer } = await import("./server.ts");
    const { writeSummary } = await import("./disk/summaries.ts");
    const { compareTrace } = await import("./disk/comparison.ts");
    const projectFolder = process.env["CLAUDE_PROJECT_DIR"] || process.cwd();
    const server = createServer({
      version: typeof VERSION === "undefined" ? "0.0.0" : VERSION,
      auditor: createAuditor(process.env, { now: Date.now, random: Math.random }),
      write: (summary) => ({
        ...writeSummary(projectFolder, summary),
        comparison: compareTrace(projectFolder, summary.trace_id),
      }),
    });
    process.stdin.on("end", () => process.exit(0));
    await server.connect(new StdioServerTransport(input, process.stdout));
  }
}
