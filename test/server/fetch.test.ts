import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import type { FakeRequest, Fault, Generation } from "../support/langfuse/stand-in.ts";
import { expectClear, json } from "../support/langfuse/faults.ts";
import { WriteSummaryOutput } from "../../mcp-server/src/tools/write-summary.ts";
import { withLangfuse } from "../support/mcp/client.ts";
import { readFixture, smallTurn } from "../support/langfuse/traces.ts";

const generations = ["v2.95", "v3", "v3.150", "v4-dual", "v4-events-only"] as const satisfies readonly Generation[];
const apiOf = (generation: Generation): string => (generation.startsWith("v4") ? "v2/observations" : "legacy");
const plugin = readFixture("official-plugin-v1-cleantranscript/rich-default");
const native = readFixture("native-otel/rich-content");
const fileIn = (project: string, path: string): string => readFileSync(join(project, path), "utf8");
const listFiles = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
    : [];

describe("one trace", () => {
  const traces = [plugin, native];

  test("has the same summary, byte for byte, on every server generation", async () => {
    const seen = new Map<string, string>();
    for (const generation of generations) {
      await withLangfuse({ generation, traces }, async ({ server, project }) => {
        // 2.x took no OpenTelemetry.
        for (const { id } of generation === "v2.95" ? [plugin] : traces) {
          const answer = await server.fetch(id);
          expect(answer.source).toMatchObject({ api: apiOf(generation), window: null, population: null });
          expect(answer).toMatchObject({ selector: id, sample: null, skipped: [] });
          const { path, sha256, bytes, status } = await server.write(id);
          const content = fileIn(project, path);
          expect(status).toBe("created");
          expect(content).toBe(formatJson(answer.summaries[0]));
          expect(bytes).toBe(Buffer.byteLength(content));
          expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
          expect(content, `${generation} ${id}`).toBe(seen.get(id) ?? content);
          seen.set(id, content);
        }
      });
    }
    expect(seen.size).toBe(2);
  });

  test("is found by the URLs that Langfuse shows for it", async () => {
    await withLangfuse({ traces, basePath: "/langfuse" }, async ({ server, langfuse }) => {
      const { summaries } = await server.fetch(native.id);
      for (const url of [
        `${langfuse.url}/project/proj1/traces/${native.id}`,
        `${langfuse.url}/project/proj1/traces/${native.id}?observation=abc&timestamp=2026-01-01T00:00:00.000Z`,
        `${langfuse.url}/project/proj1/traces?peek=${native.id}&dateRange=1d`,
        `${langfuse.url}/project/proj1/traces?peek=o1&observation=o1&traceId=${native.id}`,
        `${langfuse.url}/project/proj1/sessions/s1?traceId=${native.id}#top`,
        `"${langfuse.url}/trace/${native.id}/"`,
      ]) {
        expect((await server.fetch(url)).summaries, url).toEqual(summaries);
      }
    });
  });

  test.each(["v2.95", "v3", "v4-dual", "v4-events-only"] as const)(
    "comes with the name of the project that the keys open, and only from that (%s)",
    async (generation) => {
      await withLangfuse({ generation, traces }, async ({ server, langfuse }) => {
        for (const selector of [native.id, "last", "sample:1", `${langfuse.url}/project/proj1/traces/${native.id}`])
          expect((await server.fetch(selector)).source.project, selector).toBe("Proj");
        expect(langfuse.requests.filter(({ path }) => path.endsWith("/projects"))).toHaveLength(1);
        for (const id of [native.id, "nowhere"]) {
          const said = await server.failure(`${langfuse.url}/project/other/traces/${id}`);
          expect(said).toMatch(/^The URL belongs to project "other", but the keys open project "Proj" \(proj1\)\./u);
          expectClear(said);
        }
      });
    },
  );

  test("comes without a project's name where none is told, or not in time", async () => {
    const answers: readonly Fault[] = ["hang", "reset", { status: 404 }, json({ data: [] }), json({ data: [{}, {}] })];
    for (const answer of answers) {
      const fault = ({ path }: FakeRequest): Fault | undefined => (path.endsWith("/projects") ? answer : undefined);
      await withLangfuse({ traces, fault }, async ({ server }) => {
        const { source, summaries } = await server.fetch(native.id);
        expect(source.project, JSON.stringify(answer)).toBeNull();
        expect(summaries).toHaveLength(1);
      });
    }
  });

  test("of another host is not looked up here", async () => {
    await withLangfuse({ traces }, async ({ server, langfuse }) => {
      const said = await server.failure(`https://us.cloud.langfuse.com/project/p/traces/${native.id}`);
      expect(said).toContain("https://us.cloud.langfuse.com");
      expect(said).toContain("LANGFUSE_BASE_URL");
      expect(langfuse.requests).toHaveLength(0);
    });
  });

  test("that is none of the selectors is refused with the usage line, without a request", async () => {
    await withLangfuse({ traces }, async ({ server, langfuse }) => {
      const wrong = ["", " ", "sample", "sample:", "sample:0", "sample:51", "sample:-1", "sample:3.5", "sample:1e1"];
      const unsafe = [
        ".",
        "..",
        "a b",
        "a\nb",
        "a\u0000b",
        "x".repeat(257),
        "https://host/",
        "http://",
        "https://h/traces/..",
      ];
      for (const selector of [...wrong, ...unsafe])
        expect(await server.failure(selector), JSON.stringify(selector)).toContain("Usage: /audit");
      expect(langfuse.requests).toHaveLength(0);
    });
  });

  test("keeps strange ids apart, on the wire and on disk", async () => {
    const ids = ["../../x", "a/b", "a%2Fb", "....", "a?b#c&d=e", "ünï-→-日本", "-rf", "x".repeat(256), "CON", "a:b|c*"];
    const strange = ids.map((id) => smallTurn(id, 600, `The goal of ${id.slice(0, 20)}`));
    for (const generation of ["v3", "v4-events-only"] as const) {
      await withLangfuse({ generation, traces: strange }, async ({ server, project, langfuse }) => {
        const paths = new Set<string>();
        for (const id of ids) {
          const { trace_id, path } = await server.write(id);
          expect(trace_id).toBe(id);
          expect(path).toMatch(/^docs\/audit\/summaries\/[\w%-]+\.json$/u);
          expect(JSON.parse(fileIn(project, path))).toMatchObject({ trace_id: id });
          paths.add(path.toLowerCase());
        }
        expect(paths.size).toBe(ids.length);
        expect(listFiles(project)).toHaveLength(ids.length);
        expect(langfuse.requests.filter(({ status }) => status !== 200 && status !== 404)).toEqual([]);
      });
    }
  });
});

describe("write_summary", () => {
  test("creates, leaves alone what is the same, and replaces what is not", async () => {
    await withLangfuse({ traces: [native] }, async ({ server, project, langfuse }) => {
      await server.fetch(native.id);
      const first = await server.write(native.id);
      expect(first).toMatchObject({
        status: "created",
        path: `docs/audit/summaries/${native.id}.json`,
        comparison: null,
      });
      expect(await server.write(native.id)).toEqual({ ...first, status: "unchanged" });
      writeFileSync(join(project, first.path), "{}");
      expect(await server.write(native.id)).toEqual({ ...first, status: "replaced" });
      // One for the trace, two for its session, one for its scores, and one for the project's name.
      expect(langfuse.requests).toHaveLength(5);
    });
  });

  test("computes the summary again after a restart, to the same bytes", async () => {
    await withLangfuse({ traces: [native] }, async ({ server, another }) => {
      await server.fetch(native.id);
      const first = await server.write(native.id);
      const restarted = await another();
      expect(await restarted.write(native.id)).toEqual({ ...first, status: "unchanged" });
    });
  });

  test("takes ids of single traces and nothing else", async () => {
    await withLangfuse({ traces: [native] }, async ({ server, project }) => {
      for (const trace_id of ["last", "sample:3", "LAST"]) {
        const answer = await server.call("write_summary", { trace_ids: [trace_id] });
        expect([answer.isError, answer.text], trace_id).toEqual([
          true,
          expect.stringContaining("ids of single traces"),
        ]);
      }
      expect(listFiles(project)).toEqual([]);
    });
  });

  test("writes a whole sample in one call, each id once, in their order", async () => {
    const ids = Array.from({ length: 50 }, (_, at) => `run-${at}`);
    const runs = ids.map((id) => smallTurn(id, 600));
    await withLangfuse({ traces: runs }, async ({ server, project, another }) => {
      for (const one of [server, await another()]) {
        const { isError, data, text } = await one.call("write_summary", { trace_ids: ids });
        expect([isError, text]).toEqual([false, ""]);
        const { summaries } = WriteSummaryOutput.parse(data);
        expect(summaries.map(({ trace_id }) => trace_id)).toEqual(ids);
        expect(listFiles(project)).toHaveLength(50);
        expect(JSON.stringify(data).length).toBeLessThan(40_000);
      }
      const { data } = await server.call("write_summary", { trace_ids: ["run-7", "run-3", "run-7"] });
      expect(data).toMatchObject({ summaries: [{ trace_id: "run-7", status: "unchanged" }, { trace_id: "run-3" }] });
    });
  });

  test("says of an id that fails why, and writes the others", async () => {
    await withLangfuse({ traces: [native] }, async ({ server, project }) => {
      await server.fetch(native.id);
      const { isError, data } = await server.call("write_summary", { trace_ids: ["gone", native.id, "last"] });
      expect([isError, data]).toMatchObject([
        false,
        {
          summaries: [
            { trace_id: "gone", error: expect.stringContaining('"gone"') },
            { trace_id: native.id, status: "created" },
            { trace_id: "last", error: expect.stringContaining("ids of single traces") },
          ],
        },
      ]);
      expect(listFiles(project)).toHaveLength(1);
      const gone = Array.from({ length: 6 }, (_, at) => `gone-${at}`);
      const failed = await server.call("write_summary", { trace_ids: ["last", ...gone] });
      const lines = failed.text.split("\n");
      expect([failed.isError, lines.length]).toEqual([true, 6]);
      expect(lines[0]).toContain("ids of single traces");
      expect(lines[4]).toContain('"gone-3"');
      expect(lines[5]).toBe("2 more ids failed.");
    });
  });
});
