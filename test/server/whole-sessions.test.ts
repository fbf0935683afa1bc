import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { bash, edit, read } from "../support/trace/steps.ts";
import type { FakeRequest, Fault, Generation, LegacyTrace } from "../support/langfuse/stand-in.ts";
import { type Server, withLangfuse } from "../support/mcp/client.ts";
import { moveTrace, readFixture } from "../support/langfuse/traces.ts";
import { sessionTurns } from "../support/langfuse/session-turns.ts";
import { installSession, type Scenario, withoutKeys } from "../support/transcripts/recorded.ts";

vi.setConfig({ testTimeout: 60_000 });

const generations = ["v2.95", "v4-dual", "v4-events-only"] as const satisfies readonly Generation[];
const fix = [read("src/a.ts"), edit("src/a.ts")];

const threeTurns = sessionTurns([
  { id: "one", prompt: "Fix the parser", steps: [read("src/a.ts"), edit("src/a.ts")] },
  { id: "two", prompt: "And the docs?", steps: [] },
  { id: "three", prompt: "Commit it", steps: [bash("npm test"), bash("git commit -m x")] },
]);
const elsewhere = sessionTurns([{ id: "other", steps: fix, session: "s2" }]).map((trace) =>
  moveTrace(trace, "other", 40_000),
);

const summaryOf = async (server: Server, selector: string): Promise<Summary> => {
  const { summaries } = await server.fetch(selector);
  expect(summaries).toHaveLength(1);
  return Summary.parse(summaries[0]);
};
const codesOf = ({ warnings }: Summary): readonly string[] => warnings.map(({ code }) => code);
/** A path outside the project is shown by its hash, and the projects lie in different folders. */
const withoutHashes = (turns: unknown): unknown =>
  JSON.parse(JSON.stringify(turns).replaceAll(/\b[0-9a-f]{12}\b/gu, "HASH"));
const humansOf = ({ turns }: Summary): readonly (string | null)[] => turns.map(({ human }) => human);

/** A trace as another session's. */
const inSession = (trace: LegacyTrace, sessionId: string): LegacyTrace => ({
  ...trace,
  sessionId,
  observations: trace.observations.map((one) => ({ ...one, sessionId })),
});

describe("all turns of a session are one summary", () => {
  test.each(generations)("however the session is named, on %s", async (generation) => {
    await withLangfuse({ generation, traces: [...elsewhere, ...threeTurns] }, async ({ server, langfuse }) => {
      const summary = await summaryOf(server, "session");
      expect(summary).toMatchObject({
        trace_id: "session:s1",
        goal: "Fix the parser",
        scope: "session",
        session_id: "s1",
        metrics: { tool_calls: 4 },
        tool_usage: { bash: 2, edit: 1, read: 1 },
      });
      expect(humansOf(summary)).toEqual(["Fix the parser", "And the docs?", "Commit it"]);
      expect(codesOf(summary)).not.toContain("turns_overlap");
      const url = `${langfuse.url}/project/proj1/sessions/s1?tab=traces`;
      for (const selector of ["session:s1", " Session: s1 ", url]) {
        const { source, ...answer } = await server.fetch(selector);
        expect(answer.summaries, selector).toEqual([summary]);
        expect(source).toMatchObject({ api: generation === "v2.95" ? "legacy" : "v2/observations", window: null });
      }
      expect(await summaryOf(server, "session:s2")).toMatchObject({ goal: "Do the work of other" });
    });
  });

  test("the same through each API and from the transcript, where the exporter records it", async () => {
    const recorded: Readonly<Partial<Record<Scenario, readonly string[]>>> = {
      multiturn: ["multiturn.1", "multiturn.2"],
      "rich-default": ["rich-default"],
      todo: ["todo"],
      denied: ["denied"],
    };
    for (const [scenario, names] of Object.entries(recorded)) {
      const traces = names.map((name) => readFixture(`official-plugin-v1-cleantranscript/${name}`));
      const id = String(traces[0]?.sessionId);
      const told: Summary[] = [];
      for (const generation of generations)
        await withLangfuse({ generation, traces }, async ({ server }) => {
          told.push(await summaryOf(server, `session:${id}`));
        });
      expect(told.map(formatJson)).toEqual(told.map(() => formatJson(told[0])));
      await withoutKeys({}, async ({ home, project, start }) => {
        const name =
          scenario === "multiturn" || scenario === "todo" || scenario === "denied" ? scenario : "rich-default";
        const { sessionId } = installSession(name, { home, project, secondsAgo: 3600 });
        const summary = await summaryOf(await start(), sessionId);
        expect(summary.trace_id).toBe(`session:${sessionId}`);
        expect(withoutHashes(summary.turns)).toEqual(withoutHashes(told[0]?.turns));
        expect(summary.tool_usage).toEqual(told[0]?.tool_usage);
      });
    }
  });

  test("in as many requests as its rows have pages, and one more for what only the legacy API may have", async () => {
    const many = sessionTurns(Array.from({ length: 300 }, (_, at) => ({ id: `turn-${at}`, steps: fix })));
    const rows = many.reduce((sum, { observations }) => sum + observations.length, 0);
    const pages = Math.ceil(rows / 1000);
    expect(pages).toBeGreaterThan(1);
    for (const generation of ["v4-events-only", "v4-dual"] as const) {
      await withLangfuse({ generation, traces: many }, async ({ server, langfuse }) => {
        const summary = await summaryOf(server, "session:s1");
        expect(summary).toMatchObject({ metrics: { tool_calls: 600 } });
        expect(summary.turns.length + summary.turns_folded).toBe(300);
        expect(codesOf(summary)).not.toContain("more_turns");
        // The list of the legacy API has two pages of a hundred; no trace is read of which the rows are known.
        const asked = langfuse.requests.filter(({ path }) => !path.endsWith("/projects"));
        expect(asked).toHaveLength(pages + (generation === "v4-dual" ? 2 : 1));
      });
    }
  });

  test("with the traces that a migrating server has only in its legacy API so far", async () => {
    const options = { generation: "v4-dual", traces: threeTurns, lateInV2: new Set(["three"]) } as const;
    await withLangfuse(options, async ({ server }) => {
      expect(humansOf(await summaryOf(server, "session:s1"))).toEqual(["Fix the parser", "And the docs?", "Commit it"]);
    });
  });

  test("also of an exporter that names the session in the turn's own row alone", async () => {
    const traces = threeTurns.map((trace) => ({
      ...trace,
      observations: trace.observations.map((one) =>
        one.parentObservationId === null ? one : { ...one, sessionId: null },
      ),
    }));
    const onlyRoots = ({ query }: { readonly query: URLSearchParams }): undefined => {
      if (query.has("sessionId")) query.set("isRootObservation", "true");
    };
    await withLangfuse({ generation: "v4-events-only", traces, fault: onlyRoots }, async ({ server }) => {
      expect(await summaryOf(server, "session:s1")).toMatchObject({ metrics: { tool_calls: 4 } });
    });
  });

  test("the newest two hundred where each costs a request, and the summary says so", async () => {
    const many = sessionTurns(Array.from({ length: 230 }, (_, at) => ({ id: `turn-${at}`, steps: fix })));
    await withLangfuse({ generation: "v2.95", traces: many }, async ({ server, langfuse }) => {
      const summary = await summaryOf(server, "session:s1");
      expect(summary.turns.length + summary.turns_folded).toBe(200);
      expect(summary.goal).toBe("Do the work of turn-30");
      expect(summary.warnings).toContainEqual({ code: "more_turns", count: 30 });
      expect(langfuse.requests.filter(({ path }) => /\/traces\/turn/u.test(path))).toHaveLength(200);
    });
  });

  test("and is written under the session's name, by a server that never read it too", async () => {
    await withLangfuse({ traces: threeTurns }, async ({ server, project, another }) => {
      const [summary] = (await server.fetch("session")).summaries;
      const written = await server.write("session:s1");
      expect(written.path).toBe("docs/audit/summaries/session%3As1.json");
      expect(readFileSync(join(project, written.path), "utf8")).toBe(formatJson(summary));
      expect(await (await another()).write("session:s1")).toMatchObject({ status: "unchanged" });
      const refused = await server.call("write_summary", { trace_ids: ["session"] });
      expect(refused.text).toContain("`trace_ids` has to hold ids of single traces");
    });
  });
});

describe("what is no turn of the work", () => {
  test("is left out: audits and hand-overs with what follows them, and a turn that still runs", async () => {
    const [one, two, three, four] = sessionTurns([
      { id: "one", prompt: "Fix the parser", steps: fix },
      { id: "two", prompt: "/audit session", steps: [bash("true")] },
      { id: "three", prompt: "/trace-audit:plop", steps: fix },
      { id: "four", prompt: "Go on", steps: fix },
    ]);
    if (one === undefined || two === undefined || three === undefined || four === undefined)
      throw new Error("no turns");
    const fresh = moveTrace(four, "four", 10);
    const running = { ...fresh, observations: fresh.observations.filter((row) => row.parentObservationId !== null) };
    for (const generation of generations)
      await withLangfuse({ generation, traces: [one, two, three, running] }, async ({ server }) => {
        const { summaries, skipped } = await server.fetch("session:s1");
        expect(summaries.map((summary) => humansOf(Summary.parse(summary)))).toEqual([["Fix the parser"]]);
        expect(codesOf(Summary.parse(summaries[0]))).toContain("running_turn_left_out");
        expect(skipped.map(({ trace_id }) => trace_id).toSorted()).toEqual(["four", "three", "two"]);
      });
    await withLangfuse({ traces: [two] }, async ({ server }) => {
      expect(await server.failure("session:s1")).toContain('Session "s1" holds no turn to audit.');
    });
  });

  test("is told once where two exporters wrote the session", async () => {
    const twice = threeTurns.map((trace) => {
      const copy = moveTrace(trace, `${trace.id}-hook`, 0, Date.parse(trace.timestamp) + 5000);
      const rename = (name: unknown): unknown => (name === "Conversational Turn" ? "Claude Code Turn" : name);
      return { ...copy, observations: copy.observations.map((row) => ({ ...row, name: rename(row.name) })) };
    });
    for (const generation of generations)
      await withLangfuse({ generation, traces: [...threeTurns, ...twice] }, async ({ server }) => {
        const summary = await summaryOf(server, "session:s1");
        expect(humansOf(summary)).toEqual(["Fix the parser", "And the docs?", "Commit it"]);
        expect(summary.warnings).toContainEqual({ code: "session_written_twice", count: 3 });
        expect(summary.metrics.tool_calls).toBe(4);
      });
  });

  test("does not hide turns that ran beside each other, which are said to overlap", async () => {
    const now = Date.now();
    const long = Array.from({ length: 20 }, (_, at) => read(`src/f${at}.ts`));
    const traces = sessionTurns([
      { id: "long", steps: long },
      { id: "beside", steps: fix },
    ]).map((trace) => moveTrace(trace, trace.id, trace.id === "long" ? 3600 : 3605, now));
    await withLangfuse({ traces }, async ({ server }) => {
      const summary = await summaryOf(server, "session:s1");
      expect(summary.turns).toHaveLength(2);
      expect(summary.warnings).toContainEqual({ code: "turns_overlap", count: 1 });
    });
  });

  test("of requests that a proxy recorded, the longest history is the session", async () => {
    const requests = ["rich.first", "rich.subagent", "rich"].map((name, at) =>
      moveTrace(inSession(readFixture(`litellm-proxy/${name}`), "s9"), name, 9000 - at),
    );
    for (const generation of generations)
      await withLangfuse({ generation, traces: requests }, async ({ server }) => {
        const alone = Summary.parse((await server.fetch("rich")).summaries[0]);
        const summary = await summaryOf(server, "session:s9");
        expect(summary.turns).toHaveLength(1);
        expect(summary.metrics.tool_calls).toBe(alone.metrics.tool_calls);
        expect(codesOf(summary)).not.toContain("session_written_twice");
      });
  });
});

describe("a session that cannot be read", () => {
  test("is told in what, why and what to do", async () => {
    const [alone] = sessionTurns([{ id: "alone", steps: fix, session: null }]);
    for (const generation of generations)
      await withLangfuse({ generation, traces: alone === undefined ? [] : [alone] }, async ({ server, langfuse }) => {
        const said = await server.failure("session");
        expect(said).toContain('The newest trace, "alone", names no session');
        expect(said.split(/\. /u)).toHaveLength(3);
        const missing = await server.failure("session:none");
        expect(missing).toContain(`Session "none" was not found at ${langfuse.url}`);
        expect(missing.split(/\. /u)).toHaveLength(3);
        const other = await server.failure("https://us.cloud.langfuse.com/project/p/sessions/s1");
        expect(other).toContain("https://us.cloud.langfuse.com");
      });
  });

  test("of an unfitting id is refused like a trace's, without a request", async () => {
    await withLangfuse({ traces: threeTurns }, async ({ server, langfuse }) => {
      const unfit = ["session:", "session: ", "session:a b", "session:..", "session:a\u0000b"];
      for (const selector of [...unfit, `session:${"x".repeat(257)}`, `${langfuse.url}/project/p/sessions/..`])
        expect(await server.failure(selector), JSON.stringify(selector)).toContain("Usage: /audit");
      expect(langfuse.requests).toHaveLength(0);
    });
  });

  test("in one of its turns tells the others, and says so", async () => {
    const fault = ({ path, query }: FakeRequest): Fault | undefined =>
      path.endsWith("/traces/one") || query.get("traceId") === "one" ? { status: 500 } : undefined;
    await withLangfuse({ generation: "v2.95", traces: threeTurns, fault }, async ({ server }) => {
      const summary = await summaryOf(server, "session:s1");
      expect(humansOf(summary)).toEqual(["And the docs?", "Commit it"]);
      expect(summary.warnings).toContainEqual({ code: "turn_not_read", count: 1 });
    });
  });
});

describe("from transcripts", () => {
  const line = (type: string, content: unknown, stop: string | null = null): string => {
    const message = { role: type, content, ...(stop === null ? {} : { stop_reason: stop, id: `m-${Math.random()}` }) };
    return `${JSON.stringify({ type, uuid: crypto.randomUUID(), timestamp: new Date().toISOString(), message })}\n`;
  };

  test("background agents belong to the turn that started them", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId } = installSession("bgagent", { home, project, secondsAgo: 3600 });
      const server = await start();
      const summary = await summaryOf(server, "session");
      expect(summary.trace_id).toBe(`session:${sessionId}`);
      expect(summary.turns).toHaveLength(1);
      const turns = await Promise.all(
        [1, 2, 3].map(async (turn) => Summary.parse((await server.fetch(`${sessionId}-${turn}`)).summaries[0])),
      );
      const calls = turns.reduce((sum, { metrics }) => sum + metrics.tool_calls, 0);
      expect(summary.metrics.tool_calls).toBe(calls);
      expect(codesOf(summary)).not.toContain("turns_overlap");
    });
  });

  test("the finished turns of the running session count, the turn that runs does not", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId, path } = installSession("multiturn", { home, project, secondsAgo: 3600 });
      const server = await start({ CLAUDE_CODE_SESSION_ID: sessionId });
      const before = await summaryOf(server, `session:${sessionId}`);
      expect(before.turns).toHaveLength(2);
      appendFileSync(path, line("user", "And now the docs."));
      const during = await server.fetch(sessionId);
      const summary = Summary.parse(during.summaries[0]);
      expect(summary.turns).toEqual(before.turns);
      expect(codesOf(summary)).toContain("running_turn_left_out");
      expect(during.skipped).toEqual([{ trace_id: `${sessionId}-3`, reason: "its turn still runs" }]);
      appendFileSync(path, line("assistant", [{ type: "text", text: "Written." }], "end_turn"));
      expect(humansOf(await summaryOf(server, sessionId))).toContain("And now the docs.");
    });
  });

  test("a forked and compacted session holds the turns of its origin and its own", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId, path } = installSession("multiturn", { home, project, secondsAgo: 3600 });
      const fork = "f0000000-0000-4000-8000-000000000000";
      const file = path.replace(sessionId, fork);
      writeFileSync(file, readFileSync(path, "utf8").replaceAll(sessionId, fork));
      const summary = "This session is being continued from a previous conversation that ran out of context.";
      const boundary = { type: "system", subtype: "compact_boundary", timestamp: new Date().toISOString() };
      const compacted = `${JSON.stringify(boundary)}\n${line("user", summary)}`;
      const answer = line("assistant", [{ type: "text", text: "Written." }], "end_turn");
      appendFileSync(file, compacted + line("user", "And now the docs.") + answer);
      const server = await start();
      const origin = await summaryOf(server, sessionId);
      const forked = await summaryOf(server, "session");
      expect(forked.trace_id).toBe(`session:${fork}`);
      expect(humansOf(forked)).toEqual([...humansOf(origin), "And now the docs."]);
      expect(forked.turns.slice(0, 2)).toEqual(origin.turns);
    });
  });

  test("the audit in the running session is no turn of it, whether it has begun or is over", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId, path } = installSession("multiturn", { home, project, secondsAgo: 3600 });
      const server = await start({ CLAUDE_CODE_SESSION_ID: sessionId });
      const before = await summaryOf(server, sessionId);
      const steps = [
        line("user", "<command-name>/audit</command-name>\n<command-args>session</command-args>"),
        line("assistant", [{ type: "tool_use", id: "toolu_own", name: OWN_TOOL, input: {} }], "tool_use"),
        line("user", [{ type: "tool_result", tool_use_id: "toolu_own", content: "" }]),
        line("assistant", [{ type: "text", text: "One issue." }], "end_turn"),
      ];
      for (const step of steps) {
        appendFileSync(path, step);
        expect(await summaryOf(server, sessionId)).toEqual(before);
      }
    });
  });

  const OWN_TOOL = "mcp__plugin_trace-audit_langfuse__fetch_trace";

  test("a session is named by the beginning of its id, if that is its alone", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId, path } = installSession("multiturn", { home, project, secondsAgo: 3600 });
      const other = `${sessionId.slice(0, 6)}f0-0000-4000-8000-000000000000`;
      writeFileSync(path.replace(sessionId, other), readFileSync(path, "utf8").replaceAll(sessionId, other));
      const server = await start();
      const whole = await summaryOf(server, sessionId);
      const beginning = sessionId.slice(0, 8);
      for (const selector of [beginning, `session:${beginning}`])
        expect(await summaryOf(server, selector)).toEqual(whole);
      const shared = sessionId.slice(0, 6);
      const said = await server.failure(`session:${shared}`);
      expect(said).toContain(`"${shared}" begins the ids of 2 sessions`);
      expect(said).toContain(other);
      expect(await server.failure(sessionId.slice(0, 3))).toContain("was not found");
    });
  });

  test("a session that is not there, or is another project's, is not found", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      installSession("multiturn", { home, project, secondsAgo: 3600 });
      for (const id of ["none", "../../x", "..%2Fx"]) {
        const said = await (await start()).failure(`session:${id}`);
        expect(said).toContain(`Session "${id}" was not found in Claude Code's transcripts`);
      }
    });
  });
});
