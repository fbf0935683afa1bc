import { execFile } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { message } from "../support/langfuse/faults.ts";
import type { FakeRequest, Fault, Generation } from "../support/langfuse/stand-in.ts";
import { smallTurn } from "../support/langfuse/traces.ts";
import { KEYS, withLangfuse, type World } from "../support/mcp/client.ts";

const turn = { ...smallTurn("turn", 600), sessionId: "session-1" };
const DECIDES = { TRACE_AUDIT_OUTCOME_SCORE: "ci" } as const;

async function post({ langfuse }: World, score: Readonly<Record<string, unknown>>): Promise<void> {
  const authorization = `Basic ${btoa(`${KEYS.LANGFUSE_PUBLIC_KEY}:${KEYS.LANGFUSE_SECRET_KEY}`)}`;
  const headers = { authorization, "content-type": "application/json" };
  const body = JSON.stringify(score);
  const { status } = await fetch(`${langfuse.url}/api/public/scores`, { method: "POST", headers, body });
  expect(status).toBe(200);
}

const failed = { traceId: "turn", name: "ci", value: 0, dataType: "BOOLEAN", comment: "CANARY-comment" };
const asked = ({ langfuse }: World): readonly string[] =>
  langfuse.requests.filter(({ path, method }) => path.includes("scores") && method === "GET").map(({ path }) => path);

describe("scores of a trace", () => {
  test.each<readonly [Generation, readonly string[]]>([
    // The older routes bring them along with the trace.
    ["v2.95", []],
    ["v3", []],
    ["v4-dual", ["/api/public/v3/scores"]],
    ["v4-events-only", ["/api/public/v3/scores"]],
  ])("are read from %s, decide the outcome, and leave no comment behind", async (generation, routes) => {
    await withLangfuse({ generation, traces: [turn], env: DECIDES }, async (world) => {
      await post(world, failed);
      await post(world, { traceId: "other", name: "ci", value: 1, dataType: "BOOLEAN" });
      await post(world, { traceId: "turn", observationId: "o", name: "step", value: 1 });
      await post(world, { traceId: "turn", name: "quality", value: 0.25 });
      const answer = await world.server.fetch("turn");
      expect(answer.summaries[0]).toMatchObject({
        outcome: "failure",
        outcome_basis: "score:ci",
        scores: [
          { name: "ci", value: false, source: "API" },
          { name: "quality", value: 0.25, source: "API" },
        ],
      });
      expect(JSON.stringify(answer)).not.toContain("CANARY");
      expect(asked(world)).toEqual(routes);
    });
  });

  test("leave the outcome to the run without the setting", async () => {
    await withLangfuse({ traces: [turn] }, async (world) => {
      const before = await world.server.fetch("turn");
      await post(world, failed);
      const [summary] = (await world.server.fetch("turn")).summaries;
      expect(summary).toMatchObject({ outcome: "success", scores: [{ name: "ci", value: false }] });
      expect(before.summaries[0]).toEqual({ ...summary, scores: [] });
    });
  });

  test("fall back to v2/scores where v3 is missing, and to none where both are, asking for neither again", async () => {
    const without = (...gone: readonly string[]) => ({
      fault: ({ path }: FakeRequest): Fault | undefined =>
        gone.some((route) => path.endsWith(route)) ? { status: 404, body: "<html>" } : undefined,
    });
    await withLangfuse(
      { generation: "v4-dual", traces: [turn], env: DECIDES, ...without("v3/scores") },
      async (world) => {
        await post(world, failed);
        expect((await world.server.fetch("turn")).summaries[0]).toMatchObject({ outcome_basis: "score:ci" });
        await world.server.fetch("turn");
        expect(asked(world).map((path) => path.slice(-9))).toEqual(["v3/scores", "v2/scores", "v2/scores"]);
      },
    );
    await withLangfuse(
      { generation: "v4-dual", traces: [turn], ...without("v3/scores", "v2/scores") },
      async (world) => {
        for (let time = 0; time < 2; time += 1) {
          const [summary] = (await world.server.fetch("turn")).summaries;
          expect(summary).toMatchObject({ scores: [], outcome: "success" });
          expect(JSON.stringify(summary)).not.toContain("scores_not_read");
        }
        expect(asked(world)).toHaveLength(2);
      },
    );
  });

  test("never fail a call nor hold it up: an error is said, not asked again, and silence is waited for 2 s", async () => {
    const faults: readonly Fault[] = [
      { status: 500, body: message("down") },
      { status: 429, body: message("slow"), headers: { "retry-after": "3600" } },
      { status: 401, body: message("no") },
      { body: "<html>", contentType: "text/html" },
      { delayMs: 30_000 },
    ];
    for (const fault of faults) {
      const onScores = ({ path }: FakeRequest): Fault | undefined => (path.includes("scores") ? fault : undefined);
      await withLangfuse({ traces: [turn], fault: onScores, env: DECIDES }, async (world) => {
        const started = Date.now();
        const [summary] = (await world.server.fetch("turn")).summaries;
        expect(Date.now() - started, JSON.stringify(fault)).toBeLessThan(6000);
        expect(summary).toMatchObject({ scores: [], outcome: "success" });
        expect(JSON.stringify(summary)).toContain("scores_not_read");
        expect(asked(world)).toHaveLength(1);
      });
    }
  });
});

test("a session's own scores decide its outcome", async () => {
  for (const generation of ["v3", "v4-events-only"] as const) {
    await withLangfuse({ generation, traces: [turn], env: DECIDES }, async (world) => {
      await post(world, { ...failed, traceId: "turn", value: 1 });
      await post(world, { name: "ci", sessionId: "session-1", value: 0, dataType: "BOOLEAN" });
      const [summary] = (await world.server.fetch("session:session-1")).summaries;
      expect(summary).toMatchObject({ outcome: "failure", outcome_basis: "score:ci", scores: [{ value: false }] });
    });
  }
});

test("the script of docs/scores.md writes the score that decides", async () => {
  const page = readFileSync(join(PLUGIN_ROOT, "docs/scores.md"), "utf8");
  const script = /```bash\n([^]*?)```/u.exec(page)?.[1] ?? "";
  const folder = temporaryFolder("ci");
  const put = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };
  put("score.sh", script);
  put("claude", `#!/bin/sh\necho '{"session_id":"session-1","result":"Done."}'\n`);
  for (const [passes, outcome] of [
    [true, "success"],
    [false, "failure"],
  ] as const) {
    put("npm", `#!/bin/sh\nexit ${passes ? 0 : 1}\n`);
    await withLangfuse({ traces: [turn], env: DECIDES }, async ({ langfuse, server }) => {
      const PATH = `${folder}:${process.env["PATH"] ?? ""}`;
      const env = { ...KEYS, LANGFUSE_BASE_URL: langfuse.url, PATH };
      await promisify(execFile)(join(folder, "score.sh"), ["Fix it"], { env });
      for (const selector of ["turn", "session:session-1"])
        expect((await server.fetch(selector)).summaries[0], selector).toMatchObject({
          outcome,
          outcome_basis: "score:ci",
        });
    });
  }
});
