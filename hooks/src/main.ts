// What Claude Code runs for each event in hooks.json: one JSON object in, at most one out.
import { text } from "node:stream/consumers";
import { isRecord } from "../../mcp-server/src/trace/values/json.ts";
import { formatAnswer, parseEvent } from "./claude-code.ts";
import { answerEvent } from "./handlers.ts";

try {
  const json: unknown = JSON.parse(await text(process.stdin));
  if (isRecord(json)) {
    const event = parseEvent(json);
    const answer = await answerEvent(event, process.env);
    if (answer !== null) process.stdout.write(formatAnswer(event, answer));
  }
} catch (error) {
  process.stderr.write(`trace-audit's hook failed: ${error instanceof Error ? error.message : "unknown error"}.`);
  process.exitCode = 2;
}
