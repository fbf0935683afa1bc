import { guardAgentTools } from "../audit/agent-tools.ts";
import { checkAnswer, keepFinalAnswer } from "../audit/answers.ts";
import { tellLeftOut } from "../audit/left-out.ts";
import { handSummaries } from "../audit/hand-summaries.ts";
import { guardOrder } from "../audit/agent-order.ts";
import { briefAgent } from "../audit/brief-agent.ts";
import { tellNextStep } from "../audit/next-step.ts";
import { lookForUndone, refreshIndex } from "../audit/refresh-index.ts";
import { showScan } from "../audit/scan.ts";
import { guardShell } from "../audit/shell.ts";
import { endAudit } from "../audit/end-audit.ts";
import { startAudit, startTypedAudit } from "../audit/start.ts";
import { guardServer } from "../audit/server.ts";
import { keepFetched, keepSummaries } from "../audit/summaries.ts";
import { writeFinishedPlan } from "../audit/write-plan.ts";
import { guardWrites, noteWrittenPlan } from "../audit/writes.ts";
export { assertApproved } from "../plop/approved.ts";
import { guardPlop } from "../plop/guard.ts";
import { waitForOthers } from "../plop/other-agents.ts";
import { startPlop } from "../plop/start.ts";
import { checkWritten } from "../plop/written.ts";
import type { JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { tellOldVersion } from "../cli-version.ts";
import { notePlace } from "../place.ts";
import { endSession, endTurn } from "../plop/turn.ts";
import { guardAuditTools } from "../audit/audit-tools.ts";
import { answerEvent, tellFailure, type Handlers } from "../answer.ts";
import type { Scope } from "../context.ts";

const ALWAYS: Handlers = new Map([
  [
    "UserPromptExpansion",
    [tellOldVersion, notePlace, lookForUndone, waitForOthers, tellFailure(startPlop), showScan, startTypedAudit],
  ],
  [
    "PreToolUse",
    [
      guardPlop,
      guardServer,
      guardAgentTools,
      guardWrites,
      guardShell,
      guardAuditTools,
      guardOrder,
      startAudit,
      briefAgent,
      handSummaries,
    ],
  ],
  ["PostToolUse", [checkWritten, keepFetched, keepSummaries, noteWrittenPlan, tellNextStep]],
  ["SubagentStop", [checkAnswer, writeFinishedPlan, keepFinalAnswer]],
  ["StopFailure", [keepFinalAnswer]],
  ["Stop", [tellFailure(endTurn), tellLeftOut, endAudit, refreshIndex]],
  ["SessionEnd", [tellFailure(endSession), lookForUndone]],
]);
const IN_PLOP: Handlers = new Map([["Stop", [tellFailure(endTurn), refreshIndex]]]);
const IN_AUDIT: Handlers = new Map([["Stop", [tellLeftOut, endAudit, refreshIndex]]]);

/** Every event that has no smaller set: those that are rare, and those of which a session waits for more than a process. */
export function run(event: JsonRecord, scope: Scope): Promise<void> {
  return answerEvent(event, scope, scope === "plop" ? IN_PLOP : scope === "audit" ? IN_AUDIT : ALWAYS);
}
