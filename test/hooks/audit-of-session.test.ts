import { expect, test } from "vitest";
import { entriesOf, fetched, openAudited, readAudit, RUN, startAudit, written } from "../support/hook/audited.ts";
import { openHookSession } from "../support/hook/session.ts";

const SESSION = { ...RUN, trace_id: "session:6e667059-238d-4eae-8b39-d47e7595be9f", phases: [] };

test("the plan of a session's audit names the session, is kept, and stands in the index", async () => {
  const session = await openAudited(openHookSession(), SESSION);
  expect(readAudit(session, "IMPLEMENTATION_PLAN.md")).toContain(`- Trace ID: ${SESSION.trace_id}\n`);
  const [entry = ""] = entriesOf(session);
  expect(entry).toMatch(/^\d{4}-\d\d-\d\d-session-6e66\.md$/u);
  expect(readAudit(session, "README.md")).toContain(`\`${SESSION.trace_id}\``);
});

test("before its agents start, the audit of one turn of a longer session says so, and what takes all of it", async () => {
  const session = openHookSession();
  await startAudit(session, []);
  const run = { ...RUN, scope: "turn", session_id: "3f2a91c0", session: { earlier_turns: 3 } };
  await fetched(session, [run]);
  const { answer } = await written(session, [run]);
  expect(answer.systemMessage).toBe(
    "trace-audit: This is one turn of a longer session, after 3 others. /audit session:3f2a91c0 takes all its turns. Esc stops this audit before its agents start.",
  );
});
