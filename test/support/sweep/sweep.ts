import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { startServer } from "../mcp/client.ts";
import { summarizeTrace } from "../trace/traces.ts";
import { parseLegacyTrace } from "../langfuse/store.ts";
import { differences, Told } from "./compare.ts";
import { countTrace } from "./count-trace.ts";
import { countTranscript } from "./count-transcript.ts";
import { type Counted, isJson } from "./counted.ts";

/** What a sweep found: how much was compared, and a line for each difference. */
export interface Swept {
  readonly sessions: number;
  readonly turns: number;
  readonly calls: number;
  readonly differences: readonly string[];
}

/**
 * Compares summaries with a count of their lines, turn by turn. `folder` is Claude Code's own (with `projects/` in it),
 * whose summaries come from the bundle over MCP, or holds `*.jsonl` or `*.jsonl.gz` with a trace of Langfuse's plugin a line.
 */
export async function sweep(folder: string): Promise<Swept> {
  return existsSync(join(folder, "projects")) ? sweepTranscripts(folder) : sweepTraces(folder);
}

function sweepTraces(folder: string): Swept {
  const files = readdirSync(folder).filter((name) => /\.jsonl(?:\.gz)?$/u.test(name));
  const compared = files.flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    const lines = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").split("\n");
    return lines
      .filter((line) => line !== "")
      .map((line) => {
        const trace = parseLegacyTrace(line);
        const counted = countTrace(trace);
        return { counted, lines: differences(counted, Told.parse(summarizeTrace(trace).summary)) };
      });
  });
  return toSwept(files.length, compared);
}

async function sweepTranscripts(folder: string): Promise<Swept> {
  const projects = join(folder, "projects");
  const compared: Compared[] = [];
  let sessions = 0;
  for (const name of readdirSync(projects)) {
    const files = readdirSync(join(projects, name)).filter((file) => /^(?!agent-).+\.jsonl$/u.test(file));
    if (files.length === 0) continue;
    const ids = files.map((file) => file.replace(".jsonl", ""));
    const cwd = ids.map((id) => folderOf(join(projects, name, `${id}.jsonl`))).find((one) => one !== null);
    if (cwd === undefined || cwd === null) throw new Error(`no session of ${name} says in which folder it ran`);
    const env = { CLAUDE_CONFIG_DIR: folder, CLAUDE_PROJECT_DIR: cwd };
    const server = await startServer({ env, cwd: folder });
    try {
      for (const id of ids) {
        sessions += 1;
        for (const counted of countTranscript(join(projects, name), id)) {
          const { isError, data } = await server.call("fetch_trace", { selector: counted.id });
          const summaries = !isError && isJson(data) && Array.isArray(data.summaries) ? data.summaries : [];
          const told = summaries.length === 0 ? null : Told.parse(summaries[0]);
          compared.push({ counted, lines: differences(counted, told) });
        }
      }
    } finally {
      await server.close();
    }
  }
  return toSwept(sessions, compared);
}

/** The folder that a session ran in, as its first lines say. */
function folderOf(path: string): string | null {
  return /"cwd": ?"([^"]+)"/u.exec(readFileSync(path, "utf8").slice(0, 1_000_000))?.[1] ?? null;
}

interface Compared {
  readonly counted: Counted;
  readonly lines: readonly string[];
}

function toSwept(sessions: number, compared: readonly Compared[]): Swept {
  const calls = compared.flatMap(({ counted }) => Object.values(counted.tools));
  return {
    sessions,
    turns: compared.length,
    calls: calls.reduce((total, count) => total + count, 0),
    differences: compared.flatMap(({ lines }) => lines),
  };
}
