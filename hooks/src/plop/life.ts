import { own, text, type JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { toPending, type Approval } from "../../../mcp-server/src/audit/plop/approval.ts";
import { isTyped, judgePrompt } from "../../../mcp-server/src/audit/plop/handover.ts";
import { explainSpent, judgeReport, toChanged, toLine } from "../../../mcp-server/src/audit/plop/record.ts";
import { appendHistory } from "./history.ts";
import { readContent, readPlan } from "./targets.ts";
import { readApproval, removeApproval, writeApproval, type Store } from "./store.ts";

/** Where a hook event happens. */
export type Place = {
  readonly project: string;
  readonly store: Store;
  /** Folders, absolute, that belong to the plugin. */
  readonly own: readonly string[];
};

/** A new prompt ends what went before it; one that carries the plan's block past `/plop` is stopped. */
export function onPrompt(event: JsonRecord, place: Place): JsonRecord | null {
  const prompt = text(own(event, "prompt")) ?? "";
  const message = endBeforePrompt(event, place);
  if (isTyped(prompt)) expectPlop(event, place);
  const reason = judgePrompt(prompt, planOf(place));
  if (reason !== null) return { decision: "block", reason };
  return message === null ? null : { systemMessage: message };
}

function endBeforePrompt(event: JsonRecord, { store, project }: Place): string | null {
  const session = sessionOf(event);
  const known = readApproval(store, session);
  if (known === null) return null;
  // Typed while the turn runs, it joins that turn, which stays guarded to its end.
  if (known !== "damaged" && known.prompt_id !== null && known.prompt_id === promptOf(event)) {
    end(store, known, "the human sent another prompt");
    return null;
  }
  const message = known === "damaged" ? null : close(store, known, project, "the turn was interrupted")?.message;
  removeApproval(store, session);
  return message ?? null;
}

/**
 * A turn that `/plop` begins is guarded from here on, so that nothing is edited in it when its approval fails: a hook that
 * was killed, or a scheduled prompt, which Claude Code does not expand.
 */
function expectPlop(event: JsonRecord, { store, project }: Place): void {
  const known = readApproval(store, sessionOf(event));
  if (known === null)
    writeApproval(store, toPending(sessionOf(event), promptOf(event), project, new Date().toISOString()));
}

function planOf({ project }: Place): string | null {
  try {
    return readPlan(project)?.text ?? null;
  } catch {
    return null;
  }
}

/** The main agent's turn is over: what was changed is recorded, and the approval is spent. */
export function onStop(event: JsonRecord, { store, project }: Place): JsonRecord | null {
  const known = readApproval(store, sessionOf(event));
  if (known === null || known === "damaged") return null;
  const closed = close(store, known, project, null);
  if (closed === null) return null;
  const report = judgeReport(known, closed.changed, text(own(event, "last_assistant_message")) ?? "");
  const isAgain = own(event, "stop_hook_active") === true;
  const answer = { systemMessage: closed.message };
  return report === null || isAgain ? answer : { ...answer, decision: "block", reason: report };
}

/** A session that ends takes its approval with it. */
export function onSessionEnd(event: JsonRecord, { store, project }: Place): null {
  const session = sessionOf(event);
  const known = readApproval(store, session);
  if (known !== null && known !== "damaged") close(store, known, project, "the session ended");
  removeApproval(store, session);
  return null;
}

/** Ends an approval before its turn does; a later reason does not replace the first. */
export function end(store: Store, approval: Approval, cause: string): void {
  if (approval.phase === "running") writeApproval(store, { ...approval, phase: "ended", cause });
}

/**
 * Records what was changed, once, and spends the approval; null when that has been done. The approval is spent first: a hook
 * that is killed in between leaves a missing line rather than a living approval.
 */
export function close(store: Store, approval: Approval, project: string, cause: string | null) {
  if (approval.phase === "spent" || approval.phase === "pending") return null;
  const ended = { ...approval, cause: approval.cause ?? cause };
  const changed = toChanged(ended, readChanged);
  const spent = ended.files.map((file) => ({ ...file, before: "" }));
  writeApproval(store, { ...ended, phase: "spent", files: spent });
  const event = ended.cause === null ? "executed" : "stopped";
  const line = toLine(event, new Date().toISOString(), ended, { changed, reason: ended.cause });
  const failure = tryAppend(project, line);
  return { changed, message: explainSpent(ended, changed) + failure };
}

function readChanged(real: string) {
  try {
    return readContent(real);
  } catch {
    return null;
  }
}

/** Appends to the history; what hinders it is returned as a sentence. */
export function tryAppend(project: string, line: Parameters<typeof appendHistory>[1]): string {
  try {
    appendHistory(project, line);
    return "";
  } catch (error) {
    return ` It could not be added to the history: ${explain(error)}.`;
  }
}

export function sessionOf(event: JsonRecord): string {
  return text(own(event, "session_id")) ?? "";
}

export function promptOf(event: JsonRecord): string | null {
  return text(own(event, "prompt_id"));
}

export function explain(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/u, "") : "an unknown error";
}
