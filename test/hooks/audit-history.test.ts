import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  emptyPlanOf,
  entriesOf,
  openAudited,
  OTHER_RUN,
  put,
  readAudit,
  RUN,
  VALID,
  writePlan,
  ENGINEER,
  startAudit,
} from "../support/hook/audited.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { PLAN } from "../support/replay/audit.ts";
import { openHookSession } from "../support/hook/session.ts";

test("an accepted plan is kept byte for byte, with an index of all audits", async () => {
  const session = await openAudited();
  expect(await writePlan(session, VALID)).toBeNull();
  const [entry = "", ...others] = entriesOf(session);
  expect(entry).toMatch(/^\d{4}-\d\d-\d\d-4f1d9a7b3c2e\.md$/u);
  expect(others).toEqual([]);
  expect(readAudit(session, entry)).toBe(VALID);
  expect(readAudit(session, "README.md")).toContain(
    `| ${entry.slice(0, 10)} | 2026-11-20 09:12 | [${entry}](${entry}) | \`${RUN.trace_id}\` | 2 | Medium | no | partial_success |`,
  );
});

test("a second form of the same audit takes the first one's place, another audit does not", async () => {
  const session = await openAudited();
  await writePlan(session, VALID);
  const better = VALID.replace("Goal: Let", "Goal: Make");
  await writePlan(session, better);
  expect(entriesOf(session)).toHaveLength(1);
  expect(readAudit(session, entriesOf(session)[0] ?? "")).toBe(better);
  // Another session audits the same trace on the same day.
  const other = await openAudited(openHookSession(session.project, session.data, "another-session"));
  await writePlan(other, VALID);
  await writePlan(await openAudited(openHookSession(session.project, session.data, "third-session")), VALID);
  expect(entriesOf(session)).toEqual([
    expect.stringMatching(/4f1d9a7b3c2e-2\.md$/u),
    expect.stringMatching(/4f1d9a7b3c2e-3\.md$/u),
    expect.stringMatching(/4f1d9a7b3c2e\.md$/u),
  ]);
  expect(readAudit(session, entriesOf(session)[2] ?? "")).toBe(better);
});

test("an audit of the same trace again in one session is another entry", async () => {
  const session = await openAudited();
  await writePlan(session, VALID);
  await writePlan(await openAudited(session), VALID.replace("Goal: Let", "Goal: Make"));
  expect(entriesOf(session)).toHaveLength(2);
});

test("a plan that was approved is history: a new form of it is a new entry", async () => {
  const session = await openAudited();
  await writePlan(session, VALID);
  const plan_sha256 = createHash("sha256").update(VALID).digest("hex");
  const log = join(session.project, "docs/audit/approvals.jsonl");
  const line = { event: "approved", at: "2026-11-21T10:00:00.000Z", session_id: "s", plan_sha256 };
  appendFileSync(
    log,
    `{"event":"appr\n${JSON.stringify(line)}\n${JSON.stringify({ ...line, event: "executed", at: "2026-11-21T10:05:00.000Z" })}\n`,
  );
  await writePlan(session, VALID.replace("Goal: Let", "Goal: Make"));
  expect(entriesOf(session)).toHaveLength(2);
  expect(readAudit(session, "README.md")).toContain("| no, before it yes, 2026-11-21, executed |");
});

test("an approval shows in the index when the turn that used it ends", async () => {
  const session = await openAudited();
  await writePlan(session, VALID);
  const plan_sha256 = createHash("sha256").update(VALID).digest("hex");
  put(
    session,
    "docs/audit/approvals.jsonl",
    `${JSON.stringify({ event: "approved", at: "2026-11-21T10:00:00.000Z", plan_sha256 })}\n`,
  );
  await session.send("Stop");
  expect(readAudit(session, "README.md")).toContain("| yes, 2026-11-21 |");
});

test("a sample's entry is named after its first trace and counts the others", async () => {
  const session = openHookSession();
  await startAudit(session, [RUN, OTHER_RUN]);
  await session.answer(ENGINEER, { issues: [] });
  await writePlan(session, emptyPlanOf(RUN, OTHER_RUN));
  expect(entriesOf(session)).toEqual([expect.stringMatching(/4f1d9a7b3c2e-and-1-more\.md$/u)]);
  expect(readAudit(session, "README.md")).toContain("| 0 | none | no | 1 partial_success, 1 no failing evidence |");
});

test("an id that is no file name names its entry safely", async () => {
  const session = openHookSession();
  const run = { ...RUN, trace_id: "..%2F..|evil" };
  await startAudit(session, [run]);
  await session.answer(ENGINEER, { issues: [] });
  await writePlan(session, emptyPlanOf(run));
  expect(entriesOf(session)).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d-2F-evil\.md$/u)]);
  expect(readAudit(session, "README.md")).toContain("`..%2F.._evil`");
});

test("nothing is kept through a link, and the human hears of it", async () => {
  const session = await openAudited();
  await writePlan(session, VALID);
  const entry = entriesOf(session)[0] ?? "";
  const outside = join(temporaryFolder("outside"), "x.md");
  writeFileSync(outside, "theirs");
  rmSync(join(session.project, "docs/audit", entry));
  symlinkSync(outside, join(session.project, "docs/audit", entry));
  expect(await writePlan(session, VALID.replace("Goal: Let", "Goal: Make"))).toContain("could not be kept");
  expect(readFileSync(outside, "utf8")).toBe("theirs");
});

test("a README that someone wrote stays", async () => {
  const session = await openAudited();
  put(session, "docs/audit/README.md", "# Our own notes\n");
  expect(await writePlan(session, VALID)).toBeNull();
  expect(readAudit(session, "README.md")).toBe("# Our own notes\n");
  expect(entriesOf(session)).toHaveLength(1);
});

test("a plan that lies there otherwise than it was judged is not kept", async () => {
  const session = await openAudited();
  expect(await writePlan(session, VALID.replace(" Audited: 5.75", ""))).toContain("is not valid as it lies there");
  expect(entriesOf(session)).toEqual([]);
});

describe("after the audit the plan is under review:", () => {
  test("the human is asked about each change of it, and its first lines say what changed since the audit", async () => {
    const session = await openAudited();
    await writePlan(session, VALID);
    await session.send("Stop");
    const corrected = VALID.replace("Risk: Medium", "Risk: High");
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
    expect(readAudit(session, entriesOf(session)[0] ?? "")).toBe(VALID);
  });

  test("a further change is noted in whole, a note of the model's own is replaced, and a change taken back leaves none", async () => {
    const session = await openAudited();
    await writePlan(session, VALID);
    await session.send("Stop");
    const own = "# Audit Implementation Plan\n\n> Changed since the audit:\n> nothing of note";
    await writePlan(session, VALID.replace("# Audit Implementation Plan", own).replace("Goal: Let", "Goal: Make"));
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
    expect(readAudit(session, "IMPLEMENTATION_PLAN.md")).toBe(VALID);
  });

  test("an edit that breaks the plan's form is refused and nobody is asked", async () => {
    const session = await openAudited();
    await writePlan(session, VALID);
    await session.send("Stop");
    expect(await session.decide("Write", { file_path: join(session.project, PLAN), content: "x" })).toBe("deny");
  });
});
