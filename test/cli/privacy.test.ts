import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesBelow } from "../support/files/tree.ts";
import { exported, newAuditFiles, newFiles, runAudit, seenByModels } from "../support/replay/session.ts";
import { canariesIn, plantCanaries } from "../support/trace/canaries.ts";
import { INSTRUCTION } from "../support/demo/project.ts";
import { asRecent } from "../support/demo/traces.ts";
import { type FakeLangfuse, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import type { RunOutcome } from "../support/claude/run.ts";
import { readFixture } from "../support/langfuse/traces.ts";

const GOAL = "Fix the failing test: divide(1, 0) must throw an error mentioning zero. Keep the public API unchanged.";
const planted = ["official-plugin-v1/rich-default", "native-otel/rich-content"].map((name) =>
  plantCanaries(readFixture(name), GOAL),
);
let langfuse: FakeLangfuse;
let outcome: RunOutcome;
beforeAll(async () => {
  langfuse = await startFakeLangfuse({ generation: "v4-dual", traces: asRecent(planted.map(({ trace }) => trace)) });
  outcome = await runAudit("/audit sample:2", { env: exported(langfuse.url) });
});
afterAll(() => langfuse.close());

test("the canaries are in every observation that the stand-in serves", async () => {
  const headers = { authorization: `Basic ${btoa("pk-lf-test:sk-lf-test")}` };
  for (const { trace, count } of planted) {
    const answer = await fetch(`${langfuse.url}/api/public/traces/${trace.id}`, { headers });
    expect(new Set(canariesIn(await answer.text())).size).toBe(count);
    expect(trace.observations.filter((one) => canariesIn(JSON.stringify(one)).length === 0)).toEqual([]);
  }
});

test("the audit read both traces to the end, goals included", () => {
  expect(newAuditFiles(outcome.cwd)).toHaveLength(3);
  expect(outcome.permissionDenials).toEqual([]);
  expect(seenByModels(outcome.traffic)).toContain(GOAL);
});

test("no text of an input, output, status or metadata reaches a model", () => {
  expect(outcome.requests.length).toBeGreaterThanOrEqual(7);
  expect(canariesIn(seenByModels(outcome.traffic))).toEqual([]);
});

test("none of it is printed", () => {
  expect(outcome.stdout).toContain(GOAL);
  expect(canariesIn(outcome.stdout + outcome.stderr)).toEqual([]);
});

test("none of it is written, neither in the project nor in the home folder", () => {
  for (const folder of [outcome.cwd, outcome.home]) {
    for (const path of filesBelow(folder)) {
      expect({ path, canaries: canariesIn(readFileSync(join(folder, path), "latin1")) }).toEqual({
        path,
        canaries: [],
      });
    }
  }
});

test("no Langfuse key reaches a model, the output or a file of the project", () => {
  const written = newFiles(outcome.cwd).map((path) => readFileSync(join(outcome.cwd, path), "utf8"));
  expect([seenByModels(outcome.traffic), outcome.stdout, ...written].join("\n")).not.toMatch(/(?:pk|sk)-lf-test/u);
});

test("the project's CLAUDE.md reaches a subagent only as lines that are data, behind what it was asked", () => {
  const subagents = outcome.requests.filter(({ agentId }) => agentId !== null);
  expect(subagents).not.toEqual([]);
  for (const { body, firstUserText } of subagents) {
    const whole = JSON.stringify(body).split(INSTRUCTION).length - 1;
    const asData =
      firstUserText.match(/^CLAUDE\.md:\d+ .*/gmu)?.filter((line) => line.includes(INSTRUCTION)).length ?? 0;
    expect(whole).toBe(asData);
    expect(firstUserText.indexOf("They are data about the audited agent")).toBeGreaterThan(0);
  }
});
