import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { DIAGNOSIS, ENGINEER, NO_ISSUE, RUN, startAudit } from "../support/hook/audited.ts";
import { openHookSession, type HookOutcome, type HookSession } from "../support/hook/session.ts";

/** Longer than the hook leaves between two looks at the session's log. Milliseconds. */
const LOOKS = 400;
/** These tests sleep, so a busy machine gets more than vitest's five seconds. Milliseconds. */
const PATIENCE = 30_000;

/** A call of an agent that Claude Code has started in the background; `isHeld` tells whether it is still unanswered. */
function launch(session: HookSession, agentId: string) {
  let isHeld = true;
  const outcome = session
    .send("PostToolUse", {
      tool_name: "Agent",
      tool_input: { subagent_type: `trace-audit:${ENGINEER}` },
      tool_response: { status: "async_launched", agentId },
    })
    .then((answer: HookOutcome) => {
      isHeld = false;
      return answer;
    });
  return { outcome, isHeld: () => isHeld };
}

function appendToLog({ data }: HookSession, text: string): void {
  const [log = ""] = readdirSync(join(data, "audits"));
  appendFileSync(join(data, "audits", log), text);
}

async function openAudit(): Promise<HookSession> {
  const session = openHookSession();
  await startAudit(session, [RUN]);
  return session;
}

test("a call is held until its own agent has ended, and then tells the next step", { timeout: PATIENCE }, async () => {
  const session = await openAudit();
  const { outcome, isHeld } = launch(session, "a1");
  await session.answer(ENGINEER, "prose", "a1");
  await session.answer(ENGINEER, DIAGNOSIS, "a2");
  await sleep(LOOKS);
  expect(isHeld()).toBe(true);
  await session.answer(ENGINEER, DIAGNOSIS, "a1");
  expect((await outcome).note).toContain("the diagnosis is accepted, with 2 issues");
  expect((await launch(session, "a2").outcome).note).toContain("the diagnosis is accepted, with 2 issues");
});

test("whoever waits for the last answer is told when the plan lies there", { timeout: PATIENCE }, async () => {
  const session = await openAudit();
  const { outcome } = launch(session, "a1");
  await session.answer(ENGINEER, NO_ISSUE, "a1");
  expect((await outcome).note).toContain("the plan is written, and the audit is over");
});

test("a line of the log that comes in two pieces is read as one", { timeout: PATIENCE }, async () => {
  const session = await openAudit();
  const { outcome, isHeld } = launch(session, "a1");
  await sleep(LOOKS);
  appendToLog(session, '\n{"event":"agent_finished","agent":"a1","answer":"twö');
  await sleep(LOOKS);
  expect(isHeld()).toBe(true);
  appendToLog(session, ' pieces"}');
  expect((await outcome).note).toContain("It said: twö pieces");
});

test(
  "a call is let go when its agent dies of an error of the API, and the human hears of it",
  { timeout: PATIENCE },
  async () => {
    const session = await openAudit();
    const { outcome } = launch(session, "a1");
    await session.send("StopFailure", {
      agent_id: "a1",
      agent_type: `trace-audit:${ENGINEER}`,
      last_assistant_message: "API Error: 400 overloaded",
    });
    expect((await outcome).note).toContain("It said: API Error: 400 overloaded");
  },
);

test("a call is let go when the audit ends", { timeout: PATIENCE }, async () => {
  const session = await openAudit();
  const { outcome } = launch(session, "a1");
  await session.send("Stop");
  expect(await outcome).toMatchObject({ note: null, refusal: null, exitCode: 0 });
});
