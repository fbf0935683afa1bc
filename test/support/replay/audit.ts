import { z } from "zod";
import type { Answer, Helpers } from "../claude/answer.ts";
import type { ModelRequest } from "../claude/request.ts";
import type { Script } from "../claude/stand-in.ts";
import { diagnose, Diagnosis, ReadSummary, translate, Translation } from "./answers.ts";

export const FETCH = "mcp__plugin_trace-audit_langfuse__fetch_trace";
export const WRITE = "mcp__plugin_trace-audit_langfuse__write_summary";
export const PLAN = "docs/audit/IMPLEMENTATION_PLAN.md";

/** What of `fetch_trace`'s answer the replay looks at. */
export const Fetched = z.looseObject({
  summaries: z.array(
    z.looseObject({
      trace_id: z.string(),
      goal: z.string().nullable(),
      notable_patterns: z.array(z.string()),
      metrics: z.looseObject({
        plan_before_first_tool: z.boolean().nullable(),
        tool_calls_per_task: z.number().nullable(),
        success: z.boolean().nullable(),
      }),
    }),
  ),
  skipped: z.array(z.looseObject({ trace_id: z.string(), reason: z.string() })),
});

/** What the replayed model says; each part can be replaced by a test. */
export type Replay = {
  readonly diagnose?: (summaries: readonly ReadSummary[]) => Diagnosis;
  readonly translate?: (diagnosis: Diagnosis) => Translation;
};

/** A model that does what the notes of the plugin's hooks say, to the letter, and sends nothing of its own. */
export function replayAudit(replay: Replay): Script {
  const how = { diagnose, translate, ...replay };
  return (request, ask) => (request.agentId === null ? asMain(request, ask) : asSubagent(request, how));
}

/** What the plugin's hooks told the model last; null when they told nothing. */
export function noteOf({ notes, userText }: ModelRequest): string | null {
  const told = notes.includes(NOTE) ? notes : userText;
  const at = told.lastIndexOf(NOTE);
  return at === -1 ? null : told.slice(at + NOTE.length);
}
const NOTE = "hook additional context: trace-audit: ";

function asMain(request: ModelRequest, ask: Helpers): Answer {
  const { toolResults } = request;
  const failed = toolResults.find(({ isError }) => isError);
  if (failed !== undefined) return failed.text;
  if (toolResults.at(-1)?.name === FETCH) {
    const { summaries } = Fetched.parse(JSON.parse(toolResults.at(-1)?.text ?? ""));
    return [ask.tool(WRITE, { trace_ids: summaries.map(({ trace_id }) => trace_id) })];
  }
  const note = noteOf(request);
  if (note === null) return "I am a replay and was told nothing by trace-audit.";
  const selector = /Call fetch_trace with (".*")/u.exec(note)?.[1];
  if (selector !== undefined) return [ask.tool(FETCH, { selector: JSON.parse(selector) })];
  const [, agent, prompt] = /subagent_type "(\S+)", .* prompt "([^"]+)"/u.exec(note) ?? [];
  if (agent !== undefined && prompt !== undefined) return [ask.agent(agent, prompt)];
  // The words for the human; Claude Code's own lines may follow a note after a blank one.
  return note.split("\n\n")[1] ?? note;
}

function asSubagent({ firstUserText }: ModelRequest, how: Required<Replay>): Answer {
  const diagnosis = /^The diagnosis:\n\n(\{[\s\S]*?^\})/mu.exec(firstUserText)?.[1];
  if (diagnosis !== undefined) {
    const translation = how.translate(Diagnosis.parse(JSON.parse(diagnosis)));
    return JSON.stringify(intoNewFiles(translation, firstUserText), null, 1);
  }
  const summaries = handedSummaries(firstUserText).map((text) => ReadSummary.parse(JSON.parse(text)));
  return JSON.stringify(how.diagnose(summaries), null, 1);
}

/** The summaries that a hook has put behind an agent's prompt, each below its path. */
export function handedSummaries(prompt: string): readonly string[] {
  return [...prompt.matchAll(/^.*docs\/audit\/summaries\/\S+\.json$\n(\{[\s\S]*?^\})/gmu)].map(([, json = ""]) => json);
}

/** A translation whose files that the project does not have, as the agent is shown, are new ones. */
function intoNewFiles(translation: Translation, shown: string): Translation {
  const isThere = (file: string): boolean => shown.includes(`\n- ${file}: `);
  const changes = translation.changes.map((change) =>
    change.place === "at the end" && !isThere(change.file) ? { ...change, place: "new file" } : change,
  );
  return { ...translation, changes };
}
