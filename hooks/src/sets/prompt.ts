import type { JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { answerEvent, tellFailure, type Handlers } from "../answer.ts";
import { resolveMentions } from "../audit/mentions.ts";
import { endAudit } from "../audit/end-audit.ts";
import type { Scope } from "../context.ts";
import { stopMistyped } from "../plop/mistyped.ts";
import { beginTurn } from "../plop/turn.ts";

const HANDLERS: Handlers = new Map([
  ["UserPromptSubmit", [tellFailure(beginTurn), stopMistyped, endAudit, resolveMentions]],
]);

/** A prompt of any session: the one event that each session pays for. */
export const run = (event: JsonRecord, scope: Scope): Promise<void> => answerEvent(event, scope, HANDLERS);
