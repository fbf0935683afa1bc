import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { withLangfuse } from "../support/mcp/client.ts";
import { longTurn, readFixture } from "../support/langfuse/traces.ts";

const phase = (calls: Record<string, number>, error_calls: number, span: readonly number[], ...patterns: string[]) => ({
  calls,
  error_calls,
  start_ms: span[0],
  duration_ms: span[1],
  patterns,
});

test("a summary tells the run in phases, and the file that is written has the same", async () => {
  const trace = readFixture("official-plugin-v1/rich-default");
  await withLangfuse({ traces: [trace] }, async ({ server, project }) => {
    const [fetched] = (await server.fetch(trace.id)).summaries;
    const { phases } = Summary.parse(fetched);
    // What the recorded run did, call by call: three reads and a search, two failing test runs, and so on.
    expect(phases).toEqual([
      phase({ explore: 4 }, 0, [0, 263], "repeated_file_reads"),
      phase({ check: 2 }, 2, [323, 357]),
      phase({ explore: 1 }, 0, [740, 24], "repeated_file_reads"),
      phase({ delegate: 1 }, 0, [830, 377]),
      phase({ plan: 2, upkeep: 1 }, 0, [1271, 101]),
      phase({ edit: 1 }, 0, [1429, 28]),
      phase({ check: 1, upkeep: 2 }, 0, [1518, 164]),
      phase({ explore: 2 }, 1, [1745, 103]),
    ]);
    const { path } = await server.write(trace.id);
    expect(Summary.parse(JSON.parse(readFileSync(join(project, path), "utf8"))).phases).toEqual(phases);
  });
});

test("a long run has no more phases than a picture shows", async () => {
  await withLangfuse({ traces: [longTurn("long", 900, 60)] }, async ({ server }) => {
    const [fetched] = (await server.fetch("long")).summaries;
    expect(Summary.parse(fetched).phases).toEqual([phase({ explore: 900 }, 0, [expect.any(Number), 899_100])]);
  });
});
