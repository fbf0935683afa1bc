import type { Answer, AnswerBlock, ToolCall } from "../claude/answer.ts";
import { createDemoProject, PROJECT_FILES } from "../demo/project.ts";
import { filesBelow } from "../files/tree.ts";
import { PLUGIN_ROOT } from "../files/plugin-root.ts";
import type { LoggedRequest, Script } from "../claude/stand-in.ts";
import { replayAudit, type Replay } from "./audit.ts";
import { type RunOptions, type RunOutcome, runClaude } from "../claude/run.ts";

/** The three Langfuse values as a shell exports them; the keys are the stand-in's. */
export function exported(url: string): Record<string, string> {
  return { LANGFUSE_PUBLIC_KEY: "pk-lf-test", LANGFUSE_SECRET_KEY: "sk-lf-test", LANGFUSE_BASE_URL: url };
}

export type AuditOptions = Partial<Omit<RunOptions, "script">> &
  Replay & {
    /** Changes what the replayed model does. */
    readonly wrap?: (script: Script) => Script;
  };

/** Runs a prompt in the real CLI with this plugin, in a small project, the replay playing the model. */
export async function runAudit(prompt: string, options: AuditOptions): Promise<RunOutcome> {
  const { wrap = (script) => script, ...given } = options;
  const cwd = options.cwd ?? createDemoProject();
  const script = wrap(replayAudit(given));
  return runClaude({ pluginDirs: [PLUGIN_ROOT], ...given, prompt, cwd, script });
}

/** A script that, before the first call of a tool, makes other calls; the script does not see their results. */
export function interjectBefore(script: Script, tool: string, calls: readonly AnswerBlock[]): Script {
  let isDone = false;
  let kept: Answer | null = null;
  return async (request, ask) => {
    const answer = kept ?? (await script(request, ask));
    kept = null;
    if (isDone || !callsOf(answer).some(({ name }) => name === tool)) return answer;
    isDone = true;
    kept = answer;
    return [...calls];
  };
}

/** A script whose calls of a tool get another input. */
export function changeCalls(
  script: Script,
  tool: string,
  change: (input: ToolCall["input"]) => ToolCall["input"],
): Script {
  return async (request, ask) => {
    const answer = await script(request, ask);
    if (!callsOf(answer).some(({ name }) => name === tool)) return answer;
    return callsOf(answer).map((call) => ({ ...call, input: change(call.input) }));
  };
}

function callsOf(answer: Answer): readonly ToolCall[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((block) => (typeof block !== "string" && block.type === "tool_use" ? [block] : []));
}

/** The files of a project that were not there before. */
export function newFiles(folder: string): string[] {
  return filesBelow(folder).filter((path) => !PROJECT_FILES.includes(path));
}

/** The new files without what the plugin keeps of an accepted plan: its history entry and the index of audits. */
export function newAuditFiles(folder: string): string[] {
  return newFiles(folder).filter((path) => !/^docs\/audit\/(?:README|\d{4}-\d\d-\d\d-[\w.-]+)\.md$/u.test(path));
}

/** The requests that asked the model, as one text: what a model could have seen. */
export function seenByModels(traffic: readonly LoggedRequest[]): string {
  return JSON.stringify(traffic.map(({ body }) => body));
}
