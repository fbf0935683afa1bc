import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
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
import { PLAN } from "../support/replay/audit.ts";
import { openHookSession, type HookSession } from "../support/hook/session.ts";

const planIn = (session: HookSession): string => readAudit(session, "IMPLEMENTATION_PLAN.md");
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
    `| ${entry.slice(0, 10)} | 2026-11-20 09:12 | [${entry}](${entry}) | \`${RUN.trace_id}\` | 2 | Medium | no | partial_success |`,
  );
});

test("the same plan of another session on the same day is one entry", async () => {
  const session = await openAudited();
  const plan = planIn(session);
  await openAudited(openHookSession(session.project, session.data, "another-session"));
  expect(entriesOf(session)).toEqual([expect.stringMatching(/4f1d9a7b3c2e\.md$/u)]);
  expect(readAudit(session, entriesOf(session)[0] ?? "")).toBe(plan);
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
  expect(readAudit(session, "README.md")).toContain(
    "| 0 | none | nothing to approve | 1 partial_success, 1 no failing evidence |",
  );
});

test("an id that is no file name names its entry safely", async () => {
  const session = openHookSession();
  await startAudit(session, [{ ...RUN, trace_id: "..%2F..|evil" }]);
  await session.answer(ENGINEER, NO_ISSUE);
  expect(entriesOf(session)).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d-2F-evil\.md$/u)]);
  expect(readAudit(session, "README.md")).toContain("`..%2F.._evil`");
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

describe("after the audit the plan is under review:", () => {
  test("the human is asked about each change of it, and its first lines say what changed since the audit", async () => {
    const session = await openAudited();
    await session.send("Stop");
    const plan = planIn(session);
    const corrected = plan.replace("Risk: Medium", "Risk: High");
    expect(await session.decide("Write", { file_path: join(session.project, PLAN), content: corrected })).toBe("ask");
    expect(await writePlan(session, corrected)).toBeNull();
    const noted = readAudit(session, "IMPLEMENTATION_PLAN.md");
    expect(noted.split("\n").slice(0, 6)).toEqual([
      "# Audit Implementation Plan",
      "",
      "> Changed since the audit:",
      "> - - Risk: Medium",
      "> + - Risk: High",
      "",
    ]);
    expect(readAudit(session, entriesOf(session)[0] ?? "")).toBe(plan);
  });

  test("a further change is noted in whole, a note of the model's own is replaced, and a change taken back leaves none", async () => {
    const session = await openAudited();
    await session.send("Stop");
    const plan = planIn(session);
    const own = "# Audit Implementation Plan\n\n> Changed since the audit:\n> nothing of note";
    await writePlan(session, plan.replace("# Audit Implementation Plan", own).replace("Goal: Let", "Goal: Make"));
    const noted = readAudit(session, "IMPLEMENTATION_PLAN.md");
    expect(noted).not.toContain("nothing of note");
    expect(noted).toContain("\n> + Goal: Make");
    await writePlan(session, noted.replace("Risk: Medium", "Risk: High"));
    expect(readAudit(session, "IMPLEMENTATION_PLAN.md").match(/^> [+-] /gmu)).toHaveLength(4);
    await writePlan(
      session,
      readAudit(session, "IMPLEMENTATION_PLAN.md")
        .replaceAll("Risk: High", "Risk: Medium")
        .replaceAll("Goal: Make", "Goal: Let"),
    );
    expect(readAudit(session, "IMPLEMENTATION_PLAN.md")).toBe(plan);
  });

  test("an edit that breaks the plan's form is refused and nobody is asked", async () => {
    const session = await openAudited();
    await session.send("Stop");
    expect(await session.decide("Write", { file_path: join(session.project, PLAN), content: "x" })).toBe("deny");
  });
});
