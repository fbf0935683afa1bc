// What Claude Code starts for each event in hooks.json and in the frontmatter of the commands: one JSON object in, at most one
// out. It loads the handlers of that event alone, or says once to a command that this Node cannot run them.
import { tooOld } from "../../mcp-server/src/node-version.ts";

/** Bytes of an event: more than any tool's input has, and little enough to be read in time. */
const MAX_EVENT = 64_000_000;
const SCOPES = ["always", "audit", "plop"] as const;

start().catch((error: unknown) => {
  const why = error instanceof Error ? error.message : "unknown error";
  process.stderr.write(`trace-audit: the hook failed: ${why}.`);
  process.exitCode = 2;
});

async function start(): Promise<void> {
  const problem = tooOld(process.versions.node, process.execPath);
  // A command's text asks whether its hook has run: hooks can be switched off, and then nothing may go to the model.
  if (problem === null && process.argv[2] === "approved")
    return (await import("./sets/others.ts")).assertApproved(process.argv[3] ?? "");
  const event: unknown = JSON.parse(await readEvent());
  if (!isRecord(event)) return;
  if (problem !== null) return stopCommand(event, problem);
  const scope = SCOPES.find((known) => known === process.argv[2]) ?? null;
  const { run } = await load(scope, event["hook_event_name"]);
  await run(event, scope);
}

/** A bundle for each set, so that what happens often does not wait for what happens seldom. */
function load(scope: (typeof SCOPES)[number] | null, name: unknown): Promise<typeof import("./sets/prompt.ts")> {
  const isCall = name === "PreToolUse" || name === "PostToolUse";
  if (name === "UserPromptSubmit") return import("./sets/prompt.ts");
  if (name === "PermissionRequest" || (scope === "plop" && isCall)) return import("./sets/plop-calls.ts");
  if (scope === "audit" && isCall) return import("./sets/audit-calls.ts");
  return import("./sets/others.ts");
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

/** Stops this plugin's commands, which nothing would hold to their bounds. Everything else of a session goes on. */
function stopCommand(event: Readonly<Record<string, unknown>>, problem: string): void {
  const { hook_event_name: name, command_name: command } = event;
  if (name !== "UserPromptExpansion" || typeof command !== "string" || !command.startsWith("trace-audit:")) return;
  process.stdout.write(JSON.stringify({ decision: "block", reason: problem }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
