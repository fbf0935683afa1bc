import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LegacyTrace } from "../support/langfuse/stand-in.ts";
import { withLangfuse } from "../support/mcp/client.ts";
import { mapTexts, readFixture } from "../support/langfuse/traces.ts";

const fileIn = (project: string, path: string): string => readFileSync(join(project, path), "utf8");

describe("what was recorded in a trace", () => {
  // What a summary may show: names, paths, and the goal; the rest gets a canary.
  const shown =
    /^(?:.*file_path|tool\.name|path|notebook_path|.*tool_name|name|subagent_type|agent_type|span\.type|session.*|.*query_source.*|pattern)$/u;
  const plant = (name: string, side: "head" | "tail"): LegacyTrace => {
    const trace = readFixture(name);
    const change = (value: string, key: string): string => {
      if (shown.test(key) || /^(?:true|false|[\d.-]+|[a-z_]{1,40})$/u.test(value)) return value;
      // The first word of a command is a name.
      if (side === "head") return /command/u.test(key) ? `echo canary-7f3a; ${value}` : `canary-7f3a ${value}`;
      // Of a prompt its first 200 characters are shown, and its last.
      const filler = " of filler".repeat(25);
      return `${value}${filler} && echo canary-7f3a${filler}`;
    };
    const change2 = (value: unknown): unknown => mapTexts(value, change);
    return {
      ...trace,
      ...(side === "tail"
        ? { input: change2(trace["input"]), output: change2(trace["output"]) }
        : { output: change2(trace["output"]) }),
      metadata: change2(trace["metadata"]),
      observations: trace.observations.map((one) => ({
        ...one,
        // At its head a prompt is the goal.
        input: side === "tail" || one.type === "TOOL" ? change2(one["input"]) : one["input"],
        output: change2(one["output"]),
        metadata: side === "tail" || one.type !== "AGENT" ? change2(one["metadata"]) : one["metadata"],
        statusMessage: change2(one["statusMessage"]),
        modelParameters: { text: "canary-7f3a" },
      })),
    };
  };
  const names = [
    "native-otel/rich-content",
    "official-plugin-v1-cleantranscript/rich-default",
    "docs-hook/rich-default",
    "cc-langfuse/denied",
    "agent-sdk-openinference/rich",
    "official-plugin-pr84-levels/rich-default",
  ];

  test.each(["head", "tail"] as const)("never shows in an answer or a file: %s of every text", async (side) => {
    const traces = names.map((name) => plant(name, side));
    for (const trace of traces) expect(JSON.stringify(trace).split("canary").length).toBeGreaterThan(20);
    for (const generation of ["v3", "v4-events-only"] as const) {
      await withLangfuse({ generation, traces }, async ({ server, project }) => {
        for (const [at, { id }] of traces.entries()) {
          const answer = await server.fetch(id);
          expect(JSON.stringify(answer), names[at]).not.toContain("canary");
          const { path } = await server.write(id);
          expect(fileIn(project, path), names[at]).not.toContain("canary");
          expect(answer.summaries[0]?.metrics.tool_calls, names[at]).toBeGreaterThan(0);
        }
        expect(server.stderr()).toBe("");
      });
    }
  });
});
