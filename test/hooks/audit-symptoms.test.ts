import { createHash } from "node:crypto";
import { utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseMarks } from "../../mcp-server/src/audit/layout/marks.ts";
import {
  DIAGNOSIS,
  ENGINEER,
  openAudited,
  planOf,
  put,
  readAudit,
  RUN,
  startAudit,
  VALID,
  writePlan,
} from "../support/hook/audited.ts";
import { openHookSession, type HookSession } from "../support/hook/session.ts";

/** A kept plan of a day of March 2026, about a run of that day; its first issue names a kind. */
function keep(session: HookSession, day: number, kind: string | null): string {
  const run = { ...RUN, trace_id: `run-${day}`, started_at: `2026-03-0${day}T08:30:00.000Z` };
  const plan = planOf(run)
    .replace(/^1\. `[\w-]+`: /mu, kind === null ? "1. " : `1. \`${kind}\`: `)
    .replace(/^2\. `[\w-]+`: /mu, "2. ");
  put(session, `docs/audit/2026-03-0${day}-run-${day}.md`, plan);
  return createHash("sha256").update(plan).digest("hex");
}

function execute(session: HookSession, plan_sha256: string, at: string): void {
  put(
    session,
    "docs/audit/approvals.jsonl",
    `${JSON.stringify({ event: "executed", at, plan_sha256, changed: [{}] })}\n`,
  );
}

const rowOf = (index: string, kind: string): string =>
  index.split("\n").find((line) => line.startsWith(`| \`${kind}\``)) ?? "";

async function indexOf(session: HookSession): Promise<string> {
  await writePlan(await openAudited(session), VALID);
  return readAudit(session, "README.md");
}

test("the index follows each kind of symptom: its state, since when, where, what was done", async () => {
  const session = openHookSession();
  const plan = keep(session, 1, "lint-loop");
  execute(session, plan, "2026-03-02T12:00:00.000Z");
  keep(session, 2, "lint-loop");
  keep(session, 3, "masked-check");
  const before = await indexOf(session);
  expect(before).toContain("## Symptoms");
  expect(rowOf(before, "masked-check")).toContain(
    "| open | 2026-03-03 | [2026-03-03](2026-03-03-run-3.md) | proposed |  |",
  );
  // The run of the second day started before the change.
  expect(rowOf(before, "lint-loop")).toContain(
    "| not seen in 2 runs since the change | 2026-03-01 | [2026-03-02](2026-03-02-run-2.md), [2026-03-01](2026-03-01-run-1.md) | changed, [2026-03-01](2026-03-01-run-1.md) |  |",
  );
  keep(session, 4, "lint-loop");
  const after = await indexOf(session);
  expect(rowOf(after, "lint-loop")).toContain("| back |");

  expect(after.indexOf("| `lint-loop`")).toBeLessThan(after.indexOf("| `masked-check`"));
});

test("a change after which no run was audited is known to have done nothing yet, and an approval alone changes nothing", async () => {
  const session = openHookSession();
  const plan = keep(session, 1, "lint-loop");
  const other = keep(session, 2, "masked-check");
  const lines = [
    { event: "executed", at: "2026-12-01T12:00:00.000Z", plan_sha256: plan, changed: [{}] },
    { event: "approved", at: "2026-12-01T13:00:00.000Z", plan_sha256: other },
    { event: "stopped", at: "2026-12-01T13:01:00.000Z", plan_sha256: other, changed: [{}] },
  ];
  put(session, "docs/audit/approvals.jsonl", lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const index = await indexOf(session);
  expect(rowOf(index, "lint-loop")).toContain("| not known: no run audited since the change |");
  expect(rowOf(index, "masked-check")).toContain("| open |");
  expect(rowOf(index, "masked-check")).toContain("| approved, stopped,");
});

test("plans that name no kinds have no symptoms, and break nothing", async () => {
  const session = openHookSession();
  keep(session, 1, null);
  const index = await indexOf(session);
  expect(index.slice(index.indexOf("## Symptoms"))).not.toContain("run-1");
  expect(index).toContain("2026-03-01-run-1.md");
});

test("plans about the same traces are one row, the newest, with the time of their runs", async () => {
  const session = openHookSession();
  keep(session, 1, null);
  put(
    session,
    "docs/audit/2026-03-04-run-1.md",
    planOf({ ...RUN, trace_id: "run-1", started_at: "2026-03-01T08:30:00.000Z" }),
  );
  keep(session, 2, null);
  const rows = (await indexOf(session)).split("\n").filter((line) => line.startsWith("| 2026-"));
  expect(rows.filter((row) => row.includes("`run-1`"))).toHaveLength(1);
  expect(rows[1]).toContain(
    "| 2026-03-04 | 2026-03-01 08:30 | [2026-03-04-run-1.md](2026-03-04-run-1.md), before it [2026-03-01](2026-03-01-run-1.md) |",
  );
});

test("a marked kind is sent back unless it grew", async () => {
  const session = openHookSession();
  keep(session, 1, "context-waste");
  const answer = async (evidence: readonly string[]) => {
    await startAudit(session, [RUN]);
    const [first] = DIAGNOSIS.issues;
    return session.answer(ENGINEER, { issues: [{ ...first, evidence }] });
  };
  const small = ["repeated_file_reads", "metrics.tool_calls_per_task"];
  expect((await answer(small)).refusal).toBeNull();
  put(
    session,
    "docs/audit/marks.md",
    "# Ours\n\nWe know.\n\n- context-waste: not wanted, 2026-03-02, reads are cheap\n",
  );
  expect((await answer(small)).refusal).toContain(
    "a human marked in docs/audit/marks.md (not wanted: reads are cheap)",
  );
  expect((await answer(["turn:1", "turn:2", ...small])).refusal).toBeNull();
  put(session, "docs/audit/marks.md", "");
  expect((await answer(small)).refusal).toBeNull();
});

test("a mark that is written later shows when the turn ends", async () => {
  const session = openHookSession();
  keep(session, 1, "context-waste");
  await indexOf(session);
  put(session, "docs/audit/marks.md", "- context-waste: wrong\n");
  const soon = Date.now() / 1000 + 5;
  utimesSync(join(session.project, "docs/audit/marks.md"), soon, soon);
  await session.send("Stop", {});
  expect(rowOf(readAudit(session, "README.md"), "context-waste")).toContain("| wrong, until more than 1 run or turn |");
});

test("marks are read tolerantly", () => {
  const text = [
    "- masked-check: wrong",
    "* `doc-drift` : Not wanted since 2026-04-05",
    "masked-check: not wanted",
    "- no such: wrong",
    "- lint-loop: maybe",
    "-lint-loop: wrong",
    "- doc-drift: wrong",
  ].join("\r\n");
  expect([...parseMarks(text)]).toEqual([
    ["masked-check", { verdict: "wrong", since: null, reason: null }],
    ["doc-drift", { verdict: "wrong", since: null, reason: null }],
  ]);
});
