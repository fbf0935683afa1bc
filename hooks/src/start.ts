// What Claude Code starts for each event. It loads the hooks, or says once a command that this Node cannot run them.
import { tooOld } from "../../mcp-server/src/node-version.ts";

/** Stops this plugin's commands, which nothing would hold to their bounds. Everything else of a session goes on. */
async function stopCommand(problem: string): Promise<void> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += String(chunk);
  const event: unknown = JSON.parse(text);
  if (typeof event !== "object" || event === null) return;
  const { hook_event_name: name, command_name: command }: { hook_event_name?: unknown; command_name?: unknown } = event;
  if (name !== "UserPromptExpansion" || typeof command !== "string" || !command.startsWith("trace-audit:")) return;
  process.stdout.write(JSON.stringify({ decision: "block", reason: problem }));
}

async function start(): Promise<void> {
  const problem = tooOld(process.versions.node, process.execPath);
  if (problem === null) await (await import("./main.ts")).run();
  else await stopCommand(problem);
}

start().catch((error: unknown) => {
  process.stderr.write(`trace-audit's hook failed: ${error instanceof Error ? error.message : "unknown error"}.`);
  process.exitCode = 2;
});
