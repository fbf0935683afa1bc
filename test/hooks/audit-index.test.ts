import { expect, test } from "vitest";
import {
  emptyPlanOf,
  entriesOf,
  openAudited,
  put,
  readAudit,
  RUN,
  VALID,
  writePlan,
  type SummaryFile,
} from "../support/hook/audited.ts";
import { openHookSession, type HookSession } from "../support/hook/session.ts";

/** An audit of a day of March 2026 as it lies in the history, with the summaries of its runs. */
function keep(session: HookSession, day: number, ...runs: readonly SummaryFile[]): void {
  for (const run of runs)
    put(session, `docs/audit/summaries/${encodeURIComponent(run.trace_id)}.json`, JSON.stringify(run));
  put(
    session,
    `docs/audit/2026-03-${String(day).padStart(2, "0")}-${runs[0]?.trace_id.replace(":", "-")}.md`,
    emptyPlanOf(...runs),
  );
}

/** A run with so many tool calls per task. */
test("an outcome never reads as more than it rests on", async () => {
  const session = openHookSession();
  const on = (id: string, outcome: string, outcome_basis: string) => ({ ...runOf(id, 1, outcome), outcome_basis });
  keep(
    session,
    1,
    on("a1", "success", "no_check"),
    on("a2", "success", "no_check"),
    on("a3", "success", "check_passed"),
  );
  keep(session, 2, on("b", "success", "score:ci"));
  keep(session, 3, on("c", "failure", "score:a|b<c>"));
  const index = await indexOf(session);
  expect(index).toContain("| 2 no failing evidence (no_check), 1 no failing evidence (check_passed) |");
  expect(index).toContain("| success (score:ci) |");
  expect(index).toContain("| failure (score:a_b_c_) |");
});

function runOf(id: string, calls: number | null, outcome = "success", tasks = 0): SummaryFile {
  return { ...RUN, trace_id: id, tasks, outcome, metrics: { ...RUN.metrics, tool_calls_per_task: calls } };
}

/** The index after another plan was accepted. */
async function indexOf(session: HookSession): Promise<string> {
  await writePlan(await openAudited(session), VALID);
  return readAudit(session, "README.md");
}

const block = (index: string): string | undefined => /```text\n([\s\S]*?)\n```/u.exec(index)?.[1];

test("the index shows the trend of tool calls per task and of the outcome, the newest audit last", async () => {
  const session = openHookSession();
  keep(session, 1, runOf("a", 40, "failure"));
  keep(session, 2, runOf("b", 20, "partial_success"));
  keep(session, 3, runOf("c1", 10), runOf("c2", 12, "failure"), runOf("c3", 30));
  keep(session, 4, runOf("d", 5));
  const index = await indexOf(session);
  expect(block(index)).toBe(
    [
      "Turns: tool calls per task, median of each audit's runs, the newest 5 audits, oldest first (· none)",
      "with a task list     ····█  5.75 to 5.75, highest 5.75",
      "without a task list  █▄▃▁·  40 to 5, highest 40",
      "",
      "outcome              -~~+~  + success or no failing evidence, ~ some or in part, - none, ? not known",
    ].join("\n"),
  );
  const rows = index.split("\n").filter((line) => /^\| \d{4}-/u.test(line));
  expect(rows.map((row) => row.split(" | ").slice(-2).join(" | "))).toEqual([
    "partial_success | 5.75 |",
    "no failing evidence | 5 |",
    "2 no failing evidence, 1 failure | 12 |",
    "partial_success | 20 |",
    "failure | 40 |",
  ]);
});

test("audits of sessions and of turns are a series each", async () => {
  const session = openHookSession();
  keep(session, 1, runOf("session:a", 24));
  keep(session, 2, runOf("b", 5));
  keep(session, 3, runOf("session:c", 30));
  keep(session, 4, runOf("d", 4));
  const blocks = (await indexOf(session)).match(/```text\n[\s\S]*?\n```/gu) ?? [];
  expect(blocks.map((one) => /^(\w+): tool/mu.exec(one)?.[1])).toEqual(["Sessions", "Turns"]);
  expect(blocks[0]).toContain("24 to 30, highest 30");
  expect(blocks[1]).toContain("5 to 4, highest 5");
});

test("runs with a task list and runs without one are not mixed in one figure", async () => {
  const session = openHookSession();
  keep(session, 1, runOf("a1", 3, "success", 4), runOf("a2", 30));
  const index = await indexOf(session);
  expect(index).toContain("| 3 with a task list, 30 without |");
  expect(block(index)).toContain(
    "with a task list     ▅█  3 to 5.75, highest 5.75\nwithout a task list  █·  30 to 30, highest 30",
  );
});

test("an index of one audit has no trend, and one of many has the newest thirty", async () => {
  const session = openHookSession();
  expect(block(await indexOf(session))).toBeUndefined();
  for (let day = 1; day <= 28; day += 1) {
    keep(session, day, runOf(`m${day}`, 1));
    if (day <= 10) keep(session, day, runOf(`n${day}`, 9));
  }
  const bars = /without a task list {2}(\S+)/u.exec(block(await indexOf(session)) ?? "")?.[1] ?? "";
  expect(bars).toHaveLength(30);
  expect(readAudit(session, "README.md").match(/^\| \d{4}-/gmu)).toHaveLength(entriesOf(session).length);
});

test("an entry that was edited keeps its row, one that names no trace is counted, and neither breaks the trend", async () => {
  const session = openHookSession();
  keep(session, 1, runOf("a", 8));
  keep(session, 2, runOf("b", 4));
  put(session, "docs/audit/summaries/c.json", JSON.stringify(runOf("c", 4)));
  put(
    session,
    "docs/audit/2026-03-03-edited.md",
    `My notes\n\n${emptyPlanOf(runOf("c", 4)).replace("## Observed Issues", "## Seen")}`,
  );
  put(session, "docs/audit/2026-03-04-empty.md", "");
  put(session, "docs/audit/2026-03-05-other.md", "# Something else\n\n## Source Trace\n\nnothing\n");
  put(session, "docs/audit/summaries/a.json", '{"trace_id":"a","notable_patterns":[],"metrics":{"tool_calls_per');
  const index = await indexOf(session);
  expect(index).toContain("2026-03-03-edited.md");
  expect(index).not.toContain("2026-03-04-empty.md");
  expect(index).toContain("Not shown: 2 files with the name of an audit but no trace inside.");
  expect(index).toContain("| not recorded | not recorded |");
  expect(block(index)).toContain("without a task list  ·██·  4 to 4, highest 4");
  expect(block(index)).toMatch(/^outcome +\?\+\+~ /mu);
});
