// The composition root: it alone, with start.ts, reads the process.
import type { Readable } from "node:stream";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { createAuditor } from "./auditor.ts";
import { compareTrace } from "./disk/comparison.ts";
import { readAuditedTraces } from "./disk/kept-plans.ts";
import { writeSummary } from "./disk/summaries.ts";
import { toScanPage } from "./scan-page.ts";
import { createServer } from "./server.ts";

// Put in by the build.
declare const VERSION: string | undefined;

/** Serves the MCP messages of `input` over standard output until the input ends. */
export async function serve(input: Readable): Promise<void> {
  const project = projectFolder();
  const server = createServer({
    version: typeof VERSION === "undefined" ? "0.0.0" : VERSION,
    auditor: createAuditor(process.env, { now: Date.now, random: Math.random }),
    write: (summary) => ({
      ...writeSummary(project, summary),
      comparison: compareTrace(project, summary.trace_id),
    }),
  });
  process.stdin.on("end", () => process.exit(0));
  await server.connect(new StdioServerTransport(input, process.stdout));
}

function projectFolder(): string {
  return process.env["CLAUDE_PROJECT_DIR"] || process.cwd();
}

/** Prints the page of `/audit` alone, and ends the process. */
export async function scan(): Promise<void> {
  const auditor = createAuditor(process.env, { now: Date.now, random: Math.random });
  const audited = readAuditedTraces(projectFolder());
  process.stdout.write(`${await toScanPage(auditor, audited, Date.now())}\n`, () => process.exit(0));
}
