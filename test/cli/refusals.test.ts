import { afterAll, beforeAll, expect, test } from "vitest";
import { exported, newFiles, runAudit } from "../support/replay/session.ts";
import { recentTraces } from "../support/demo/traces.ts";
import { type FakeLangfuse, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import type { RunOutcome } from "../support/claude/run.ts";

let langfuse: FakeLangfuse;
beforeAll(async () => {
  langfuse = await startFakeLangfuse({ generation: "v4-dual", traces: recentTraces(["native-otel/rich-content"]) });
});
afterAll(() => langfuse.close());

const USAGE = "Usage: /audit <trace_id | Langfuse trace or session URL | last | session | session:<id> | sample:N>";

test.each([
  ["a sample of none", "/audit sample:0"],
  ["a sample of more than 50", "/audit sample:51"],
  ["more than one word", "/trace-audit:audit last two"],
])("%s ends with the usage line, before any model is asked", async (_, prompt) => {
  const before = langfuse.requests.length;
  const outcome = await runAudit(prompt, { env: exported(langfuse.url) });
  expect(outcome.requests).toEqual([]);
  expect(outcome.result?.result).toContain(USAGE);
  expect(newFiles(outcome.cwd)).toEqual([]);
  expect(langfuse.requests.length).toBe(before);
});

test.each(["/audit", "/trace-audit:audit"])(
  "%s alone lists the newest runs, before any model is asked",
  async (prompt) => {
    const outcome = await runAudit(prompt, { env: { ...exported(langfuse.url), TRACE_AUDIT_PROJECTS: "*" } });
    expect(outcome.requests).toEqual([]);
    expect(outcome.result?.result).toContain(USAGE);
    expect(outcome.result?.result).toMatch(/^\/audit \S+ .+ turns? /mu);
    expect(newFiles(outcome.cwd)).toEqual([]);
  },
);

/** The audit asked fetch_trace once, showed its message as it was, and did nothing else. */
function expectRefusal(outcome: RunOutcome, message: RegExp): void {
  const results = outcome.requests.flatMap(({ toolResults }) => toolResults);
  expect(results).toMatchObject([{ isError: true, text: expect.stringMatching(message) }]);
  expect(outcome.result?.result).toBe(results[0]?.text);
  expect(outcome.requests.filter(({ agentId }) => agentId !== null)).toEqual([]);
  expect(newFiles(outcome.cwd)).toEqual([]);
}

test("a Langfuse that is down is named, with the likely cause and what to do", async () => {
  const gone = await startFakeLangfuse({ generation: "v4-dual", traces: [] });
  await gone.close();
  const outcome = await runAudit("/audit last", { env: exported(gone.url) });
  expectRefusal(outcome, /^Langfuse at http:\/\/127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED\)\. .+\. .+\.$/u);
});

test("a wrong key is refused by Langfuse, and no key is shown", async () => {
  const env = { ...exported(langfuse.url), LANGFUSE_SECRET_KEY: "sk-lf-mistyped" };
  const outcome = await runAudit("/audit last", { env });
  expectRefusal(outcome, /^Langfuse at http:\/\/127\.0\.0\.1:\d+ refused the API keys \(HTTP 401\)\. .+\. .+\.$/u);
  expect(outcome.stdout).not.toContain("sk-lf-mistyped");
});

test("an id that Langfuse does not know is not replaced by another trace", async () => {
  const outcome = await runAudit("/audit 00000000000000000000000000000000", { env: exported(langfuse.url) });
  expectRefusal(outcome, /^Trace "0{32}" was not found at http:\/\/127\.0\.0\.1:\d+\. .+\. .+\.$/u);
});

test("without keys, and without a finished turn, the first call says what to do", async () => {
  const outcome = await runAudit("/audit last", {});
  expect(outcome.mcpServers).toEqual([{ name: "plugin:trace-audit:langfuse", status: "connected" }]);
  expectRefusal(
    outcome,
    /^No completed Claude Code trace .+\. .+\. Run Claude Code in this project .+ set its keys\.$/u,
  );
});

test("with one key of two the missing one is named", async () => {
  const { LANGFUSE_SECRET_KEY: _, ...env } = exported(langfuse.url);
  expectRefusal(await runAudit("/audit last", { env }), /^LANGFUSE_SECRET_KEY is missing, .+\. .+\. .+\.$/u);
});
