import { describe, expect, test } from "vitest";
import type { Generation, LegacyTrace } from "../support/langfuse/stand-in.ts";
import { asObject } from "../support/langfuse/store.ts";
import { withLangfuse } from "../support/mcp/client.ts";
import { moveTrace, readFixture } from "../support/langfuse/traces.ts";

const both = ["v3", "v4-events-only"] as const satisfies readonly Generation[];
const HEADER = "x-anthropic-billing-header: cc_version=2.1.330.8f0; cc_entrypoint=cli;";
const tools = [{ name: "Agent" }, { name: "Bash" }];

/** What the proxy records of a request beside its messages: the parameters, lists among them in Python's spelling. */
const recorded = (trace: LegacyTrace, mark: string, offered: readonly object[]): LegacyTrace => ({
  ...trace,
  observations: trace.observations.map((one) => ({
    ...one,
    input: { ...asObject(one.input), ...(offered.length === 0 ? {} : { tools: offered }) },
    modelParameters: {
      max_tokens: 32000,
      system: `[{'type': 'text', 'text': '${HEADER}${mark}'}, {'type': 'text', 'text': 'You are Claude Code'}]`,
    },
  })),
});

/** A request for a title: the prompt again, without tools, answered by a few words. */
function titleOf(trace: LegacyTrace): LegacyTrace {
  const output = { role: "assistant", content: "Fix the failing test", tool_calls: null };
  return { ...trace, output, observations: trace.observations.map((one) => ({ ...one, output })) };
}

const main = moveTrace(readFixture("litellm-proxy/rich"), "main", 400);
const subagent = moveTrace(readFixture("litellm-proxy/rich.subagent"), "subagent", 300);
const title = moveTrace(titleOf(readFixture("litellm-proxy/rich.first")), "title", 200);
const first = moveTrace(readFixture("litellm-proxy/rich.first"), "first", 100);
const stranger = moveTrace(readFixture("litellm-proxy/multiturn.1"), "stranger", 1000);

describe.each(both)("a session behind a LiteLLM proxy (%s)", (generation) => {
  test("whose requests say who asked is told by the main agent's alone", async () => {
    const traces = [
      recorded(main, "", tools),
      recorded(subagent, " cc_is_subagent=true;", tools),
      recorded(title, "", []),
      recorded(first, "", tools),
      recorded(stranger, "", tools),
    ];
    await withLangfuse({ generation, traces }, async ({ server, langfuse }) => {
      const { summaries, skipped } = await server.fetch("last");
      expect(summaries).toMatchObject([{ trace_id: "main", completed: true, metrics: { tool_calls: 17 } }]);
      const reasons = new Map(skipped.map(({ trace_id, reason }) => [trace_id, reason]));
      expect(reasons.get("subagent")).toContain("no human goal");
      expect(reasons.get("title")).toContain("no human goal");
      expect(reasons.get("first")).toContain("not completed");
      // One at first, the next four, and none to compare with: it is certain who asked.
      const reads = langfuse.requests.filter(
        ({ path, query }) => query.has("traceId") || (/\/traces\/./u.test(path) && generation === "v3"),
      );
      expect(new Set(reads.map(({ path, query }) => query.get("traceId") ?? path)).size).toBeLessThanOrEqual(5);
      const drawn = await server.fetch("sample:9");
      expect(drawn.summaries.map(({ trace_id }) => trace_id).toSorted()).toEqual(["main", "stranger"]);
    });
  });

  test("whose requests do not say it is told by the longest history", async () => {
    const traces = [main, subagent, title, first, stranger];
    await withLangfuse({ generation, traces }, async ({ server, langfuse }) => {
      const { summaries, skipped } = await server.fetch("last");
      expect(summaries).toMatchObject([{ trace_id: "main", goal: expect.stringContaining("Fix the failing test") }]);
      expect(skipped).toContainEqual({
        trace_id: "title",
        reason: "another request of its session holds a longer history",
      });
      // Another session's is no longer history of this one, however long it is.
      langfuse.removeTrace("main");
      langfuse.removeTrace("subagent");
      expect((await server.fetch("last")).summaries).toMatchObject([{ trace_id: "title" }]);
    });
  });
});

test("a subagent's request that is named by its id is audited as it is", async () => {
  await withLangfuse({ traces: [recorded(subagent, " cc_is_subagent=true;", tools)] }, async ({ server }) => {
    expect((await server.fetch("subagent")).summaries).toMatchObject([{ trace_id: "subagent", completed: true }]);
  });
});
