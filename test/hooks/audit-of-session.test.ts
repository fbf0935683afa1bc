import { expect, test } from "vitest";
import { entriesOf, openAudited, readAudit, RUN } from "../support/hook/audited.ts";
import { openHookSession } from "../support/hook/session.ts";

const SESSION = { ...RUN, trace_id: "session:6e667059-238d-4eae-8b39-d47e7595be9f", phases: [] };

test("the plan of a session's audit names the session, is kept, and stands in the index", async () => {
  const session = await openAudited(openHookSession(), SESSION);
  expect(readAudit(session, "IMPLEMENTATION_PLAN.md")).toContain(`- Trace ID: ${SESSION.trace_id}\n`);
  const [entry = ""] = entriesOf(session);
  expect(entry).toMatch(/^\d{4}-\d\d-\d\d-session-6e66\.md$/u);
  expect(readAudit(session, "README.md")).toContain(`\`${SESSION.trace_id}\``);
});
