import { describe, expect, test } from "vitest";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { edit, read } from "../support/trace/steps.ts";
import type { Generation, LegacyTrace } from "../support/langfuse/stand-in.ts";
import { type Server, withLangfuse } from "../support/mcp/client.ts";
import { moveTrace, readFixture } from "../support/langfuse/traces.ts";
import { sessionTurns } from "../support/langfuse/session-turns.ts";

const apis = ["v3", "v4-events-only"] as const satisfies readonly Generation[];
const fix = [read("src/a.ts"), edit("src/a.ts")];

const summaryOf = async (server: Server, id: string): Promise<Summary> =>
  Summary.parse((await server.fetch(id)).summaries[0]);

/** A trace whose exporter tells Langfuse the session. */
const inSession = (trace: LegacyTrace, sessionId: string): LegacyTrace => ({
  ...trace,
  sessionId,
  observations: trace.observations.map((one) => ({ ...one, sessionId })),
});

describe("of an earlier turn", () => {
  test("that went on beside the audited one, the calls before it count, whichever API tells of them", async () => {
    const now = Date.now();
    const reads = Array.from({ length: 20 }, (_, at) => read(`src/f${at}.ts`));
    const traces = sessionTurns([
      { id: "long", steps: reads },
      { id: "beside", steps: fix },
    ]).map((trace) => moveTrace(trace, trace.id, trace.id === "long" ? 3600 : 3605, now));
    const told: unknown[] = [];
    for (const generation of apis) {
      await withLangfuse({ generation, traces }, async ({ server }) => {
        told.push((await summaryOf(server, "beside")).session);
      });
    }
    // 22 seconds with a call in each but the first and the last; the audited turn takes four and ends five before it.
    const place = {
      turn: 2,
      earlier_turns: 1,
      earlier_tool_calls: 12,
      earlier_failed_calls: 0,
      earlier_files_changed: 0,
    };
    expect(told).toEqual([place, place]);
  });

  test("that is listed twice, nothing counts twice", async () => {
    const traces = sessionTurns(["one", "two"].map((id) => ({ id, steps: fix })));
    const rows = traces.slice(0, 1).map(({ id, timestamp }) => ({ id, timestamp, sessionId: "s1", observations: [] }));
    const body = { data: [...rows, ...rows], meta: { page: 1, limit: 11, totalItems: 2, totalPages: 1 } };
    const fault = ({ query }: { readonly query: URLSearchParams }) =>
      query.has("sessionId") ? { status: 200, body } : undefined;
    await withLangfuse({ generation: "v3", traces, fault }, async ({ server }) => {
      const { session } = await summaryOf(server, "two");
      expect(session).toMatchObject({ turn: 2, earlier_turns: 1, earlier_tool_calls: 2 });
    });
  });

  test("a file counts once, however its calls spell it", async () => {
    const spellings = ["C:\\w\\src\\a.ts", "C:/w/src/a.ts", "C:/w/lib/../src/./a.ts"];
    const steps = spellings.map((file) => ({
      ...edit("a.ts"),
      input: { file_path: file, old_string: "a", new_string: "b" },
    }));
    const traces = sessionTurns([
      { id: "one", steps },
      { id: "two", steps: fix },
    ]);
    for (const generation of apis) {
      await withLangfuse({ generation, traces }, async ({ server }) => {
        expect((await summaryOf(server, "two")).session).toMatchObject({
          earlier_tool_calls: 3,
          earlier_files_changed: 1,
        });
      });
    }
  });

  test("nothing is told, with a warning, when it is too large or cannot be read", async () => {
    const long = Array.from({ length: 600 }, (_, at) => read(`src/f${at}.ts`));
    const tooLarge = sessionTurns([
      { id: "one", steps: long },
      { id: "two", steps: fix },
    ]);
    const small = sessionTurns(["one", "two"].map((id) => ({ id, steps: fix })));
    const fault = ({ path }: { readonly path: string }) =>
      path.endsWith("/traces/one") ? ({ status: 422, body: { error: "PayloadTooLargeError" } } as const) : undefined;
    for (const options of [{ traces: tooLarge }, { traces: small, fault }]) {
      await withLangfuse({ generation: "v3", ...options }, async ({ server }) => {
        const { session, warnings } = await summaryOf(server, "two");
        expect(session).toBeNull();
        expect(warnings).toContainEqual({ code: "session_not_read", count: 1 });
      });
    }
  });
});

test("requests that a proxy recorded are no turns: each repeats the ones before it", async () => {
  const requests = ["rich.first", "rich.subagent", "rich"].map((name, at) =>
    moveTrace(inSession(readFixture(`litellm-proxy/${name}`), "s1"), name, 9000 - at),
  );
  const traces = [...requests, ...sessionTurns(["one", "two"].map((id) => ({ id, steps: fix })))];
  for (const generation of apis) {
    await withLangfuse({ generation, traces }, async ({ server, langfuse }) => {
      expect((await summaryOf(server, "rich")).session).toBeNull();
      expect(langfuse.requests.filter(({ query }) => query.has("sessionId"))).toEqual([]);
      expect((await summaryOf(server, "two")).session).toMatchObject({ turn: 2, earlier_tool_calls: 2 });
    });
  }
});
