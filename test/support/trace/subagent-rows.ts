import fc from "fast-check";
import { observationsOf } from "./traces.ts";
import type { JsonObject, LegacyTrace } from "../langfuse/store.ts";

/**
 * Rows of a subagent of the trace, below its span: reads, searches, failing and repeated commands and edits of files
 * that nobody else names. Each has a time of its own within the run.
 */
export function subagentRows(trace: LegacyTrace): fc.Arbitrary<readonly JsonObject[]> {
  const rows = observationsOf(trace);
  const span = rows.find(({ name }) => String(name).startsWith("Subagent: "));
  const first = Math.min(...rows.map(({ startTime }) => Date.parse(String(startTime))));
  const call = fc.oneof(
    fc.nat(900).map((file) => ({ tool: "Read", input: { file_path: `${folder(rows)}/other-${file}.ts` } })),
    fc.nat(3).map((what) => ({ tool: "Grep", input: { pattern: `pattern ${what}` } })),
    fc.nat(2).map((what) => ({ tool: "Bash", input: { command: `./tool-${what}.sh` }, output: "Exit code 1\nno" })),
    fc.nat(5).map((file) => ({
      tool: "Edit",
      input: { file_path: `${folder(rows)}/own-${file}.ts`, old_string: "a", new_string: "b" },
      output: "<tool_use_error>String to replace not found in file.",
    })),
    fc.constant({ tool: "TaskCreate", input: { subject: "x" } }),
  );
  return fc.array(call, { minLength: 1, maxLength: 30 }).map((calls) => {
    const reads = new Set<string>();
    // A file that the subagent read twice is a finding of its own.
    const distinct = calls.filter(({ tool, input }) => {
      const key = JSON.stringify(input);
      const isNew = tool !== "Read" || !reads.has(key);
      reads.add(key);
      return isNew;
    });
    return distinct.map((one, at) => ({
      output: "ok",
      ...one,
      id: `added-${at}`,
      traceId: trace.id,
      parentObservationId: span?.id ?? null,
      type: "TOOL",
      name: `Tool: ${one.tool}`,
      startTime: new Date(first + at * 31).toISOString(),
      endTime: new Date(first + at * 31 + 3).toISOString(),
      level: "DEFAULT",
      statusMessage: "",
      metadata: { tool_name: one.tool, tool_id: `added-call-${at}` },
    }));
  });
}

/** The folder of the project that the trace is about. */
function folder(rows: readonly JsonObject[]): string {
  const path = /"file_path":\s*"(\/home\/dev\/[^/"]+)\//u.exec(JSON.stringify(rows.map(({ input }) => input)));
  return path?.[1] ?? "/home/dev/app";
}
