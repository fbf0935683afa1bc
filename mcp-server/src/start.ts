// What Claude Code starts: it answers the opening of a session and loads the server for the first message after it.
import { tooOld } from "./node-version.ts";
import { answerOpening, refuseCalls, type Opening } from "./opening.ts";

// Put in by the build; run from source there is no record, and the SDK answers everything itself.
declare const OPENING: Opening | undefined;

async function start(): Promise<void> {
  if (process.argv[2] === "scan") return (await import("./main.ts")).scan();
  const problem = tooOld(process.versions.node, process.execPath);
  const opening = typeof OPENING === "undefined" ? null : OPENING;
  const input = opening === null ? process.stdin : await answerOpening(process.stdin, process.stdout, opening);
  if (input === null) return;
  if (problem !== null) return refuseCalls(input, process.stdout, problem);
  const { serve } = await import("./main.ts");
  await serve(input);
}

start().catch((error: unknown) => {
  process.stderr.write(`trace-audit's server failed: ${error instanceof Error ? error.message : "unknown error"}.\n`);
  process.exitCode = 1;
});
