import type { JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { answerEvent, type Handlers } from "../answer.ts";
import type { Scope } from "../context.ts";
import { requirePlace } from "../place.ts";
import { guardPlop } from "../plop/guard.ts";
import { checkWritten } from "../plop/written.ts";

const HANDLERS: Handlers = new Map([
  ["PreToolUse", [requirePlace, guardPlop]],
  ["PermissionRequest", [guardPlop]],
  ["PostToolUse", [checkWritten]],
]);

/** From a typed `/plop` on, every tool of the main agent; and in every session what would ask the human. */
export const run = (event: JsonRecord, scope: Scope): Promise<void> => answerEvent(event, scope, HANDLERS);
