import { describe, expect, test } from "vitest";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { edit, failedEdit, read, bash } from "../support/trace/steps.ts";
import type { Generation } from "../support/langfuse/stand-in.ts";
import { type Server, withLangfuse } from "../support/mcp/client.ts";
import { readFixture } from "../support/langfuse/traces.ts";
import { sessionTurns } from "../support/langfuse/session-turns.ts";
import { installSession, withoutKeys } from "../support/transcripts/recorded.ts";

const generations = ["v2.95", "v3", "v4-dual", "v4-events-only"] as const satisfies readonly Generation[];
const apis = ["v3", "v4-events-only"] as const satisfies readonly Generation[];

const summaryOf = async (server: Server, id: string): Promise<Summary> =>
  Summary.parse((await server.fetch(id)).summaries[0]);

const idsOf = ({ patterns }: Summary): readonly string[] => patterns.map(({ id }) => id);

const unread = failedEdit("src/a.ts", "File has not been read yet. Read it first before writing to it.");
const fix = [read("src/a.ts"), edit("src/a.ts")];

const threeTurns = sessionTurns([
  { id: "one", steps: [read("src/a.ts"), read("src/b.ts")] },
  { id: "two", steps: [edit("src/a.ts"), failedEdit("src/b.ts"), bash("npm test")] },
  { id: "three", steps: [edit("src/b.ts"), bash("npm test")] },
]);

describe("the place of a turn in its session", () => {
  test.each(generations)(
    "is told with the totals of the turns before it, never of later ones, on %s",
    async (generation) => {
      await withLangfuse({ generation, traces: threeTurns }, async ({ server }) => {
        const none = { earlier_turns: 0, earlier_tool_calls: 0, earlier_failed_calls: 0, earlier_files_changed: 0 };
        expect((await summaryOf(server, "one")).session).toEqual({ turn: 1, ...none });
        const two = { turn: 2, ...none, earlier_turns: 1, earlier_tool_calls: 2 };
        expect((await summaryOf(server, "two")).session).toEqual(two);
        const three = {
          turn: 3,
          earlier_turns: 2,
          earlier_tool_calls: 5,
          earlier_failed_calls: 1,
          earlier_files_changed: 1,
        };
        expect((await summaryOf(server, "three")).session).toEqual(three);
        expect(Summary.parse((await server.fetch("last")).summaries[0]).session).toEqual(three);
      });
    },
  );

  test("is the same for a recorded session through each API and from its transcript", async () => {
    const traces = ["multiturn.1", "multiturn.2"].map((name) =>
      readFixture(`official-plugin-v1-cleantranscript/${name}`),
    );
    const told: unknown[] = [];
    for (const generation of apis) {
      await withLangfuse({ generation, traces }, async ({ server }) => {
        told.push((await summaryOf(server, traces[1]?.id ?? "")).session);
      });
    }
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId } = installSession("multiturn", { home, project, secondsAgo: 3600 });
      told.push((await summaryOf(await start(), `${sessionId}-2`)).session);
    });
    const place = {
      turn: 2,
      earlier_turns: 1,
      earlier_tool_calls: 1,
      earlier_failed_calls: 0,
      earlier_files_changed: 0,
    };
    expect(told).toEqual([place, place, place]);
  });

  const humansOf = ({ turns }: Summary): readonly unknown[] => turns.map(({ turn, human }) => [turn, human]);

  test.each(generations)("comes with the human's words of the turns beside it, on %s", async (generation) => {
    const said = ["Add a cache", "Does it expire?", "It never expires, fix that"];
    const traces = sessionTurns(
      said.map((prompt, at) => ({ id: `beside-${at + 1}`, steps: [read(`src/${at}.ts`)], prompt })),
    );
    await withLangfuse({ generation, traces }, async ({ server }) => {
      const rows = said.map((prompt, at) => [at + 1, prompt]);
      expect(humansOf(await summaryOf(server, "beside-1"))).toEqual(rows.slice(0, 2));
      expect(humansOf(await summaryOf(server, "beside-2"))).toEqual(rows);
      expect(humansOf(await summaryOf(server, "beside-3"))).toEqual(rows.slice(1));
    });
  });

  test("is not told of a trace without a session, and costs it no request", async () => {
    const [alone] = sessionTurns([{ id: "alone", steps: fix, session: null }]);
    for (const generation of apis) {
      await withLangfuse({ generation, traces: alone === undefined ? [] : [alone] }, async ({ server, langfuse }) => {
        expect((await summaryOf(server, "alone")).session).toBeNull();
        expect(langfuse.requests.filter(({ query }) => query.has("sessionId"))).toEqual([]);
      });
    }
  });

  test("costs two requests more on v2, however many turns came before and after", async () => {
    const many = sessionTurns(Array.from({ length: 30 }, (_, at) => ({ id: `turn-${at}`, steps: fix })));
    await withLangfuse({ generation: "v4-events-only", traces: many }, async ({ server, langfuse }) => {
      expect((await summaryOf(server, "turn-14")).session).toMatchObject({ turn: 15, earlier_tool_calls: 28 });
      expect(langfuse.requests.filter(({ query }) => query.has("sessionId"))).toHaveLength(2);
      // One for the trace, two for its session, one for its scores, and one for the project's name.
      expect(langfuse.requests).toHaveLength(3);
    });
  });

  test("is open when the session has more turns than are read, and the totals are of those that were", async () => {
    const many = sessionTurns(Array.from({ length: 40 }, (_, at) => ({ id: `turn-${at}`, steps: fix })));
    await withLangfuse({ generation: "v3", traces: many }, async ({ server, langfuse }) => {
      expect((await summaryOf(server, "turn-39")).session).toMatchObject({ turn: null, earlier_turns: 10 });
      expect(langfuse.requests.length).toBeLessThan(16);
    });
    const long = Array.from({ length: 400 }, (_, at) => read(`src/f${at}.ts`));
    const heavy = sessionTurns(Array.from({ length: 6 }, (_, at) => ({ id: `turn-${at}`, steps: long })));
    await withLangfuse({ generation: "v4-events-only", traces: heavy }, async ({ server, langfuse }) => {
      // Three pages of a thousand rows: three whole turns of 802, and a part of one that does not count. One for what came after.
      expect((await summaryOf(server, "turn-5")).session).toMatchObject({ turn: null, earlier_tool_calls: 1200 });
      expect(langfuse.requests.filter(({ query }) => query.has("sessionId"))).toHaveLength(4);
    });
  });

  test("does not count other sessions where a server ignores the parameter", async () => {
    const others = sessionTurns([
      { id: "mine", steps: fix },
      { id: "theirs", steps: fix, session: "s2" },
      { id: "audited", steps: fix },
    ]);
    const ignore = ({ query }: { readonly query: URLSearchParams }) => {
      query.delete("sessionId");
      return undefined;
    };
    for (const generation of apis) {
      await withLangfuse({ generation, traces: others, fault: ignore }, async ({ server }) => {
        expect((await summaryOf(server, "audited")).session).toMatchObject({ turn: 2, earlier_tool_calls: 2 });
      });
    }
  });

  test("is open, and the rest counts, when one earlier turn cannot be read", async () => {
    const fault = ({ path }: { readonly path: string }) =>
      path.endsWith("/traces/one") ? ({ status: 422, body: { error: "PayloadTooLargeError" } } as const) : undefined;
    await withLangfuse({ generation: "v3", traces: threeTurns, fault }, async ({ server }) => {
      expect((await summaryOf(server, "three")).session).toMatchObject({ turn: null, earlier_turns: 1 });
    });
  });

  test("is left out with a warning when it cannot be read, and the audit goes on", async () => {
    for (const generation of apis) {
      const fault = ({ query }: { readonly query: URLSearchParams }) =>
        query.has("sessionId") ? ({ status: 500 } as const) : undefined;
      await withLangfuse({ generation, traces: threeTurns, fault }, async ({ server }) => {
        const summary = await summaryOf(server, "three");
        expect(summary.session).toBeNull();
        expect(summary.warnings).toContainEqual({ code: "session_not_read", count: 1 });
        expect(summary.metrics.tool_calls).toBe(2);
      });
    }
  });
});

describe("patterns that need the session", () => {
  test("edit_without_read: not for a file that an earlier turn read", async () => {
    const traces = sessionTurns([
      { id: "first", steps: [read("src/a.ts")] },
      { id: "later", steps: [unread, read("src/a.ts"), edit("src/a.ts")] },
      { id: "alone", steps: [unread, read("src/a.ts"), edit("src/a.ts")], session: "s2" },
    ]);
    for (const generation of apis) {
      await withLangfuse({ generation, traces }, async ({ server }) => {
        expect(idsOf(await summaryOf(server, "later"))).not.toContain("edit_without_read");
        expect(idsOf(await summaryOf(server, "alone"))).toContain("edit_without_read");
      });
    }
  });

  test("correction_loop: four turns in a row that change the same code", async () => {
    const traces = sessionTurns(
      ["one", "two", "three", "four"].map((id) => ({ id, steps: fix, prompt: "This is still wrong." })),
    );
    for (const generation of apis) {
      await withLangfuse({ generation, traces }, async ({ server }) => {
        expect(idsOf(await summaryOf(server, "three"))).not.toContain("correction_loop");
        const { patterns } = await summaryOf(server, "four");
        const found = patterns.find(({ id }) => id === "correction_loop");
        expect(found).toMatchObject({ severity: "medium", count: 4, observations: ["four-root-tool-2"] });
        expect(found?.detail).toBe("4 turns in a row changed only a.ts");
      });
    }
  });

  test("correction_loop: not when a turn between changed something else, nothing, or documents only", async () => {
    const last = { id: "last", steps: fix };
    const loops = [[edit("src/a.ts"), edit("src/b.ts")], [read("src/a.ts")]].map((between, at) =>
      sessionTurns([
        ...["one", "two"].map((id) => ({ id, steps: fix })),
        { id: `between-${at}`, steps: between },
        { id: "four", steps: fix },
        last,
      ]),
    );
    const documents = sessionTurns(
      ["one", "two", "three", "last"].map((id) => ({ id, steps: [read("docs/plan.md"), edit("docs/plan.md")] })),
    );
    for (const traces of [...loops, documents]) {
      await withLangfuse({ traces }, async ({ server }) => {
        expect(idsOf(await summaryOf(server, "last"))).not.toContain("correction_loop");
      });
    }
  });
});
