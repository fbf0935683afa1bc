// What Claude Code runs for each event in hooks.json and in the frontmatter of the commands: one JSON object in, at most one
// out. The argument says which of them it is.
import { isRecord } from "../../mcp-server/src/trace/values/json.ts";
import { formatAnswer, parseEvent } from "./claude-code.ts";
import type { Scope } from "./context.ts";
import { answerEvent } from "./handlers.ts";
import { assertApproved } from "./plop/approved.ts";

/** Bytes of an event: more than any tool's input has, and little enough to be read in time. */
const MAX_EVENT = 64_000_000;
const SCOPES: readonly Scope[] = ["always", "audit", "plop"];

/** Answers the event of standard input on standard output. Does not throw. */
export async function run(): Promise<void> {
  try {
    // A command's text asks whether its hook has run: hooks can be switched off, and then nothing may go to the model.
    if (process.argv[2] === "approved") assertApproved(process.argv[3] ?? "");
    else await answer();
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown error";
    process.stderr.write(`trace-audit: the hook failed: ${why}.`);
    process.exitCode = 2;
  }
}

async function answer(): Promise<void> {
  const json: unknown = JSON.parse(await readEvent());
  if (isRecord(json)) {
    const event = parseEvent(json);
    const scope = SCOPES.find((known) => known === process.argv[2]) ?? null;
    const said = await answerEvent(event, process.env, scope);
    if (said !== null) {
      process.stdout.write(formatAnswer(event, said));
      said.record?.();
    }
  }
}

async function readEvent(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes: unknown = chunk;
    if (!Buffer.isBuffer(bytes)) continue;
    size += bytes.length;
    if (size > MAX_EVENT) throw new Error(`the event is larger than ${MAX_EVENT} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}
