import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  ENGINEER,
  entriesOf,
  NO_ISSUE,
  openAudited,
  OTHER_RUN,
  put,
  readAudit,
  RUN,
  startAudit,
  writePlan,
} from "../support/hook/audited.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { PLAN } from "../support/replay/audit.ts";
import { openHookSession, type HookSession } from "../support/hook/session.ts";

const TODAY = /^\d{4}-\d\d-\d\d-4f1d9a7b3c2e/u;
const planIn = (session: HookSession): string => readAudit(session, "IMPLEMENTATION_PLAN.md");
/** The plan with another goal: what a human makes of it. */
const edited = (plan: string): string => plan.replace("Goal: Let", "Goal: Make");
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Lines of the approvals log, as a `/plop` of this plan leaves them. */
function log(session: HookSession, plan: string, ...events: readonly string[]): void {
  const line = { at: "2026-11-21T10:00:00.000Z", session_id: "s", plan_sha256: sha256(plan) };
  const lines = events.map((event) => JSON.stringify({ ...line, event }));
  appendFileSync(join(session.project, "docs/audit/approvals.jsonl"), `{"event":"appr\n${lines.join("\n")}\n`);
}

test("a plan is kept byte for byte, with an index of all audits", async () => {
  const session = await openAudited();
  const [entry = "", ...others] = entriesOf(session);
  expect(entry).toMatch(/^\d{4}-\d\d-\d\d-4f1d9a7b3c2e\.md$/u);
  expect(others).toEqual([]);
  expect(readAudit(session, entry)).toBe(planIn(session));
  expect(readAudit(session, "README.md")).toContain(
    `| ${entry.slice(0, 10)} | [${entry}](${entry}) | \`${RUN.trace_id}\` | 2 | Medium | no | partial_success |`,
  );
});

test("a human's form of the plan takes its entry's place, another session's does not", async () => {
  const session = await openAudited();
  const better = edited(planIn(session));
  expect(await writePlan(session, better)).toBeNull();
  expect(entriesOf(session)).toEqual([expect.stringMatching(TODAY)]);
  expect(readAudit(session, entriesOf(session)[0] ?? "")).toBe(better);
  // Another session audits the same trace on the same day.
  await openAudited(openHookSession(session.project, session.data, "another-session"));
  expect(entriesOf(session)).toEqual([
    expect.stringMatching(/4f1d9a7b3c2e-2\.md$/u),
    expect.stringMatching(/4f1d9a7b3c2e\.md$/u),
  ]);
  expect(readAudit(session, entriesOf(session)[1] ?? "")).toBe(better);
});

test("a plan that was approved is history: a new form of it is a new entry", async () => {
  const session = await openAudited();
  const plan = planIn(session);
  log(session, plan, "approved", "executed");
  await writePlan(session, edited(plan));
  expect(entriesOf(session)).toHaveLength(2);
  expect(readAudit(session, "README.md")).toContain("| yes, 2026-11-21, executed |");
  expect(readAudit(session, "README.md")).toContain("| no |");
});

test("an approval shows in the index when the turn that used it ends", async () => {
  const session = await openAudited();
  log(session, planIn(session), "approved");
  await session.send("Stop");
  expect(readAudit(session, "README.md")).toContain("| yes, 2026-11-21 |");
});

test("a sample's entry is named after its first trace and counts the others", async () => {
  const session = openHookSession();
  await startAudit(session, [RUN, OTHER_RUN]);
  await session.answer(ENGINEER, NO_ISSUE);
  expect(entriesOf(session)).toEqual([expect.stringMatching(/4f1d9a7b3c2e-and-1-more\.md$/u)]);
  expect(readAudit(session, "README.md")).toContain("| 0 | none | no | 1 partial_success, 1 success |");
});

test("an id that is no file name names its entry safely", async () => {
  const session = openHookSession();
  await startAudit(session, [{ ...RUN, trace_id: "..%2F..|evil" }]);
  await session.answer(ENGINEER, NO_ISSUE);
  expect(entriesOf(session)).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d-2F-evil\.md$/u)]);
  expect(readAudit(session, "README.md")).toContain("`..%2F.._evil`");
});

test("nothing is kept through a link, and the human hears of it", async () => {
  const session = await openAudited();
  const entry = entriesOf(session)[0] ?? "";
  const outside = join(temporaryFolder("outside"), "x.md");
  writeFileSync(outside, "theirs");
  rmSync(join(session.project, "docs/audit", entry));
  symlinkSync(outside, join(session.project, "docs/audit", entry));
  expect(await writePlan(session, edited(planIn(session)))).toContain("could not be kept");
  expect(readFileSync(outside, "utf8")).toBe("theirs");
});

test("a README that someone wrote stays", async () => {
  const session = openHookSession();
  put(session, "docs/audit/README.md", "# Our own notes\n");
  await openAudited(session);
  expect(readAudit(session, "README.md")).toBe("# Our own notes\n");
  expect(entriesOf(session)).toHaveLength(1);
});

test("a plan that lies there otherwise than it was judged is not kept", async () => {
  const session = await openAudited();
  expect(await writePlan(session, planIn(session).replace("- Stop and ask if scope is unclear.\n", ""))).toContain(
    "is not valid as it lies there",
  );
  expect(readAudit(session, entriesOf(session)[0] ?? "")).toContain("Stop and ask");
});

test("after the audit a plan may be corrected, and takes its entry's place", async () => {
  const session = await openAudited();
  const corrected = planIn(session).replace("Risk: Medium", "Risk: High");
  expect((await session.call("Write", { file_path: PLAN, content: corrected })).refusal).toBeNull();
  expect(await writePlan(session, corrected)).toBeNull();
  expect(entriesOf(session)).toEqual([expect.stringMatching(TODAY)]);
  expect(readAudit(session, "README.md")).toContain("| High |");
});
