import { ENGINEER, isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import { checkDiagnosis, type Diagnosis } from "../../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { parseFacts, type SummaryFacts } from "../../../mcp-server/src/audit/evidence/summary-facts.ts";
import { checkTranslation, type Translation } from "../../../mcp-server/src/audit/answers/refactoring-specialist.ts";
import { isRecord, own, parseRecord, text } from "../../../mcp-server/src/trace/values/json.ts";

/** A trace that was passed over, and why. */
export type Skipped = { readonly trace_id: string; readonly reason: string };

/** A summary that the audit has written. */
export type AuditedSummary = {
  /** Relative to the project. */
  readonly path: string;
  readonly facts: SummaryFacts;
};

/** What a session's /audit has established so far; `isRunning` is false outside one. */
export type SessionState = {
  readonly isRunning: boolean;
  /** The prompt that started it, as Claude Code counts prompts. */
  readonly promptId: string | null;
  /** What the human wants audited, as typed. */
  readonly selector: string | null;
  /** The ids that fetch_trace returned for it; null before it did. */
  readonly fetched: readonly string[] | null;
  /** What fetch_trace passed over, and the ids of which no summary could be written. */
  readonly skipped: readonly Skipped[];
  readonly summaries: readonly AuditedSummary[];
  /** The agents that were handed their input, by their type. */
  readonly handed: ReadonlySet<string>;
  /** The first answer of each agent that was accepted; later ones count for nothing. */
  readonly diagnosis: Diagnosis | null;
  readonly translation: Translation | null;
  /** Why the answers of each agent were sent back, one list for each time, by the agent's id. */
  readonly refusals: ReadonlyMap<string, readonly (readonly string[])[]>;
  /** The answer with which each agent of the audit ended, by its id. */
  readonly finalAnswers: ReadonlyMap<string, string>;
  /** The words for the human about the plan that was written, or why it could not be written; null before either. */
  readonly outcome: { readonly is: "written" | "failed"; readonly words: string } | null;
  /** The kept plan that holds this session's last plan, by the ids of its traces. */
  readonly kept: ReadonlyMap<string, string>;
};

/** What happens in a session, one line of its log each. */
export type SessionEvent =
  | { readonly event: "audit_started"; readonly prompt_id: string | null; readonly selector: string }
  | { readonly event: "audit_ended" }
  | { readonly event: "fetched"; readonly trace_ids: readonly string[]; readonly skipped: readonly Skipped[] }
  | { readonly event: "summary_written"; readonly path: string; readonly summary: string }
  | { readonly event: "summary_failed"; readonly trace_id: string; readonly reason: string }
  | { readonly event: "agent_handed"; readonly agent: string }
  | { readonly event: "answer_accepted"; readonly agent: string; readonly answer: string }
  | { readonly event: "answer_refused"; readonly agent: string; readonly reasons: readonly string[] }
  | { readonly event: "agent_finished"; readonly agent: string; readonly answer: string }
  | { readonly event: "plan_written"; readonly words: string }
  | { readonly event: "plan_failed"; readonly words: string }
  | { readonly event: "plan_kept"; readonly traces: string; readonly file: string };

/** The state of a session in which nothing has happened. */
export const OUTSIDE: SessionState = {
  isRunning: false,
  promptId: null,
  selector: null,
  fetched: null,
  skipped: [],
  summaries: [],
  handed: new Set(),
  diagnosis: null,
  translation: null,
  refusals: new Map(),
  finalAnswers: new Map(),
  outcome: null,
  kept: new Map(),
};

/** The state after some lines of the log; a line that is damaged is left out. */
export function foldLines(state: SessionState, lines: string): SessionState {
  return lines.split("\n").reduce(foldLine, state);
}

function foldLine(state: SessionState, line: string): SessionState {
  const record = parseRecord(line);
  if (record === null) return state;
  const answer = text(own(record, "answer")) ?? "";
  const agent = text(own(record, "agent")) ?? "";
  const words = text(own(record, "words")) ?? "";
  switch (own(record, "event")) {
    case "audit_started":
      return {
        ...OUTSIDE,
        isRunning: true,
        promptId: text(own(record, "prompt_id")),
        selector: text(own(record, "selector")),
        kept: state.kept,
      };
    case "audit_ended":
      return { ...OUTSIDE, kept: state.kept };
    case "fetched": {
      if (!Array.isArray(own(record, "trace_ids"))) return state;
      const fetched = textsIn(own(record, "trace_ids"));
      const summaries = state.summaries.filter(({ facts }) => fetched.includes(facts.trace_id));
      return { ...state, fetched, summaries, skipped: toSkipped(own(record, "skipped")) };
    }
    case "summary_written": {
      const [path, facts] = [text(own(record, "path")), parseFacts(text(own(record, "summary")) ?? "")];
      if (path === null || facts === null) return state;
      const others = state.summaries.filter((one) => one.facts.trace_id !== facts.trace_id);
      return { ...state, summaries: [...others, { path, facts }] };
    }
    case "summary_failed":
      return { ...state, skipped: [...state.skipped, ...toSkipped([record])] };
    case "agent_handed":
      return { ...state, handed: new Set([...state.handed, agent]) };
    case "answer_accepted":
      return isOwnAgent(agent) ? accept(state, agent, answer) : state;
    case "answer_refused": {
      const times = [...(state.refusals.get(agent) ?? []), textsIn(own(record, "reasons"))];
      return { ...state, refusals: new Map([...state.refusals, [agent, times]]) };
    }
    case "agent_finished":
      return { ...state, finalAnswers: new Map([...state.finalAnswers, [agent, answer]]) };
    case "plan_written":
      return { ...state, outcome: { is: "written", words } };
    case "plan_failed":
      return { ...state, outcome: { is: "failed", words } };
    case "plan_kept": {
      const [traces, file] = [text(own(record, "traces")), text(own(record, "file"))];
      return traces === null || file === null ? state : { ...state, kept: new Map([...state.kept, [traces, file]]) };
    }
    default:
      return state;
  }
}

/** Only what was checked in full is logged as accepted, so that its form is checked here and no more. */
function accept(state: SessionState, agent: string, answer: string): SessionState {
  const { diagnosis, translation } = state;
  if (agent === ENGINEER) return { ...state, diagnosis: diagnosis ?? checkDiagnosis(answer, null, null).value };
  if (diagnosis === null) return state;
  return { ...state, translation: translation ?? checkTranslation(answer, diagnosis, () => null, null).value };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function toSkipped(value: unknown): readonly Skipped[] {
  return (Array.isArray(value) ? value.filter(isRecord) : []).flatMap((one) => {
    const [trace_id, reason] = [text(own(one, "trace_id")), text(own(one, "reason"))];
    return trace_id === null || reason === null ? [] : [{ trace_id, reason }];
  });
}
