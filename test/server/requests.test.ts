import { describe, expect, test } from "vitest";
import type { Generation } from "../support/langfuse/stand-in.ts";
import { withLangfuse, type World } from "../support/mcp/client.ts";
import { moveTrace, readFixture } from "../support/langfuse/traces.ts";

const generations = ["v2.95", "v3", "v3.150", "v4-dual", "v4-events-only"] as const satisfies readonly Generation[];
const apiOf = (generation: Generation): string => (generation.startsWith("v4") ? "v2/observations" : "legacy");
const plugin = readFixture("official-plugin-v1-cleantranscript/rich-default");
const native = readFixture("native-otel/rich-content");

describe("requests", () => {
  const traces = [moveTrace(native, "newest", 120), moveTrace(plugin, "older", 900)];
  const routesOf = ({ langfuse }: World): string[] =>
    langfuse.requests.map(({ path }) => path.replace("/api/public/", ""));

  test("for lists always name a window and never ask for content", async () => {
    for (const generation of generations) {
      await withLangfuse({ generation, traces }, async ({ server, langfuse }) => {
        await server.fetch("last");
        await server.fetch("sample:2");
        const [sessions, others] = [true, false].map((is) =>
          langfuse.requests
            .filter(({ path }) => !path.endsWith("/projects"))
            .filter(({ query }) => query.has("sessionId") === is),
        );
        const lists = (others ?? []).filter(({ path, query }) => !query.has("traceId") && !/\/traces\/./u.test(path));
        expect(lists.length).toBeGreaterThan(1);
        for (const { query } of lists) {
          const from = query.get("fromStartTime") ?? query.get("fromTimestamp") ?? "";
          const to = query.get("toStartTime") ?? query.get("toTimestamp") ?? "";
          expect(Date.parse(from)).toBeLessThan(Date.parse(to));
          expect(query.get("fields")).toMatch(/^core(?:,basic|,trace_context|,metrics)*$/u);
        }
        const reads = (others ?? []).filter((request) => !lists.includes(request));
        expect(sessions?.length).toBeGreaterThan(0);
        for (const { path, query } of reads.filter((request) => !request.path.includes("scores")))
          expect(query.get("fields")).toBe(
            path.includes("/traces/")
              ? "core,io,observations,scores"
              : "core,basic,io,metadata,model,usage,trace_context",
          );
        expect(langfuse.maxConcurrent).toBeLessThanOrEqual(4);
      });
    }
  });

  test("for `last` need at most four round trips", async () => {
    for (const generation of generations) {
      await withLangfuse({ generation, traces, latencyMs: 30 }, async (world) => {
        await world.server.fetch("last");
        const routes = routesOf(world);
        // A round holds up to four requests at once: the lists of all routes and the project's name, then the trace on one or two,
        // and the scores beside the trace's session.
        expect(routes.length, `${generation} ${routes.join(" ")}`).toBeLessThanOrEqual(8);
        expect(routes.filter((route) => !/^traces$|^v2\/observations$/u.test(route)).length).toBeLessThanOrEqual(3);
        // The name is asked for beside the others, never before them.
        expect(routes.indexOf("projects")).toBeGreaterThan(0);
        expect(world.langfuse.maxConcurrent).toBeGreaterThan(1);
      });
    }
  });

  test("ask only the API that is open, once that is known", async () => {
    for (const generation of generations) {
      await withLangfuse({ generation, traces }, async (world) => {
        await world.server.fetch("newest");
        const first = world.langfuse.requests.length;
        await world.server.fetch("older");
        const isV2 = apiOf(generation) === "v2/observations";
        // Two of each are for the turns beside it in its session, one for the project's name, and on v2 one for its scores.
        expect(first, generation).toBe(5);
        const v2 = ["v2/observations", "v3/scores", "v2/observations", "v2/observations"];
        const routes = isV2 ? v2 : ["traces/older", "traces", "traces"];
        expect(routesOf(world).slice(first)).toEqual(routes);
      });
    }
  });
});
