import { z } from "zod";
import { readVariant } from "./plugin.ts";
import type { Answer } from "../claude/answer.ts";
import type { ModelRequest } from "../claude/request.ts";
import type { Script } from "../claude/stand-in.ts";
import { type Replay, replayAudit } from "../replay/audit.ts";

/** A model for one variant of a case: the replay with changed parts, or an own script. */
export type Model = Partial<Omit<Replay, "cwd">> & { readonly wrap?: (script: Script) => Script };
/** By case and variant. */
export type Models = Readonly<Record<string, Readonly<Record<string, Model>>>>;

const Metadata = z.object({ metadata: z.object({ user_id: z.string() }) });
const Session = z.object({ session_id: z.string() });

/** A script that plays, in each session, the model whose case and variant the session's system prompt names. */
export function playModels(models: Models): Script {
  const sessions = new Map<string, Script>();
  return (request, ask) => {
    if (request.system.includes("evaluation judge")) return judge(request);
    const session = Session.parse(JSON.parse(Metadata.parse(request.body).metadata.user_id)).session_id;
    const script = sessions.get(session) ?? toScript(request, models);
    sessions.set(session, script);
    return script(request, ask);
  };
}

function toScript(request: ModelRequest, models: Models): Script {
  const { name, variant } = readVariant(request.system) ?? { name: "", variant: "" };
  const model = models[name]?.[variant];
  if (model === undefined) throw new Error(`There is no model for variant "${variant}" of case "${name}".`);
  const { wrap = (script) => script, ...replay } = model;
  return wrap(replayAudit(replay));
}

/** Passes plans that let the agent keep what it has read; a judge of this one criterion. */
function judge({ userText }: ModelRequest): Answer {
  return /^1\. In .*into your notes/mu.test(userText) ? "PASS" : "FAIL";
}

/** A script in which the main agent gives these answers in turn, and subagents say nothing of use. */
export function inTurn(...answers: readonly Answer[]): Model {
  let at = -1;
  return {
    wrap: () => (request) => {
      if (request.agentId !== null) return "I have looked at it.";
      at += 1;
      return answers[at] ?? "Done.";
    },
  };
}
