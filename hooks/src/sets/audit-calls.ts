import type { JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { answerEvent, type Handlers } from "../answer.ts";
import { guardAuditTools } from "../audit/audit-tools.ts";
import { guardShell } from "../audit/shell.ts";
import { guardWrites } from "../audit/writes.ts";
import type { Scope } from "../context.ts";
import { requirePlace } from "../place.ts";

const HANDLERS: Handlers = new Map([["PreToolUse", [requirePlace, guardShell, guardWrites, guardAuditTools]]]);

/** From an `/audit` on, every tool of the main agent. */
export const run = (event: JsonRecord, scope: Scope): Promise<void> => answerEvent(event, scope, HANDLERS);
