// What Claude Code runs for each event in hooks.json: one JSON object in, at most one out.
import { existsSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { isRecord, own, text as textOf, type JsonRecord } from "../../mcp-server/src/trace/values/json.ts";
import { answerHook } from "./events.ts";
import { answerFailure, type HookAnswer, type Machine } from "./claude-code.ts";
import { storeAt } from "./plop/store.ts";

try {
  const event: unknown = JSON.parse(await text(process.stdin));
  const answer = isRecord(event) ? await answerOrRefuse(event) : null;
  if (answer !== null) process.stdout.write(JSON.stringify(answer));
} catch (error) {
  process.stderr.write(`trace-audit's hook failed: ${error instanceof Error ? error.message : "unknown error"}.`);
  process.exitCode = 2;
}

async function answerOrRefuse(event: JsonRecord): Promise<HookAnswer> {
  try {
    return await answerHook(event, createMachine(event));
  } catch (error) {
    return answerFailure(event, error);
  }
}

function createMachine(event: JsonRecord): Machine {
  const pluginData = process.env["CLAUDE_PLUGIN_DATA"] || undefined;
  const store = storeAt(pluginData);
  const cwd = textOf(own(event, "cwd")) ?? process.cwd();
  // The bundle lies at hooks/dist/main.mjs.
  const pluginRoot = process.env["CLAUDE_PLUGIN_ROOT"] || dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  return {
    // An agent file of the user's own takes the bare name.
    hasOwnAgent: (folder, name) =>
      [folder, homedir()].some((place) => existsSync(join(place, ".claude", "agents", `${name}.md`))),
    projectFolder: process.env["CLAUDE_PROJECT_DIR"] || null,
    stateFolder:
      pluginData === undefined
        ? join(tmpdir(), `trace-audit-${process.getuid?.() ?? "user"}`)
        : join(pluginData, "audits"),
    now: Date.now,
    plop: {
      project: process.env["CLAUDE_PROJECT_DIR"] || cwd,
      store,
      own: [pluginRoot, pluginData ?? store.folder],
    },
  };
}
